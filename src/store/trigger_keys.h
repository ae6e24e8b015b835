#pragma once

#include <cstdint>

#include "qflow/model/names.h"
#include "sqlite_connection.h"

namespace qflow {

// The integer key of a deployment's trigger; one that is activated by hand without being declared gets one too.
Result<std::int64_t> trigger_key(SqliteConnection& ledger, std::int64_t deployment, const TriggerId& trigger);

}  // namespace qflow
