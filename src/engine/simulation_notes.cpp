#include "engine/simulation_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "qflow/engine/event_judgement.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/trigger/source_filter.h"

namespace qflow {
namespace {

std::string name_of(const TriggerSource& source) {
  if (!source.run) return fmt::format("the event {}", qflow::quoted(source.event.name));
  return source.step ? source.run->text() + "/" + source.step->text() : source.run->text();
}

std::string trigger_name(const Trigger& trigger) {
  return fmt::format("trigger {}", qflow::quoted(trigger.id().text()));
}

std::vector<std::string> declared_names(const TriggerList& triggers) {
  std::vector<std::string> names;
  for (const auto& trigger : triggers) {
    for (const Subscription& subscription : trigger->subscriptions()) names.push_back(source_of(subscription).name);
  }
  return names;
}

// Collects the notes on one command line.
class Notes {
 public:
  Notes(const SimulatedChoice& choice, const std::vector<TriggerSource>& sources, const FlowDefinition& flow,
        const TriggerList& triggers, const IsFlowName& is_flow_name)
      : choice_(choice), sources_(sources), flow_(flow), triggers_(triggers), is_flow_name_(is_flow_name) {}

  std::vector<std::string> collect() {
    note_flow_names();
    if (choice_.trigger == nullptr) {
      note_undeclared();
    } else {
      note_disabled();
      note_filtered();
      note_counts();
      note_waiting();
      note_correlation();
      note_contexts();
      note_window();
    }
    return std::move(notes_);
  }

 private:
  void note_flow_names() {
    std::set<std::string> names;
    for (const TriggerSource& source : sources_) {
      const std::string& name = source.event.name;
      if (source.run || !(awaits_flow(name) || is_flow_name_(name)) || !names.insert(name).second) continue;
      add(fmt::format("{} is taken as the name of an event; for a run of that flow write {}/latest",
                      qflow::quoted(name), name));
    }
  }

  bool awaits_flow(const std::string& name) const {
    for (const auto& trigger : triggers_) {
      for (const Subscription& subscription : trigger->subscriptions()) {
        const auto* run = std::get_if<RunSubscription>(&subscription);
        if (run != nullptr && run->flow.text() == name) return true;
      }
    }
    return false;
  }

  void note_undeclared() {
    bool all_declared = true;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (choice_.taken[i]) continue;
      all_declared = false;
      const std::string& name = choice_.given[i].name;
      const std::string suggestion = did_you_mean(name, declared_names(triggers_));
      add(fmt::format("no trigger of {} listens to {}{}{}", flow_.id.text(),
                      sources_[i].run ? "runs of " + name : name_of(sources_[i]), suggestion.empty() ? "" : "; ",
                      suggestion));
    }
    if (all_declared) add(fmt::format("no single trigger of {} listens to all of these sources", flow_.id.text()));
  }

  void note_disabled() {
    if (!choice_.trigger->rules().enabled)
      add(trigger_name(*choice_.trigger) + " is disabled: deployed, it would not fire");
    for (const Trigger* leg : source_triggers(*choice_.trigger)) {
      if (leg != choice_.trigger && !leg->rules().enabled)
        add(trigger_name(*leg) + " is disabled: deployed, it would not count");
    }
  }

  void note_filtered() {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const SimulatedSource& taken = *choice_.taken[i];
      if (const auto* run = std::get_if<RunSubscription>(taken.subscription);
          run != nullptr && run->step != sources_[i].step) {
        note_other_step(sources_[i], *run);
        continue;
      }
      const EventScope scope(sources_[i].event);
      std::optional<std::string> reason = taken.foreign;
      if (!reason) reason = refusal(*taken.trigger, *taken.subscription, scope);
      if (!reason && taken.trigger != choice_.trigger) reason = refusal_by_when(*choice_.trigger, scope);
      if (reason) {
        add(fmt::format("{} would filter {}: {}", trigger_name(*taken.trigger), name_of(sources_[i]), *reason));
      }
    }
  }

  void note_other_step(const TriggerSource& source, const RunSubscription& declared) {
    const std::string& flow = declared.flow.text();
    if (!declared.step) {
      add(fmt::format("{} listens to the end of runs of {}, not of their steps", trigger_name(*choice_.trigger), flow));
    } else {
      add(fmt::format("{} listens to the step {} of {}; name it as {}/{}", trigger_name(*choice_.trigger),
                      declared.step->text(), flow, source.run->text(), declared.step->text()));
    }
  }

  // The value that tells events of a counted source apart: of `distinct`, else its place; null filters the event.
  Json distinct_value(const Subscription& subscription, std::size_t index) const {
    const auto& distinct = source_of(subscription).distinct;
    if (!distinct) return index;
    const Result<Value> found = distinct->evaluate(EventScope(sources_[index].event));
    const Result<Json> json = found ? found->to_json() : Result<Json>(Json());
    return json ? *json : Json();
  }

