#pragma once

#include <vector>

#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// Runs that others have replaced, or asked to end without a process that heard it: asks the processes that execute them
// to end them as cancelled, and does not wait; what a crash has left is ended here. Asks none of those in `asked` once
// more, and adds those that it asks. The error of one that can't be ended or asked comes when all others are.
Status end_replaced_runs(Store& store, const Doors& doors, std::vector<RunId>& asked, RunObserver& observer);

// Ends a run that waits or is being executed, and returns when it has ended as cancelled. Its process gets the chance
// that Ctrl-C gives too: its steps have 10 s after SIGTERM. A run that nobody executes any more is recovered first, and
// then ended here if it waits to go on.
//
// kBusy: the run did not end within 20 s. kRefused: it had ended before, or has crashed.
Status cancel_run(Store& store, const RunId& run, const Doors& doors, RunObserver& observer);

}  // namespace qflow
