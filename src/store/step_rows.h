#pragma once

#include <vector>

#include "qflow/model/run.h"
#include "qflow/model/step_state.h"
#include "store/sqlite_connection.h"

namespace qflow {

// Rows of steps and attempts. A task that is not of a foreach has the number kNoTask in the ledger, so that primary
// keys have no NULL.
inline constexpr std::int64_t kNoTask = -1;

Result<std::vector<StepState>> steps(SqliteConnection& ledger, const RunId& run);
Result<std::vector<Attempt>> attempts(SqliteConnection& ledger, const RunId& run);

// The index of a foreach from the number of a task.
std::optional<std::int64_t> task_index(std::int64_t task);

}  // namespace qflow
