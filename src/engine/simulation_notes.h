#pragma once

#include <string>
#include <vector>

#include "engine/simulated_choice.h"

namespace qflow {

// What a deployed trigger would have made of the given sources where it differs from what the simulation does: a line
// each, without a period.
std::vector<std::string> notes_on(const SimulatedChoice& choice, const std::vector<TriggerSource>& sources,
                                  const FlowDefinition& flow, const TriggerList& triggers,
                                  const IsFlowName& is_flow_name);

// The note on an event whose payload does not fit the parameters.
std::string note_on_filtered(const TriggerSource& source, const std::string& reason);

}  // namespace qflow