  // How many of the events given count for a counted source.
  std::int64_t count_given(const Trigger& part, const Subscription& subscription) {
    std::vector<Json> values;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (choice_.taken[i]->subscription != &subscription) continue;
      Json value = distinct_value(subscription, i);
      if (value.is_null()) {
        add(fmt::format("{} would filter {}: its `distinct` has no value", trigger_name(part), name_of(sources_[i])));
      } else if (std::find(values.begin(), values.end(), value) == values.end()) {
        values.push_back(std::move(value));
      }
    }
    return static_cast<std::int64_t>(values.size());
  }

  void note_counts() {
    for (const Trigger* part : source_triggers(*choice_.trigger)) {
      for (const Subscription& subscription : part->subscriptions()) {
        const SourceRules& source = source_of(subscription);
        if (source.count == 1 || !is_given(subscription)) continue;
        const std::int64_t given = count_given(*part, subscription);
        if (given >= source.count) continue;
        add(fmt::format("{} would wait for {} {}events of {}, given {} {}", trigger_name(*part), source.count,
                        source.distinct ? "different " : "", qflow::quoted(source.name), given == 1 ? "is" : "are",
                        given));
      }
    }
  }

  bool is_given(const Subscription& subscription) const {
    return std::any_of(choice_.taken.begin(), choice_.taken.end(), [&](const std::optional<SimulatedSource>& source) {
      return source && source->subscription == &subscription;
    });
  }

  void note_waiting() {
    if (choice_.match_holds) return;
    std::vector<std::string> missing;
    for (const Trigger* part : source_triggers(*choice_.trigger)) {
      for (const Subscription& subscription : part->subscriptions()) {
        if (!is_given(subscription)) missing.push_back(source_of(subscription).name);
      }
    }
    add(fmt::format("{} would still wait: its match is {}, not given {} {}", trigger_name(*choice_.trigger),
                    choice_.trigger->rules().match.text(), missing.size() == 1 ? "is" : "are", quoted_list(missing)));
  }

  void note_correlation() {
    const auto& correlate = choice_.trigger->rules().correlate;
    if (!correlate) return;
    std::vector<Json> values;
    for (const TriggerSource& source : sources_) {
      const Result<Value> value = correlate->evaluate(EventScope(source.event));
      const Result<Json> json = value ? value->to_json() : Result<Json>(tl::make_unexpected(value.error()));
      if (!json || json->is_null()) {
        add(fmt::format("{} would filter {}: its correlation value {}", trigger_name(*choice_.trigger), name_of(source),
                        json ? "is null" : "can't be decided: " + json.error().message));
      } else if (std::find(values.begin(), values.end(), *json) == values.end()) {
        values.push_back(*json);
      }
    }
    if (values.size() < 2) return;
    std::string text;
    for (const Json& value : values) text += (text.empty() ? "" : " and ") + to_compact(value);
    add(fmt::format("{} would not join these events: {} is {}", trigger_name(*choice_.trigger), correlate->text(),
                    text));
  }

  void note_contexts() {
    for (const TriggerSource& source : sources_) {
      const auto context = run_context(*choice_.trigger, EventScope(source.event));
      if (context) continue;
      add(fmt::format("{} would filter {}: {}", trigger_name(*choice_.trigger), name_of(source),
                      context.error().message));
    }
  }

  void note_window() {
    const TriggerRules& rules = choice_.trigger->rules();
    if (!rules.within) return;
    Instant first = window_time(sources_.front().event);
    Instant last = first;
    for (const TriggerSource& source : sources_) {
      first = std::min(first, window_time(source.event));
      last = std::max(last, window_time(source.event));
    }
    if (last - first <= *rules.within) return;
    add(fmt::format("{} would not join these events: they lie {} apart, more than {}", trigger_name(*choice_.trigger),
                    format_duration_short(last - first), rules.within_text));
  }

  void add(std::string note) { notes_.push_back(std::move(note)); }

  const SimulatedChoice& choice_;
  const std::vector<TriggerSource>& sources_;
  const FlowDefinition& flow_;
  const TriggerList& triggers_;
  const IsFlowName& is_flow_name_;
  std::vector<std::string> notes_;
};

}  // namespace

std::vector<std::string> notes_on(const SimulatedChoice& choice, const std::vector<TriggerSource>& sources,
                                  const FlowDefinition& flow, const TriggerList& triggers,
                                  const IsFlowName& is_flow_name) {
  return Notes(choice, sources, flow, triggers, is_flow_name).collect();
}

std::string note_on_filtered(const TriggerSource& source, const std::string& reason) {
  return fmt::format("a deployed trigger would filter {}: {}", name_of(source), reason);
}

}  // namespace qflow
