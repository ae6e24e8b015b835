#pragma once

#include <vector>

#include "qflow/model/names.h"
#include "qflow/runner/runner.h"
#include "qflow/store/store_layout.h"

namespace qflow {

// Calls the hooks for the way that the run has ended (the flow's on_success; the flow's and the store's on_failure for
// failed and crashed; none for cancelled), one after the other, and waits for each. Their output is logged beside the
// run's steps and shown; that one fails is only a note. Meanwhile the store has the run's mark (store_layout.h).
void call_hooks(const RunPlan& plan, const RunnerDoors& doors, const RunOutcome& outcome, RunObserver& observer);

// The runs with such a mark: their hooks are being called, or were when the process that called them was killed.
Result<std::vector<RunId>> runs_with_hooks(const StoreLayout& layout, FileSystem& files);

}  // namespace qflow
