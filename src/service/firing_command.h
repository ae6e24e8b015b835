#pragma once

#include <string>
#include <vector>

#include "qflow/engine/deployed_flow.h"
#include "qflow/store/trigger_ledger.h"

namespace qflow {

// What a person could type at `now` to fire the trigger, a joining one, with what waits for it: the fewest events that
// are missing where they can be published, else its activation by hand, after the qflow enable that it needs. "..."
// stands for what only that person knows. "" when the flow file disables it.
std::string firing_command(const DeployedFlow& flow, const Trigger& trigger, const std::vector<CorrelatedState>& states,
                           Instant now);

// What lets a disabled trigger fire again: a change of the flow file that disables it or its group, and the qflow
// enable that it needs.
std::string enabling_advice(const DeployedFlow& flow, const Trigger& trigger);

}  // namespace qflow
