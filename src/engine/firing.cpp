#include "qflow/engine/firing.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "qflow/engine/event_judgement.h"
#include "qflow/engine/trigger_declaration.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

const Subscription* subscription_of(const FiredEvent& event) {
  if (event.trigger == nullptr || event.source >= event.trigger->subscriptions().size()) return nullptr;
  return &event.trigger->subscriptions()[event.source];
}

// What an activation by hand carries sets parameters by name.
const ParameterMapping& mapping_of(const FiredEvent& event) {
  static const ParameterMapping by_name{MappingMode::kByName, {}};
  const Subscription* subscription = subscription_of(event);
  return subscription != nullptr ? source_of(*subscription).mapping : by_name;
}

Event without_payload(const Event& event) {
  return {.id = event.id,
          .name = event.name,
          .timestamp = event.timestamp,
          .recorded_at = event.recorded_at,
          .type = event.type,
          .name_space = event.name_space,
          .value = event.value,
          .sender = event.sender,
          .context = event.context,
          .payload = Json(),
          .caused_by = event.caused_by};
}

TriggerSource source_for(const FiredEvent& event) {
  TriggerSource source{without_payload(*event.event), event.event->name, {}, {}, event.order};
  const Subscription* subscription = subscription_of(event);
  if (subscription == nullptr) return source;
  source.short_name = source_of(*subscription).name;
  const auto* run = std::get_if<RunSubscription>(subscription);
  if (run == nullptr || !event.event->caused_by) return source;
  source.run = event.event->caused_by;
  source.short_name = source.run->flow.text();
  source.step = run->step;
  return source;
}

class FiringMaker {
 public:
  FiringMaker(const DeployedFlow& flow, const Trigger* joining, const std::vector<FiredEvent>& events)
      : flow_(flow), joining_(joining) {
    if (joining_ != nullptr) triggers_ = source_triggers(*joining_);
    for (const FiredEvent& event : events) events_.push_back(&event);
    std::sort(events_.begin(), events_.end(), [this](const auto* a, const auto* b) { return rank(*a) < rank(*b); });
  }

