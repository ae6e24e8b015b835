#pragma once

#include <optional>
#include <vector>

#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/service/run_execution.h"
#include "qflow/store/store.h"

namespace qflow {

// Starts a process of its own for each queued run that may start now, up to the store's max_workers with what runs
// already. Each executes one run, then the next one that waits, until none does. How many were started.
Result<int> dispatch_runs(Store& store, const Doors& doors);

// What such a process does: see dispatch_runs. Runs that fail are no error.
Status execute_waiting_runs(Store& store, const Doors& doors, RunObserver& observer);

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

// How a wait for runs ended.
struct WaitResult {
  bool timed_out = false;
  std::optional<int> signal = {};  // that ended it
  std::vector<Run> ended;          // deployed runs that ended meanwhile, the oldest first
};

// Noted before runs are started: a short one has ended before the wait looks for the first time.
struct WaitBegin {
  Instant at;
  std::vector<RunId> unended;
  std::vector<RunId> ended_later;  // by their clock: ran when the clock was ahead, or in a turned one
};

Result<WaitBegin> begin_to_wait(Store& store, const Doors& doors);

// Waits until no deployed run is queued or running any more, at most `limit`, recovers those whose process is killed,
// and dispatches what becomes queued.
Result<WaitResult> wait_for_runs(Store& store, const WaitBegin& begin, const std::optional<Duration>& limit,
                                 const Doors& doors, StopSignals* signals, RunObserver& observer);

}  // namespace qflow
