#pragma once

#include <string_view>
#include <vector>

#include "qflow/model/flow_definition.h"
#include "qflow/os/stop_signals.h"
#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// A deployed run that was executed by this many processes that were killed fails: what kills them may be the run.
inline constexpr int kMostCrashes = 3;

// The reason of a run that crashed, and of the steps and attempts that it was executing.
inline constexpr std::string_view kCutOff = "the process that executed the run was killed";

// Whether a run whose process was killed waits to be executed again, as the same run, once that is recorded.
bool goes_on_after_crash(const Run& run, const FlowDefinition& flow);

// Runs that a process should be executing, whose lock is free.
Result<std::vector<RunId>> abandoned_runs(Store& store);

// Runs that have ended, whose hooks were being called by a process that was killed.
Result<std::vector<RunId>> abandoned_hooks(Store& store);

// Ends what is left of the hooks of a run that has ended, with a note; nothing when none is being called.
Status end_hooks(Store& store, const Run& run, const Doors& doors, RunObserver& observer);

// Finds the runs that nobody executes any more though the ledger has them as running (their lock is free), ends what is
// left of their processes, and records what becomes of them: a deployed run whose flow says on_crash = "resume" waits
// again, and goes on as the same run when it is executed; the others have crashed, and the command that resumes them
// is a note. The attempts that were running are used up. What killed processes left of hooks is ended too: a hook is
// called once. Costs two look-ups when there is nothing to do. `signals`, where there are some, end a hook that hangs.
// The error of one that can't be recovered comes when all others are.
Status recover_runs(Store& store, const Doors& doors, StopSignals* signals, RunObserver& observer);

// The same for this run alone; nothing happens when it is executed, waits for a tick, or has ended.
Status recover_run(Store& store, const RunId& run, const Doors& doors, StopSignals* signals, RunObserver& observer);

}  // namespace qflow
