#pragma once

// How to add a trigger type.
// In qflow itself: one file src/trigger/<name>_trigger.cpp that reads the type's keys and returns a Trigger, declared
// in src/trigger/trigger_types.h; its enumerator in trigger_type.h and the text of it in trigger_type.cpp; and one line
// in src/trigger/trigger_types.cpp (the list is sorted; the compiler checks it). The line names the type's keys, so
// that other types can say where a misplaced key belongs, and carries a summary and an example for the manual, whose
// words about each key stand in src/cli/trigger_manual.h. In a program that links qflow: derive from Trigger and call
// register_trigger with a name and a factory.

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/model/config_reader.h"
#include "qflow/model/flow_definition.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// What a factory gets: the shared keys, read already; the type's own keys behind `config`; the flow around it. A
// factory reports problems to config.diagnostics() and may return null after having done so; null without a reason, and
// a std::exception, are reported as errors. Each of several sources has a name of its own (subscription.h), and a
// schedule or a sensor is the only source. Keys that it does not ask for are unknown ones, reported afterwards;
// `explain_unknown` may say more about them (config_reader.h). Several threads may call a factory at once.
struct TriggerSetup {
  ConfigReader& config;
  const FlowDefinition& flow;
  TriggerRules rules;
  ConfigReader::ExplainUnknown explain_unknown;
};
using TriggerFactory = std::function<std::unique_ptr<Trigger>(TriggerSetup& setup)>;

// A built-in type, for help, the manual, and messages about misplaced keys.
struct TriggerTypeInfo {
  std::string_view name;
  std::string_view summary;                // "runs of other flows, or steps of them, that have ended"
  std::span<const std::string_view> keys;  // its own, without the shared ones
  std::string_view example;                // TOML of [[triggers]], correct in any flow that has a project
  std::unique_ptr<Trigger> (*create)(TriggerSetup& setup);
};
// Sorted by name.
std::span<const TriggerTypeInfo> built_in_trigger_types();

// The keys that triggers of every type have, in the order of the manual.
std::span<const std::string_view> shared_trigger_keys();

// The types of triggers that a program knows: at first the built-in ones.
class TriggerRegistry {
 public:
  TriggerRegistry();

  // Adds a type, or replaces one of that name (a built-in one too).
  void register_trigger(std::string type, TriggerFactory factory);

  // The trigger of one [[triggers]] table; null when it has errors, which are in `diagnostics` with their positions.
  // What concerns several triggers of a flow is checked by build_triggers.
  std::unique_ptr<Trigger> create_trigger(const TriggerConfig& config, const FlowDefinition& flow,
                                          Diagnostics& diagnostics) const;

  // Sorted.
  std::vector<std::string> known_types() const;

 private:
  struct Type {
    TriggerFactory create;
    bool is_custom = false;
  };
  std::map<std::string, Type, std::less<>> types_;
};

// The id that a table gives its trigger, whatever else is wrong with it: `id`, else `type`; null where that is no text.
const std::string* written_id(const TriggerConfig& config);

// All triggers of a flow, in the order of the file, without those that have errors; everything that is an
// error at check is in `diagnostics`. Zones of schedules are looked up in the system's database.
TriggerList build_triggers(const FlowDefinition& flow, const TriggerRegistry& registry, Diagnostics& diagnostics);

}  // namespace qflow
