#pragma once

#include <optional>
#include <string_view>

#include "qflow/model/event.h"
#include "qflow/model/run.h"
#include "store/sqlite_connection.h"

namespace qflow {

// Rows of events. Their order in the ledger is that of their keys.

// Whether an event happened, or was made for one simulated trigger alone.
enum class EventReality { kHappened, kSimulated };

// The event's key. `cause`: that of the run `caused_by`.
Result<std::int64_t> insert_event(SqliteConnection& ledger, const Event& event, std::optional<std::int64_t> cause,
                                  EventReality reality);

Result<std::optional<std::int64_t>> event_key(SqliteConnection& ledger, std::string_view id);
Result<Event> find_event(SqliteConnection& ledger, std::string_view id);
Result<Event> end_event(SqliteConnection& ledger, const RunId& run, const std::optional<StepId>& step);

// The columns of an event e and of the run c that caused it, which `read_event` reads from `first` on.
#define QFLOW_EVENT_COLUMNS_WITH(payload)                                                                 \
  "e.id, e.name, e.timestamp, e.recorded_at, e.type, e.namespace, e.value, e.sender, e.context, " payload \
  ", c.flow, c.number"
#define QFLOW_EVENT_COLUMNS QFLOW_EVENT_COLUMNS_WITH("e.payload")
inline constexpr int kEventColumns = 12;
Result<Event> read_event(const Query& row, int first);

// The run in two columns, flow and number; nothing when they are NULL.
Result<std::optional<RunId>> read_run_id(const Query& row, int first);

}  // namespace qflow
