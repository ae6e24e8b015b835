#pragma once

#include "qflow/error/diagnostic.h"
#include "qflow/model/config_reader.h"
#include "qflow/model/flow_definition.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// Completes a trigger once its sources are known: source names are unique, the trigger's `parameters` become the
// mapping of its one source, what has no mapping gets the one that the declaration implies, and `match` is bound to the
// sources.
class TriggerAssembly {
 public:
  TriggerAssembly(ConfigReader& reader, const FlowDefinition& flow) : reader_(reader), flow_(flow) {}

  void complete(Trigger& trigger);

  // Lets a group know its legs (null: one that is missing), and each of them its group; of several groups the first.
  static void join(Trigger& group, const std::vector<Trigger*>& legs);

  // A leg's events need not set these, as other legs of its group can. For a leg that maps by name.
  static void spare(Trigger& leg, std::vector<ParameterName> parameters);

 private:
  void check_custom(const Trigger& trigger);
  void check_names(const Trigger& trigger);
  void take_parameters(Trigger& trigger);
  void choose_mapping_modes(Trigger& trigger);
  void check_paths(const Subscription& subscription);
  void check_mapped_once(const Trigger& trigger);
  void bind_match(Trigger& trigger);

  ConfigReader& reader_;
  const FlowDefinition& flow_;
};

// The first fields that a payload of this subscription can have, besides the event's own that a mapping falls back to;
// `known` is false where anything may come.
struct PayloadShape {
  bool known = false;
  std::vector<std::string> fields;
};
PayloadShape payload_shape(const Subscription& subscription);

// The event's own fields that a mapped path falls back to.
const std::vector<std::string>& fallback_fields();

}  // namespace qflow
