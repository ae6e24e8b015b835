#pragma once

#include <optional>
#include <string>

#include "qflow/model/event.h"
#include "qflow/model/run.h"
#include "qflow/model/step_state.h"

namespace qflow {

// The events that ends are, without an id. The payload has flow, run, status, reason and params; of a step also step,
// and params only where the flow has parameters.
Event run_end_event(const Run& run, RunStatus status, const std::string& reason, Instant at);
Event step_end_event(const Run& run, const StepState& step);

// The step whose end the event is; nothing for other events.
std::optional<StepId> ended_step(const Event& event);

}  // namespace qflow
