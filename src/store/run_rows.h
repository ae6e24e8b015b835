#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/store/ledger.h"
#include "store/sqlite_connection.h"

namespace qflow {

// Rows of runs, run_tags, run_counters and definitions. The functions do what the methods of Ledger and LedgerWriter
// of the same names promise.

// The integer key of a run; kNotFound with the nearest known flow or number.
Result<std::int64_t> run_key(SqliteConnection& ledger, const RunId& run);

Result<std::int64_t> next_run_number(SqliteConnection& ledger, const FlowId& flow);
// The new run's key; its trigger's sources are trigger_rows.h's.
Result<std::int64_t> insert_run_row(SqliteConnection& ledger, const Run& run, std::string_view definition);
Status start_run(SqliteConnection& ledger, const RunId& run, Instant at);
Status end_run(SqliteConnection& ledger, const RunId& run, RunStatus status, std::string_view reason, Instant at);
// Running → queued once more, and counts it.
Status requeue_run(SqliteConnection& ledger, const RunId& run);
Status note_commit(SqliteConnection& ledger, const RunId& run, std::string_view commit, bool dirty);
Status add_tags(SqliteConnection& ledger, const RunId& run, const std::vector<std::string>& tags);

Result<Run> find_run(SqliteConnection& ledger, const RunId& run);
Result<Run> find_run_row(SqliteConnection& ledger, const RunId& run);  // without the sources of its trigger
Result<std::optional<Run>> latest_run(SqliteConnection& ledger, const FlowId& flow,
                                      const std::optional<std::string>& name_space, bool ended_only);
Result<std::vector<Run>> list_runs(SqliteConnection& ledger, const RunFilter& filter);
Result<std::vector<FlowId>> known_flows(SqliteConnection& ledger);
Result<std::vector<std::string>> namespaces_of(SqliteConnection& ledger, const FlowId& flow);
Result<std::vector<RunId>> runs_in_hand(SqliteConnection& ledger);
Result<std::vector<RunId>> read_run_ids(Query query);  // of rows "flow, number"
Result<std::string> definition(SqliteConnection& ledger, const std::string& hash);
// The integer key of a definition, which is kept once.
Result<std::int64_t> definition_key(SqliteConnection& ledger, const std::string& hash, std::string_view text);

}  // namespace qflow
