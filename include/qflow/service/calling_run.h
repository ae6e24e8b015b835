#pragma once

#include <optional>

#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// The run whose step or hook has started this process (QFLOW_RUN), if it is one of this store: that of another one
// (QFLOW_STORE) may have a namesake here. Nothing outside of runs. kInvalid when QFLOW_RUN is no run's id.
Result<std::optional<RunId>> calling_run(Store& store, const Doors& doors);

}  // namespace qflow
