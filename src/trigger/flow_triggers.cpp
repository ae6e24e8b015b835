#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"
#include "trigger/firing_check.h"
#include "trigger/sensor_kinds.h"
#include "trigger/trigger_assembly.h"

namespace qflow {
namespace {

using TriggersById = std::unordered_map<std::string_view, Trigger*>;

// Of several with one id the first.
TriggersById by_id(const TriggerList& triggers) {
  TriggersById known;
  known.reserve(triggers.size());
  for (const auto& trigger : triggers) known.emplace(trigger->id().text(), trigger.get());
  return known;
}

// Also of those that have errors of their own.
void check_unique_ids(const FlowDefinition& flow, const TriggerRegistry& registry, Diagnostics& diagnostics) {
  const std::vector<std::string> types = registry.known_types();
  std::unordered_map<std::string_view, SourcePosition> known;
  for (const TriggerConfig& config : flow.triggers) {
    const ConfigEntry* id = config.table.find("id");
    const std::string* text = written_id(config);
    if (text == nullptr || (id == nullptr && !std::binary_search(types.begin(), types.end(), *text))) continue;
    const SourcePosition position = id != nullptr ? id->value.position : config.table.position;
    const auto [first, is_new] = known.emplace(*text, position);
    if (is_new) continue;
    diagnostics.error(position, fmt::format("two triggers have the id {}", qflow::quoted(*text)),
                      fmt::format("the first is in line {}; an id that is not given is the type", first->second.line));
  }
}

void join_groups(const TriggerList& triggers, const TriggersById& known) {
  for (const auto& group : triggers) {
    std::vector<Trigger*> legs;
    for (const TriggerId& id : group->leg_ids()) {
      const auto leg = known.find(id.text());
      legs.push_back(leg != known.end() ? leg->second : nullptr);
    }
    TriggerAssembly::join(*group, legs);
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

// The tables of the file by the ids that it gives to its triggers, also to those that have errors of their own.
class WrittenTriggers {
 public:
  explicit WrittenTriggers(const FlowDefinition& flow) {
    for (const TriggerConfig& config : flow.triggers) {
      const std::string* text = written_id(config);
      if (text == nullptr) continue;
      ids_.push_back(*text);
      tables_[*text].push_back(&config.table);
    }
  }

  const std::vector<std::string>& ids() const { return ids_; }
  const std::vector<const ConfigTable*>& tables(const TriggerId& id) const {
    static const std::vector<const ConfigTable*> none;
    const auto found = tables_.find(id.text());
    return found != tables_.end() ? found->second : none;
  }

 private:
  std::vector<std::string> ids_;
  std::unordered_map<std::string_view, std::vector<const ConfigTable*>> tables_;  // names are those of the tables
};

std::string text_of(const ConfigTable& table, std::string_view key) {
  const ConfigEntry* entry = table.find(key);
  const auto* text = entry != nullptr ? std::get_if<std::string>(&entry->value.data) : nullptr;
  return text != nullptr ? *text : std::string();
}

// The ids that the match of a group names, whatever else it holds.
std::vector<TriggerId> named_in(const std::string& match) {
  const auto in_id = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; };
  std::vector<TriggerId> ids;
  for (auto word = match.begin(); word != match.end();) {
    const auto end = std::find_if_not(word, match.end(), in_id);
    if (auto id = TriggerId::parse(std::string(word, end))) ids.push_back(std::move(*id));
    word = std::find_if(end, match.end(), in_id);
  }
  return ids;
}

void report_leg_keys(const WrittenTriggers& written, const TriggerId& leg, const std::string& group,
                     Diagnostics& diagnostics) {
  for (const ConfigTable* table : written.tables(leg)) {
    for (const char* key : {"within", "correlate", "context", "join", "debounce", "max_wait", "options"}) {
      const ConfigEntry* entry = table->find(key);
      if (entry == nullptr) continue;
      diagnostics.error(entry->key_position,
                        fmt::format("`{}` has no use in a leg of the group {}", key, qflow::quoted(group)),
                        "write it in the group");
    }
  }
}

// Groups that have errors of their own. What they name is no trigger by itself either, and is returned.
std::set<TriggerId> check_broken_groups(const FlowDefinition& flow, const TriggersById& known,
                                        const WrittenTriggers& written, Diagnostics& diagnostics) {
  std::set<TriggerId> legs;
  for (const TriggerConfig& config : flow.triggers) {
    if (text_of(config.table, "type") != "group") continue;
    std::string id = text_of(config.table, "id");
    if (id.empty()) id = "group";
    if (known.contains(id)) continue;
    for (const TriggerId& leg : named_in(text_of(config.table, "match"))) {
      if (legs.insert(leg).second) report_leg_keys(written, leg, id, diagnostics);
    }
  }
  return legs;
}

// Where a group's match stands in the file: the legs it names are reported there.
SourcePosition match_position(const WrittenTriggers& written, const Trigger& group) {
  for (const ConfigTable* table : written.tables(group.id())) {
    if (const ConfigEntry* match = table->find("match")) return match->value.position;
  }
  return group.rules().position;
}

// Checks one group against the triggers that it names.
class GroupCheck {
 public:
  GroupCheck(const WrittenTriggers& written, const TriggersById& triggers, const Trigger& group,
             Diagnostics& diagnostics)
      : written_(written),
        triggers_(triggers),
        group_(group),
        diagnostics_(diagnostics),
        position_(match_position(written, group)) {}

  // Whether all legs are there, and are fit to be legs.
  bool run() {
    for (const TriggerId& id : group_.leg_ids()) {
      const auto leg = triggers_.find(id.text());
      if (leg != triggers_.end()) {
        check_leg(*leg->second);
      } else if (id == group_.id() || written_.tables(id).empty()) {
        report_unknown(id);
      } else {
        report_leg_keys(written_, id, group_.id().text(), diagnostics_);
        sound_ = false;
      }
    }
    return sound_;
  }

 private:
  void report_unknown(const TriggerId& id) {
    std::vector<std::string> others = written_.ids();
    std::erase(others, group_.id().text());
    report(position_, fmt::format("there is no trigger {}", qflow::quoted(id.text())),
           did_you_mean_or_list(id.text(), others));
  }

  void check_leg(const Trigger& leg) {
    if (leg.type() == TriggerType::kGroup) {
      report(position_, fmt::format("the leg {} is a group itself", qflow::quoted(leg.id().text())),
             "name the triggers that it consists of");
      return;
    }
    if (const Trigger* other = leg.group(); other != &group_) {
      report(position_,
             fmt::format("trigger {} is a leg of {} already", qflow::quoted(leg.id().text()),
                         qflow::quoted(other->id().text())),
             "a trigger belongs to one group; define a second one with an id of its own");
    }
    report_leg_keys(written_, leg.id(), group_.id().text(), diagnostics_);
    check_names(leg);
  }

  void check_names(const Trigger& leg) {
    for (const Subscription& subscription : leg.subscriptions()) {
      const std::string name = listened_name(leg, subscription, {});
      if (!names_.contains(name)) continue;
      report(
          source_of(subscription).position,
          fmt::format("two legs of the group {} listen to {}", qflow::quoted(group_.id().text()), qflow::quoted(name)),
          "an event belongs to one leg; remove one");
    }
    for (const Subscription& subscription : leg.subscriptions()) names_.insert(listened_name(leg, subscription, {}));
  }

  void report(SourcePosition position, std::string message, std::string help) {
    diagnostics_.error(position, std::move(message), std::move(help));
    sound_ = false;
  }

  const WrittenTriggers& written_;
  const TriggersById& triggers_;
  const Trigger& group_;
  Diagnostics& diagnostics_;
  SourcePosition position_;
  std::unordered_set<std::string> names_;
  bool sound_ = true;
};

}  // namespace

const std::string* written_id(const TriggerConfig& config) {
  const ConfigEntry* entry = config.table.find("id");
  if (entry == nullptr) entry = config.table.find("type");
  return entry != nullptr ? std::get_if<std::string>(&entry->value.data) : nullptr;
}

TriggerList build_triggers(const FlowDefinition& flow, const TriggerRegistry& registry, Diagnostics& diagnostics) {
  if (flow.engine) read_database_engine(*flow.engine, "[engine]", diagnostics);
  TriggerList triggers;
  for (const TriggerConfig& config : flow.triggers) {
    if (auto trigger = registry.create_trigger(config, flow, diagnostics)) triggers.push_back(std::move(trigger));
  }
  const TriggersById known = by_id(triggers);
  join_groups(triggers, known);
  check_unique_ids(flow, registry, diagnostics);
  check_one_namespacing(triggers, diagnostics);
  const WrittenTriggers written(flow);
  const std::set<TriggerId> of_broken_groups = check_broken_groups(flow, known, written, diagnostics);
  for (const auto& trigger : triggers) {
    const bool is_group = trigger->type() == TriggerType::kGroup;
    if (is_group && !GroupCheck(written, known, *trigger, diagnostics).run()) continue;
    if (is_group) spare_legs(*trigger, triggers, flow);
    if (trigger->group() != nullptr || of_broken_groups.contains(trigger->id())) continue;
    check_required_parameters(*trigger, flow, diagnostics);
  }
  return triggers;
}

}  // namespace qflow
