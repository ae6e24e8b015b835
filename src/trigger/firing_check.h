#pragma once

#include "qflow/error/diagnostic.h"
#include "qflow/model/flow_definition.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// Reports every required parameter without default that some possible firing of the trigger can't set. Legs of a group
// are judged through their group.
void check_required_parameters(const Trigger& trigger, const FlowDefinition& flow, Diagnostics& diagnostics);

// Spares each leg of the group, which is without errors, the parameters that another leg can set. `triggers` are all of
// the flow.
void spare_legs(const Trigger& group, const TriggerList& triggers, const FlowDefinition& flow);

}  // namespace qflow