  Firing make(const ArtifactReader& artifacts) {
    look_at_contexts();
    std::vector<Bundle> mapped = bundles();
    for (Bundle& bundle : mapped) map(std::move(bundle), artifacts);
    declare();
    std::optional<std::optional<std::string>> context;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (is_misfit(*events_[i])) continue;
      firing_.record.sources.push_back(source_for(*events_[i]));
      const std::optional<std::string>& own = contexts_[i];
      context = context && *context != own ? std::optional<std::string>() : own;
    }
    firing_.context = context.value_or(std::nullopt);
    return std::move(firing_);
  }

 private:
  using Bundle = std::vector<const FiredEvent*>;

  // An event that gives none any more, by a definition that is newer than it, is out. What a person does counts all the
  // same.
  void look_at_contexts() {
    std::erase_if(events_, [this](const FiredEvent* event) {
      Result<std::optional<std::string>> own = event->event->context;
      if (joining_ != nullptr) own = run_context(*joining_, EventScope(*event->event));
      if (!own && !is_activation(*event->event)) {
        firing_.misfits.push_back({event->order, event->trigger, own.error().message});
        return true;
      }
      contexts_.push_back(std::move(own).value_or(std::nullopt));
      return false;
    });
  }

  // In the order of the declaration, then of time.
  std::tuple<std::size_t, std::size_t, Instant, std::int64_t> rank(const FiredEvent& event) const {
    return {place_of(event.trigger), event.source, window_time(*event.event), event.order};
  }

  std::size_t place_of(const Trigger* trigger) const {
    return static_cast<std::size_t>(std::find(triggers_.begin(), triggers_.end(), trigger) - triggers_.begin());
  }

  // What is mapped together: all events, or of a group those of each leg, the leg with the newest token last.
  std::vector<Bundle> bundles() const {
    if (joining_ == nullptr || joining_->legs().empty()) return {events_};
    std::map<const Trigger*, const FiredEvent*> newest;  // leg → newest event
    for (const FiredEvent* event : events_) {
      const FiredEvent*& known = newest[event->trigger];
      if (known == nullptr || age(*known) < age(*event)) known = event;
    }
    std::vector<const FiredEvent*> order;
    for (const auto& leg : newest) order.push_back(leg.second);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return age(*a) < age(*b); });
    std::vector<Bundle> result;
    for (const FiredEvent* last : order) result.push_back(events_of(*last->trigger));
    return result;
  }

  static std::pair<Instant, std::int64_t> age(const FiredEvent& event) {
    return {window_time(*event.event), event.order};
  }

  Bundle events_of(const Trigger& leg) const {
    Bundle bundle;
    for (const FiredEvent* event : events_) {
      if (event->trigger == &leg) bundle.push_back(event);
    }
    return bundle;
  }

  // Of events of one instant the later in the ledger is the newer, whatever the order of the declaration.
  void map(Bundle bundle, const ArtifactReader& artifacts) {
    std::sort(bundle.begin(), bundle.end(), [](const auto* a, const auto* b) { return age(*a) < age(*b); });
    std::vector<FiringEvent> events;
    for (const FiredEvent* event : bundle) {
      events.push_back({event->event, &mapping_of(*event), event->source, is_activation(*event->event)});
    }
    MappedParameters mapped = map_firing(events, flow_.definition->parameters, artifacts);
    if (firing_.parameters.empty()) {
      firing_.parameters = std::move(mapped.values);
    } else {
      firing_.parameters.update(mapped.values);
    }
    for (const FilteredEvent& filtered : mapped.filtered) {
      const FiredEvent& event = *bundle[filtered.index];
      firing_.misfits.push_back({event.order, event.trigger, filtered.reason});
    }
  }

  bool is_misfit(const FiredEvent& event) const {
    return std::any_of(firing_.misfits.begin(), firing_.misfits.end(),
                       [&](const Firing::Misfit& misfit) { return misfit.order == event.order; });
  }

  void declare() {
    TriggerRecord& record = firing_.record;
    if (joining_ == nullptr) {
      record.declared_names = {events_.front()->event->name};
      return;
    }
    TriggerDeclaration declaration = declaration_of(*joining_);
    record.kind = declaration.kind;
    record.declared_sources = declaration.sources;
    record.declared_names = std::move(declaration.names);
    record.trigger_id = joining_->id();
  }

  const DeployedFlow& flow_;
  const Trigger* joining_;
  Bundle events_;  // by rank
  std::vector<const Trigger*> triggers_;
  std::vector<std::optional<std::string>> contexts_;  // of the events, in their order
  Firing firing_;
};

}  // namespace

Firing make_firing(const DeployedFlow& flow, const Trigger* joining, const std::vector<FiredEvent>& events,
                   const ArtifactReader& artifacts) {
  return FiringMaker(flow, joining, events).make(artifacts);
}

FiredEvent fired_event(const DeployedFlow& flow, const WaitingEvent& waiting, const Event& event) {
  FiredEvent fired{waiting.event, &event, find_trigger(flow.triggers, waiting.trigger), 0};
  if (fired.trigger == nullptr) return fired;
  const auto& all = fired.trigger->subscriptions();
  while (fired.source < all.size() && source_of(all[fired.source]).name != waiting.source) ++fired.source;
  return fired;
}

FiredEvent fired_event(const DeployedFlow& flow, const Trigger* joining, const RecordedEvent& event,
                       const std::optional<std::string>& cause_space) {
  FiredEvent fired{event.order, &event.event, joining, joining != nullptr ? joining->subscriptions().size() : 0};
  if (joining == nullptr) return fired;
  for (const Trigger* trigger : source_triggers(*joining)) {
    for (std::size_t i = 0; i < trigger->subscriptions().size(); ++i) {
      const Subscription& subscription = trigger->subscriptions()[i];
      if (!listens_to(*trigger, subscription, flow.name_space, event.event.name)) continue;
      if (!is_of_namespace(subscription, flow.name_space, cause_space)) continue;
      fired.trigger = trigger;
      fired.source = i;
    }
  }
  return fired;
}

}  // namespace qflow
