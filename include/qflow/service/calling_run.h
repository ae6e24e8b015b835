#pragma once

#include <optional>

#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// The run whose step or hook has started this process (QFLOW_RUN), if it is one of this store: that of another one may
// have a namesake here. Its own store is where QFLOW_PARAMS lies. Nothing outside of runs. kInvalid when QFLOW_RUN is
// no run's id.
Result<std::optional<RunId>> calling_run(Store& store, const Doors& doors);

// The same as the ledger has it, without the sources of its trigger.
Result<std::optional<Run>> find_calling_run(Store& store, const Doors& doors);

// Who executes a run that is started: this process, or another one.
enum class Executed { kHere, kElsewhere };

// Makes `run`, which is about to be registered, one that the calling run's step or hook has started; nothing outside of
// runs. Of one that is executed here that run is the caller, which waits for it. kRefused when the chain would be
// longer than max_chain: a flow that runs itself would never end.
Status descend_from_caller(Run& run, Executed executed, Store& store, const Doors& doors);

// Whether a step or hook of a local run has started this process, in whichever store it is; a run that can't be found
// counts as one.
bool is_in_local_run(const Doors& doors);

}  // namespace qflow
