#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/service/run_execution.h"
#include "qflow/store/store.h"

namespace qflow {

// Starts processes for queued runs, each in a session of its own: they outlive this process and the dispatcher. Each
// executes one run, then the next one that waits, until none does. The store and the doors outlive the dispatcher. For
// one thread.
class RunDispatcher {
 public:
  RunDispatcher(Store& store, const Doors& doors) : store_(store), doors_(doors) {}

  // Starts one for each queued run that may start now, up to the store's max_workers with what runs already; none for a
  // run for which it has started one that is on its way. Collects those that have ended; kStore when one could not take
  // the run that it was started for. How many were started.
  Result<int> dispatch();

  // What a process does that has queued runs and does not wait for them: has those ended that are to end, and
  // dispatches. Why one of them can't be ended is a note.
  Status start_queued(RunObserver& observer);

  // What a process does that waits for runs: recovers those whose process was killed first. `signals`, where there are
  // some, end the hook of a recovered run that hangs. The error of a run that can't be recovered or ended, which keeps
  // it from nothing else; to be noted by note_once().
  Result<std::optional<Error>> move_on(StopSignals* signals, RunObserver& observer);

  // A note for who waits, however often move_on() says it.
  void note_once(const Error& error, RunObserver& observer);

 private:
  struct Worker {
    ChildProcess process;
    RunId run;                        // that it was started for; it takes the oldest one, so perhaps another
    std::chrono::microseconds until;  // when it has taken a run or given up, by the monotonic clock
  };

  Status collect_ended();
  bool has_worker_on_its_way(const RunId& run) const;
  Status start_worker(const RunId& run);

  Store& store_;
  const Doors& doors_;
  std::vector<Worker> workers_;
  std::vector<RunId> asked_;  // to end
  std::set<std::string> noted_;
};

// What such a process does: see RunDispatcher. Runs that fail are no error. A signal that comes while none is executed
// ends the process at once.
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

// Executes a deployed run as soon as its turn comes, or waits for its end when another process has taken it; meanwhile
// the dispatcher, of the same store, moves on what comes before, and afterwards starts what has waited for it. A signal
// ends the wait; the run stays as it is.
Result<RunResult> execute_in_turn(Store& store, const RunId& run, RunDispatcher& dispatcher, const Doors& doors,
                                  StopSignals& signals, RunObserver& observer);

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

// Waits until no deployed run is queued or running any more, at most `limit`; meanwhile the dispatcher, of the same
// store, moves them on. The error of a run that can't be recovered when only such ones are left.
Result<WaitResult> wait_for_runs(Store& store, const WaitBegin& begin, const std::optional<Duration>& limit,
                                 RunDispatcher& dispatcher, const Doors& doors, StopSignals* signals,
                                 RunObserver& observer);

}  // namespace qflow
