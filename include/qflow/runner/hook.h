#pragma once

#include "qflow/runner/runner.h"

namespace qflow {

// Calls the hooks for the way that the run has ended (the flow's on_success; the flow's and the store's on_failure for
// failed and crashed; none for cancelled), one after the other, and waits for each. Their output is logged beside the
// run's steps and shown; that one fails is only a note.
void call_hooks(const RunPlan& plan, const RunnerDoors& doors, const RunOutcome& outcome, RunObserver& observer);

}  // namespace qflow
