#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/store/ledger.h"
#include "store/sqlite_connection.h"

namespace qflow {

// Rows of runs, run_tags, run_counters and definitions. The functions do what the methods of Ledger of the same
// names promise.

// The integer key of a run; kNotFound with the nearest known flow or number.
Result<std::int64_t> run_key(SqliteConnection& ledger, const RunId& run);

Result<Run> find_run(SqliteConnection& ledger, const RunId& run);
Result<Run> run_without_sources(SqliteConnection& ledger, const RunId& run);
Result<std::optional<Run>> latest_run(SqliteConnection& ledger, const FlowId& flow,
                                      const std::optional<std::string>& name_space, LatestMeans latest);
Result<std::vector<Run>> list_runs(SqliteConnection& ledger, const RunFilter& filter);
Result<std::vector<FlowId>> known_flows(SqliteConnection& ledger);
Result<std::vector<std::string>> namespaces_of(SqliteConnection& ledger, const FlowId& flow);
Result<std::vector<RunId>> runs_in_hand(SqliteConnection& ledger);
Result<std::vector<RunId>> read_run_ids(Query query);  // of rows "flow, number"
Result<std::string> definition(SqliteConnection& ledger, const std::string& hash);
// The integer key of a definition, which is kept once.
Result<std::int64_t> definition_key(SqliteConnection& ledger, const std::string& hash, std::string_view text);

}  // namespace qflow
