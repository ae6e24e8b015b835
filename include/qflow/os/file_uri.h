#pragma once

#include <string>

#include "qflow/os/file_system.h"

namespace qflow {

// "file:/srv/a%20b.db": the path as SQLite reads it in a URI (https://sqlite.org/uri.html), without a query.
std::string file_uri(const Path& path);

}  // namespace qflow
