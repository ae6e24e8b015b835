#pragma once

#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// Asks the process that executes the run to end it as cancelled, and does not wait.
void ask_to_end(Store& store, const RunId& run, const Doors& doors);

// Ends a run that waits or is being executed, and returns when it has ended as cancelled. Its process gets the chance
// that Ctrl-C gives too: its steps have 10 s after SIGTERM. A run that nobody executes any more is ended here.
//
// kBusy: the run did not end within 20 s. kRefused: it had ended before.
Status cancel_run(Store& store, const RunId& run, const Doors& doors, RunObserver& observer);

}  // namespace qflow
