#pragma once

#include "qflow/runner/run_reporter.h"
#include "qflow/service/dispatch.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// What one tick did.
struct TickReport {
  int debounces = 0;  // firings whose debounce was over
  int schedules = 0;  // that had something due
  int looks = 0;      // at sensors
  int changes = 0;    // that they saw
  int started = 0;    // processes for queued runs
};

// Does what is due: recovers runs whose process was killed, ends those that were replaced, fires what a debounce held
// back and what schedules have due, starts queued runs; then looks at the sensors that are due, which may take as long
// as their time-outs. Without anything due it writes nothing but the time of the tick. The dispatcher is of the same
// store.
Result<TickReport> tick(Store& store, const Doors& doors, RunDispatcher& dispatcher, RunObserver& observer);

// Whether anything is due; needs a store that was opened for reading only. Notes for later ticks that nothing is
// (idle_note.h).
Result<bool> has_work(Store& store, const Doors& doors);

}  // namespace qflow
