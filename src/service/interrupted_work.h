#pragma once

#include <string_view>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/model/step_state.h"
#include "qflow/runner/run_reporter.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// What a process had begun of a run, and had not ended when it was killed or gave up. Its lock is this process's.

// The attempts that were running, as cancelled for the reason. The ledger learns late of those that begin, the run's
// journal at once.
Result<std::vector<Attempt>> interrupted_attempts(Store& store, const Run& run, const Doors& doors,
                                                  std::string_view reason);

// The same with the steps that were running: for a run that ends by it.
Result<RunChanges> interrupted_work(Store& store, const Run& run, const Doors& doors, std::string_view reason);

}  // namespace qflow
