#include "qflow/service/run_wait.h"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "qflow/service/calling_run.h"
#include "qflow/service/run_recovery.h"

namespace qflow {

namespace {

bool contains(const std::vector<RunId>& runs, const RunId& run) {
  return std::find(runs.begin(), runs.end(), run) != runs.end();
}

// The runs that a wait is for.
class Awaited {
 public:
  Awaited(Store& store, std::optional<RunId> caller) : ledger_(store.ledger()), caller_(std::move(caller)) {}

  Result<std::vector<RunId>> unended() {
    QFLOW_ASSIGN(std::vector<RunId> runs, ledger_.triggers().unended_runs());
    if (!caller_) return runs;
    std::vector<RunId> awaited;
    for (RunId& run : runs) {
      QFLOW_ASSIGN(const bool is_caused, comes_of_caller(run));
      if (!is_caused) continue;
      QFLOW_ASSIGN(const bool is_held_up, waits_for_caller(run));
      if (!is_held_up) awaited.push_back(std::move(run));
    }
    return awaited;
  }

  Result<bool> any_unended() {
    if (!caller_) return ledger_.triggers().has_unended_runs();
    return unended().map([](const std::vector<RunId>& runs) { return !runs.empty(); });
  }

  // Those that had not ended at the begin, and those that were made since.
  Result<std::vector<Run>> ended_since(const WaitBegin& begin) {
    std::vector<RunId> candidates = begin.unended;
    QFLOW_ASSIGN(const std::vector<RunId> made, ledger_.triggers().ended_runs_after(begin.newest));
    candidates.insert(candidates.end(), made.begin(), made.end());
    std::vector<Run> ended;
    for (const RunId& id : candidates) {
      QFLOW_ASSIGN(Run run, ledger_.find_run(id));
      if (!has_ended(run.status)) continue;
      QFLOW_ASSIGN(const bool is_meant, !caller_ ? Result<bool>(true) : comes_of_caller(id));
      if (is_meant) ended.push_back(std::move(run));
    }
    return ended;
  }

 private:
  // Whether the causes of `run` lead to `cause`, which is none of its own.
  Result<bool> comes_of(const RunId& run, const RunId& cause) {
    std::set<RunId> known;
    std::vector<RunId> next = {run};
    while (!next.empty()) {
      const RunId one = std::move(next.back());
      next.pop_back();
      if (!known.insert(one).second) continue;
      QFLOW_ASSIGN(const std::vector<RunCause> causes, ledger_.causes_of(one));
      for (const RunCause& each : causes) {
        const std::optional<LinkedRun>& from = each.run ? each.run : each.publisher;
        if (!from) continue;
        if (from->id == cause) return true;
        next.push_back(from->id);
      }
    }
    return false;
  }

  Result<bool> comes_of_caller(const RunId& run) { return comes_of(run, *caller_); }

  // A queued run that may not start while the caller, or a run that waits for it, is running.
  Result<bool> waits_for_caller(const RunId& id) {
    QFLOW_ASSIGN(const Run run, ledger_.find_run(id));
    if (run.status != RunStatus::kQueued || !run.deployment) return false;
    QFLOW_ASSIGN(const bool may_start, ledger_.triggers().may_start(id));
    if (may_start) return false;
    QFLOW_ASSIGN(const bool waits_for_turn, is_behind_caller(run));
    return waits_for_turn ? Result<bool>(true) : waits_for_place(run);
  }

  // Of the runs of its context, which come one after the other.
  Result<bool> is_behind_caller(const Run& run) {
    TriggerLedger& triggers = ledger_.triggers();
    QFLOW_ASSIGN(const Deployment deployment, triggers.deployment(*run.deployment));
    if (!deployment.one_by_one) return false;
    QFLOW_ASSIGN(const std::vector<ActiveRun> same, triggers.active_runs(*run.deployment, run.context, {}));
    for (const ActiveRun& other : same) {
      const bool comes_first = other.status == RunStatus::kRunning || other.run.number < run.id.number;
      if (other.run == run.id || !comes_first) continue;
      QFLOW_ASSIGN(const bool is_held, is_held_by_wait(other.run));
      if (is_held) return true;
    }
    return false;
  }

