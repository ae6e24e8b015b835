#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "qflow/service/dispatch.h"
#include "qflow/store/store.h"

namespace qflow {

// How a wait for runs ended.
struct WaitResult {
  bool timed_out = false;
  std::optional<int> signal = {};  // that ended it
  std::vector<Run> ended;          // those of the runs that ended meanwhile, the oldest first
  std::vector<RunId> left = {};    // and those that did not
};

// Noted before runs are started: a short one has ended before the wait looks for the first time.
struct WaitBegin {
  std::vector<RunId> unended = {};
  std::int64_t newest = 0;  // place of the newest run
};

Result<WaitBegin> begin_to_wait(Store& store);

// Waits until no deployed run is queued or running any more, at most `limit`; meanwhile the dispatcher, of the same
// store, moves them on. In a step, or a hook, it waits for those alone that its run has caused, by events and runs of
// any number, and that need not wait for it: else it would wait for itself. The error of a run that can't be recovered
// when only such ones are left.
Result<WaitResult> wait_for_runs(Store& store, const WaitBegin& begin, const std::optional<Duration>& limit,
                                 RunDispatcher& dispatcher, const Doors& doors, StopSignals* signals,
                                 RunObserver& observer);

}  // namespace qflow
