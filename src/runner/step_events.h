#pragma once

#include <string>
#include <vector>

#include "qflow/model/flow_definition.h"
#include "qflow/model/run.h"
#include "qflow/runner/run_reporter.h"
#include "qflow/runner/run_scope.h"

namespace qflow {

// The events of a step's `publish`, rendered after its success; those whose `when` is false are left out. `scope` sees
// the step's own artifacts too.
Result<std::vector<PublishedEvent>> step_events(const Step& step, const RunScope& scope, const Run& run, Instant now);

// "SIGKILL"; "" for signals without a name.
std::string signal_text(int signal);

}  // namespace qflow