  // All places that max_parallel leaves are taken by such as do not end before the wait does.
  Result<bool> waits_for_place(const Run& run) {
    TriggerLedger& triggers = ledger_.triggers();
    QFLOW_ASSIGN(const Deployment deployment, triggers.deployment(*run.deployment));
    if (!deployment.max_parallel) return false;
    QFLOW_ASSIGN(std::vector<ActiveRun> running, triggers.active_runs(*run.deployment));
    std::erase_if(running, [](const ActiveRun& one) { return one.status != RunStatus::kRunning; });
    for (const ActiveRun& other : running) {
      QFLOW_ASSIGN(const bool is_held, is_held_by_wait(other.run));
      if (!is_held) return false;
    }
    return !running.empty();
  }

  Result<bool> is_held_by_wait(const RunId& other) {
    return other == *caller_ ? Result<bool>(true) : comes_of(*caller_, other);
  }

  Ledger& ledger_;
  std::optional<RunId> caller_;  // the run whose step, or hook, waits
};

// Which no process ends.
Result<bool> only_abandoned_left(Store& store) {
  QFLOW_ASSIGN(const std::vector<RunId> unended, store.ledger().triggers().unended_runs());
  QFLOW_ASSIGN(const std::vector<RunId> abandoned, abandoned_runs(store));
  return !unended.empty() &&
         std::all_of(unended.begin(), unended.end(), [&](const RunId& run) { return contains(abandoned, run); });
}

// A local run takes none.
Status lend_place_of(Store& store, const std::optional<RunId>& caller, RunDispatcher& dispatcher) {
  if (!caller) return {};
  QFLOW_ASSIGN(const Run run, store.ledger().find_run(*caller));
  if (run.deployment) dispatcher.lend_place();
  return {};
}

}  // namespace

Result<WaitBegin> begin_to_wait(Store& store) {
  WaitBegin begin;
  QFLOW_ASSIGN(begin.unended, store.ledger().triggers().unended_runs());
  QFLOW_ASSIGN(begin.newest, store.ledger().triggers().newest_run());
  return begin;
}

Result<WaitResult> wait_for_runs(Store& store, const WaitBegin& begin, const std::optional<Duration>& limit,
                                 RunDispatcher& dispatcher, const Doors& doors, StopSignals* signals,
                                 RunObserver& observer) {
  QFLOW_ASSIGN(std::optional<RunId> caller, calling_run(store, doors));
  QFLOW_TRY(lend_place_of(store, caller, dispatcher));
  Awaited awaited(store, std::move(caller));
  WaitResult result;
  const auto began = doors.clock.monotonic();
  while (true) {
    QFLOW_ASSIGN(const bool any_left, awaited.any_unended());
    if (!any_left) break;
    QFLOW_ASSIGN(const std::optional<Error> failure, dispatcher.move_on(signals, observer));
    if (failure) {
      QFLOW_ASSIGN(const bool in_vain, only_abandoned_left(store));
      if (in_vain) return tl::make_unexpected(*failure);
      dispatcher.note_once(*failure, observer);
    }
    result.timed_out = limit && doors.clock.monotonic() - began >= *limit;
    if (signals != nullptr) result.signal = signals->take_for_process();
    if (result.timed_out || result.signal) break;
    std::this_thread::sleep_for(RunDispatcher::kPause);
  }
  QFLOW_ASSIGN(result.ended, awaited.ended_since(begin));
  if (result.timed_out) {
    QFLOW_ASSIGN(result.left, awaited.unended());
  }
  return result;
}

}  // namespace qflow
