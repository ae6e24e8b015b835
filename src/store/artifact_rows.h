#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/artifact.h"
#include "qflow/store/objects.h"
#include "store/sqlite_connection.h"

namespace qflow {

// Rows of artifacts and objects. The kind stands with the artifact, because one content may be a value here and a file
// there; the object's own kind says whether it is a file or a folder in objects/.

// Those of succeeded tasks, from one run to another by their keys; it counts as a put of their objects.
Status copy_artifacts(SqliteConnection& ledger, std::int64_t from, std::int64_t to, const StepId& step, Instant now);
Result<std::vector<Artifact>> artifacts(SqliteConnection& ledger, const RunId& run);
// A hash in a row, checked: hashes become paths.
Result<std::string> stored_hash(std::string text);
Result<ObjectRecord> object(SqliteConnection& ledger, const std::string& sha256);

}  // namespace qflow
