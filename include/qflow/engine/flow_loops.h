#pragma once

#include <string>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/model/flow_definition.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// A flow with its triggers, as given together to `check`. Both outlive the call.
struct FlowWithTriggers {
  const FlowDefinition* flow = nullptr;
  const TriggerList* triggers = nullptr;
};

// Flows that start each other.
struct FlowLoop {
  std::vector<std::string> path;  // flow ids, the last is the first again
  std::size_t flow = 0;           // index of the flow whose trigger closes the loop: the first of the path
  SourcePosition position;        // of that trigger's source
  std::string text() const;       // "A → B → A"
};

// The loops between flows: through triggers on runs and steps, and through events that a step's `publish` names without
// a template. Of each flow that can come back to itself a shortest loop, unless it lies on one that is listed already.
std::vector<FlowLoop> find_flow_loops(const std::vector<FlowWithTriggers>& flows);

}  // namespace qflow
