#pragma once

#include <memory>

#include "qflow/expression/expression.h"
#include "qflow/os/environment.h"
#include "qflow/service/doors.h"
#include "qflow/service/run_reference.h"
#include "qflow/store/store.h"

namespace qflow {

// Whether this process was started by a step of a run (QFLOW_RUN and QFLOW_STEP are set).
bool is_inside_step(const Environment& environment);

// What `qflow get` sees inside a step: the step's own scope. Null when the step is of a run of another store.
Result<std::unique_ptr<Scope>> step_scope(Store& store, const Doors& doors);

// What `qflow get --run` sees: the run after its end (kBusy before).
Result<std::unique_ptr<Scope>> ended_run_scope(Store& store, Run run);

}  // namespace qflow
