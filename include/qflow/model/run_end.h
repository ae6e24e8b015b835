#pragma once

#include <optional>
#include <string>

#include "qflow/model/event.h"
#include "qflow/model/run.h"

namespace qflow {

// The events that ends are: qflow.run.<Flow> with flow, run, status, reason, params, and qflow.step.<Flow>.<step> with
// flow, run, step, status, reason, and params where the flow has parameters. Without an id.
std::string run_end_name(const FlowId& flow);
std::string step_end_name(const FlowId& flow, const StepId& step);
Event run_end_event(const Run& run, RunStatus status, const std::string& reason, Instant at);
Event step_end_event(const Run& run, const StepState& step);

// The step whose end the event is; nothing for other events.
std::optional<StepId> ended_step(const Event& event);

}  // namespace qflow
