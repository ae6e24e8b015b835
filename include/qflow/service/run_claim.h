#pragma once

#include <optional>

#include "qflow/service/dispatch.h"
#include "qflow/service/run_execution.h"
#include "qflow/store/store.h"

namespace qflow {

// A run that was taken to be executed: it is running in the ledger, and this process holds its lock.
struct ClaimedRun {
  Run run;
  FileHandle lock;
};

// Takes the run if it may start now (its turn has come; max_workers does not matter), in the caller's transaction;
// nothing when it has to wait.
Result<std::optional<ClaimedRun>> claim_run(Store& store, LedgerWriter& writer, const RunId& run, Instant now);

// Executes a claimed run with the environment that its deployment has recorded.
Result<RunResult> execute_claimed_run(Store& store, ClaimedRun claimed, const ExecutionOptions& options,
                                      const Doors& doors, StopSignals* signals, RunObserver& observer);

// The same for who has started it by hand; then the runs are started that have waited for its place, or its end.
Result<RunResult> execute_by_hand(Store& store, ClaimedRun claimed, const Doors& doors, StopSignals& signals,
                                  RunObserver& observer);

// Executes a deployed run as soon as its turn comes, or waits for its end when another process has taken it; meanwhile
// the dispatcher, of the same store, moves on what comes before, and afterwards starts what has waited for it. A signal
// ends the wait; the run stays as it is.
Result<RunResult> execute_in_turn(Store& store, const RunId& run, RunDispatcher& dispatcher, const Doors& doors,
                                  StopSignals& signals, RunObserver& observer);

// What a process does that a RunDispatcher has started, with the place that it was given. Runs that fail are no error,
// and who keeps it out of the ledger is outlasted. A signal that comes while none is executed ends the process at once.
Status execute_waiting_runs(Store& store, const Doors& doors, WorkerPlace place, RunObserver& observer);

}  // namespace qflow
