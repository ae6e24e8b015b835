#pragma once

#include <map>
#include <string>
#include <vector>

#include "qflow/store/ledger.h"
#include "store/sqlite_connection.h"

namespace qflow {

// What gc and fsck ask of the ledger.

Result<std::vector<std::string>> ruling_definitions(SqliteConnection& ledger);
Result<std::vector<RunId>> runs_ended_before(SqliteConnection& ledger, const std::map<std::string, Instant>& limits);
Result<std::vector<UnnamedObject>> unnamed_objects(SqliteConnection& ledger, Instant put_before);
Result<bool> object_is_removed(SqliteConnection& ledger, const std::string& sha256);
Result<std::vector<std::string>> named_objects(SqliteConnection& ledger);
Result<std::map<std::string, std::string>> artifacts_by_object(SqliteConnection& ledger);
Result<std::vector<std::string>> lost_artifacts(SqliteConnection& ledger);
Result<std::vector<std::string>> inconsistencies(SqliteConnection& ledger);

}  // namespace qflow
