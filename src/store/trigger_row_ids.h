#pragma once

#include <cstdint>
#include <optional>

#include "qflow/model/names.h"
#include "store/sqlite_connection.h"

namespace qflow {

// The integer key of a deployment's trigger; nothing for one that has no row.
Result<std::optional<std::int64_t>> find_trigger_key(SqliteConnection& ledger, std::int64_t deployment,
                                                     const TriggerId& trigger);

// The same for writers: one that is activated by hand without being declared gets a row.
Result<std::int64_t> trigger_key(SqliteConnection& ledger, std::int64_t deployment, const TriggerId& trigger);

}  // namespace qflow
