#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "qflow/os/stop_signals.h"
#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// Whether a process heeds max_workers for the first run that it takes.
enum class WorkerPlace { kFree, kLent };

// Starts processes for queued runs, each in a session of its own: they outlive this process and the dispatcher. Each
// executes one run, then the next one that waits, until none does. The store and the doors outlive the dispatcher. For
// one thread.
class RunDispatcher {
 public:
  static constexpr std::chrono::milliseconds kPause{20};  // of who waits, between two calls of move_on()

  RunDispatcher(Store& store, const Doors& doors) : store_(store), doors_(doors) {}

  // For a process whose own run waits for others: while no place is free, dispatch() keeps one process beyond
  // max_workers, or runs that wait for each other's places would wait for ever.
  void lend_place() { lends_place_ = true; }

  // Starts one for each queued run that may start now, up to the store's max_workers with what runs already; none for a
  // run for which it has started one that is on its way. Collects those that have ended; kStore when one could not take
  // the run that it was started for, or was killed before it did for the third time. An error of one run comes when the
  // others are started. How many were started.
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
    WorkerPlace place;
  };

  // Of a run: processes that have ended without taking it.
  struct Vain {
    int killed = 0;
    int idle = 0;
    std::chrono::microseconds until{0};  // no further one before that
  };

  Status collect_ended();
  bool is_held_back(const RunId& run) const;
  bool has_worker_on_its_way(const RunId& run) const;
  bool may_lend() const;
  Status start_worker(const RunId& run, WorkerPlace place);

  Store& store_;
  const Doors& doors_;
  std::vector<Worker> workers_;
  std::map<RunId, Vain> vain_;
  std::vector<RunId> asked_;  // to end
  std::set<std::string> noted_;
  bool lends_place_ = false;
};

// What a process does that has ended a run, or put one back into the queue, beside what it was called for: starts the
// runs that have waited for that. Not by a dispatcher that has waited before: a process that this has started may have
// looked too early, and be on its way out. Why one can't be started is a note.
void start_waiting_runs(Store& store, const Doors& doors, RunObserver& observer);

// recover_runs(), and the same when there was a run to recover.
Status recover_and_start(Store& store, const Doors& doors, StopSignals* signals, RunObserver& observer);

}  // namespace qflow
