#pragma once

#include "qflow/runner/runner.h"

namespace qflow {

// Calls the flow's hook for the way that the run has ended (on_success; on_failure for failed and crashed; none for
// cancelled) and waits for it. Its output is logged beside the run's steps and shown; that it fails is only a note.
void call_hook(const RunPlan& plan, const RunnerDoors& doors, const RunOutcome& outcome, RunObserver& observer);

}  // namespace qflow
