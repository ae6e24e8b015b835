#include "qflow/service/run_wait.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "qflow/service/calling_run.h"
#include "qflow/service/run_recovery.h"
#include "service/caller_wait.h"

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
    if (!caller_) return ledger_.triggers().unended_runs();
    return unended_of_caller(false);
  }

  // Of what the caller has caused, those that it would wait for in vain.
  Result<std::vector<RunId>> held_up() {
    return caller_ ? unended_of_caller(true) : Result<std::vector<RunId>>(std::vector<RunId>());
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
      QFLOW_ASSIGN(Run run, ledger_.run_without_sources(id));
      if (!has_ended(run.status)) continue;
      QFLOW_ASSIGN(const bool is_meant, !caller_ ? Result<bool>(true) : comes_of(ledger_, id, *caller_));
      if (is_meant) ended.push_back(std::move(run));
    }
    return ended;
  }

 private:
  Result<std::vector<RunId>> unended_of_caller(bool held_up) {
    QFLOW_ASSIGN(const std::vector<RunId> runs, ledger_.triggers().unended_runs());
    std::vector<RunId> found;
    for (const RunId& run : runs) {
      QFLOW_ASSIGN(const bool is_caused, comes_of(ledger_, run, *caller_));
      if (!is_caused) continue;
      QFLOW_ASSIGN(const bool is_held_up, waits_for_caller(ledger_, run, *caller_));
      if (is_held_up == held_up) found.push_back(run);
    }
    return found;
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
  QFLOW_ASSIGN(const std::vector<RunId> held_up, awaited.held_up());
  for (const RunId& run : held_up) observer.note(run.text() + " starts when this run has ended; nothing waits for it");
  if (result.timed_out) {
    QFLOW_ASSIGN(result.left, awaited.unended());
  }
  return result;
}

}  // namespace qflow
