#pragma once

#include <string>

#include "qflow/model/event.h"
#include "qflow/model/run.h"
#include "qflow/runner/run_reporter.h"
#include "qflow/store/store.h"

namespace qflow {

// The events that ends are: qflow.run.<Flow> with flow, run, status, reason, params, and qflow.step.<Flow>.<step> with
// flow, run, step, status, reason.
Event run_end_event(const Run& run, RunStatus status, const std::string& reason, Instant at);
Event step_end_event(const Run& run, const StepState& step);

// The steps of a run that is given up, which have not ended: cancelled at `now` because of `reason`.
Result<RunChanges> cancelled_steps(Store& store, const RunId& run, std::string_view reason, Instant now);

}  // namespace qflow
