#pragma once

#include <optional>

#include "qflow/service/run_execution.h"

namespace qflow {

// Makes a new run of the same flow with the parameters, trigger, context and recorded definition of `run`, and executes
// it: steps that succeeded or were skipped there are taken over with their artifacts, of an unfinished foreach the
// tasks that succeeded; all but `step` and what follows it. Scripts are read as they are now. A deployed run has the
// environment that its deployment has recorded.
//
// kBusy: the run is being executed, or max_parallel or when_busy lets no further run of its deployment start. kInvalid:
// there is nothing to do. kNotFound: no such run or step.
Result<RunResult> resume_run(Store& store, const RunId& run, const std::optional<StepId>& step,
                             const ExecutionOptions& options, const Doors& doors, StopSignals* signals,
                             RunObserver& observer);

}  // namespace qflow
