#pragma once

#include <vector>

#include "qflow/store/ledger.h"
#include "store/sqlite_connection.h"

namespace qflow {

// How gc gives up old events: their outcomes become daily counts; what they said goes unless a run's trigger names
// them.

Result<std::vector<OutdatedEvent>> outdated_events(SqliteConnection& ledger, Instant recorded_before);
Result<std::vector<EventKey>> outdated_keys(SqliteConnection& ledger, Instant recorded_before);

}  // namespace qflow
