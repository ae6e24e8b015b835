#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/model/run_cause.h"
#include "store/sqlite_connection.h"

namespace qflow {

// Why runs exist: the column runs.trigger (all of a record but its sources, as JSON), and trigger_sources.

std::string trigger_text(const TriggerRecord& record);
Result<TriggerRecord> read_trigger(std::string_view text);

// From the place `first` on. Sources whose events are not in the ledger yet bring them, as simulated ones.
Status insert_trigger_sources(SqliteConnection& ledger, std::int64_t run, const std::vector<TriggerSource>& sources,
                              std::size_t first = 0);
// Payloads may be large: who does not need them gets nulls.
enum class Payloads { kRead, kLeft };
Result<std::vector<TriggerSource>> trigger_sources(SqliteConnection& ledger, std::int64_t run, Payloads payloads);

Result<std::vector<RunCause>> causes_of(SqliteConnection& ledger, const RunId& run);
Result<std::vector<LinkedRun>> runs_triggered_by(SqliteConnection& ledger, const RunId& run);
Result<std::vector<RunId>> runs_triggered_by_event(SqliteConnection& ledger, std::string_view event_id);

}  // namespace qflow
