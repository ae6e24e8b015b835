#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"
#include "trigger/firing_check.h"
#include "trigger/sensor_kinds.h"

namespace qflow {
namespace {

void check_unique_ids(const TriggerList& triggers, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < triggers.size(); ++i) {
    const Trigger* first = find_trigger(triggers, triggers[i]->id());
    if (first == triggers[i].get()) continue;
    diagnostics.error(
        triggers[i]->rules().position, fmt::format("two triggers have the id {}", qflow::quoted(first->id().text())),
        fmt::format("the first is in line {}; an id that is not given is the type", first->rules().position.line));
  }
}

void check_one_namespacing(const TriggerList& triggers, Diagnostics& diagnostics) {
  const EventSubscription* first = nullptr;
  for (const auto& trigger : triggers) {
    for (const Subscription& subscription : trigger->subscriptions()) {
      const auto* event = std::get_if<EventSubscription>(&subscription);
      if (event == nullptr) continue;
      if (first == nullptr) first = event;
      if (event->namespaced == first->namespaced) continue;
      diagnostics.error(event->source.position, "the flow listens to plain and to namespaced events",
                        "in another branch the plain ones would start it too; make all of them namespaced, or none");
      return;
    }
  }
}

// Where a group's match stands in the file: the legs it names are reported there.
SourcePosition match_position(const FlowDefinition& flow, const Trigger& group) {
  for (const TriggerConfig& config : flow.triggers) {
    const ConfigEntry* id = config.table.find("id");
    const ConfigEntry* type = config.table.find("type");
    const ConfigEntry* name = id != nullptr ? id : type;
    const ConfigEntry* match = config.table.find("match");
    const auto* text = name != nullptr ? std::get_if<std::string>(&name->value.data) : nullptr;
    if (text != nullptr && *text == group.id().text() && match != nullptr) return match->value.position;
  }
  return group.rules().position;
}

// The ids that the file gives to its triggers, also to those that have errors of their own.
std::vector<std::string> written_ids(const FlowDefinition& flow) {
  std::vector<std::string> ids;
  for (const TriggerConfig& config : flow.triggers) {
    const ConfigEntry* entry = config.table.find("id");
    if (entry == nullptr) entry = config.table.find("type");
    const auto* text = entry != nullptr ? std::get_if<std::string>(&entry->value.data) : nullptr;
    if (text != nullptr) ids.push_back(*text);
  }
  return ids;
}

// Checks one group against the triggers that it names.
class GroupCheck {
 public:
  GroupCheck(const FlowDefinition& flow, const TriggerList& triggers, const Trigger& group, Diagnostics& diagnostics)
      : flow_(flow),
        triggers_(triggers),
        group_(group),
        diagnostics_(diagnostics),
        position_(match_position(flow, group)) {}

  // Whether all legs are there, and are fit to be legs.
  bool run() {
    std::vector<std::string> ids = written_ids(flow_);
    ids.erase(std::remove(ids.begin(), ids.end(), group_.id().text()), ids.end());
    for (const TriggerId& id : group_.legs()) {
      const Trigger* leg = find_trigger(triggers_, id);
      if (leg != nullptr) {
        check_leg(*leg);
      } else if (std::find(ids.begin(), ids.end(), id.text()) == ids.end()) {
        report(position_, fmt::format("there is no trigger {}", qflow::quoted(id.text())),
               did_you_mean_or_list(id.text(), ids));
      } else {
        sound_ = false;
      }
    }
    return sound_;
  }

 private:
  void check_leg(const Trigger& leg) {
    if (leg.type() == TriggerType::kGroup) {
      report(position_, fmt::format("the leg {} is a group itself", qflow::quoted(leg.id().text())),
             "name the triggers that it consists of");
      return;
    }
    if (const Trigger* other = group_of(triggers_, leg.id()); other != &group_) {
      report(position_,
             fmt::format("trigger {} is a leg of {} already", qflow::quoted(leg.id().text()),
                         qflow::quoted(other->id().text())),
             "a trigger belongs to one group; define a second one with an id of its own");
    }
    check_leg_keys(leg);
    check_names(leg);
  }

  void check_leg_keys(const Trigger& leg) {
    for (const TriggerConfig& config : flow_.triggers) {
      const ConfigEntry* id = config.table.find("id");
      if (id == nullptr) id = config.table.find("type");
      const auto* text = id != nullptr ? std::get_if<std::string>(&id->value.data) : nullptr;
      if (text == nullptr || *text != leg.id().text()) continue;
      for (const char* key : {"within", "correlate", "context", "join", "debounce", "max_wait", "options"}) {
        const ConfigEntry* entry = config.table.find(key);
        if (entry == nullptr) continue;
        report(entry->key_position,
               fmt::format("`{}` has no use in a leg of the group {}", key, qflow::quoted(group_.id().text())),
               "write it in the group");
      }
    }
  }

  void check_names(const Trigger& leg) {
    for (const Subscription& subscription : leg.subscriptions()) {
      const std::string name = listened_name(leg, subscription, {});
      if (std::find(names_.begin(), names_.end(), name) == names_.end()) continue;
      report(
          source_of(subscription).position,
          fmt::format("two legs of the group {} listen to {}", qflow::quoted(group_.id().text()), qflow::quoted(name)),
          "an event belongs to one leg; remove one");
    }
    for (const Subscription& subscription : leg.subscriptions()) names_.push_back(listened_name(leg, subscription, {}));
  }

  void report(SourcePosition position, std::string message, std::string help) {
    diagnostics_.error(position, std::move(message), std::move(help));
    sound_ = false;
  }

  const FlowDefinition& flow_;
  const TriggerList& triggers_;
  const Trigger& group_;
  Diagnostics& diagnostics_;
  SourcePosition position_;
  std::vector<std::string> names_;
  bool sound_ = true;
};

}  // namespace

TriggerList build_triggers(const FlowDefinition& flow, const TriggerRegistry& registry, Diagnostics& diagnostics) {
  if (flow.engine) read_database_engine(*flow.engine, "[engine]", diagnostics);
  TriggerList triggers;
  for (const TriggerConfig& config : flow.triggers) {
    if (auto trigger = registry.create_trigger(config, flow, diagnostics)) triggers.push_back(std::move(trigger));
  }
  check_unique_ids(triggers, diagnostics);
  check_one_namespacing(triggers, diagnostics);
  for (const auto& trigger : triggers) {
    const bool is_group = trigger->type() == TriggerType::kGroup;
    if (is_group && !GroupCheck(flow, triggers, *trigger, diagnostics).run()) continue;
    if (is_group) spare_legs(*trigger, triggers, flow);
    if (group_of(triggers, trigger->id()) != nullptr) continue;
    check_required_parameters(*trigger, triggers, flow, diagnostics);
  }
  return triggers;
}

const Trigger* find_trigger(const TriggerList& triggers, const TriggerId& id) {
  const auto found =
      std::find_if(triggers.begin(), triggers.end(), [&](const auto& trigger) { return trigger->id() == id; });
  return found == triggers.end() ? nullptr : found->get();
}

const Trigger* group_of(const TriggerList& triggers, const TriggerId& id) {
  for (const auto& trigger : triggers) {
    const std::vector<TriggerId> legs = trigger->legs();
    if (std::find(legs.begin(), legs.end(), id) != legs.end()) return trigger.get();
  }
  return nullptr;
}

}  // namespace qflow
