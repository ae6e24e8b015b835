#pragma once

#include "qflow/model/json.h"
#include "qflow/os/file_system.h"
#include "sensor/file_changes.h"

namespace qflow {

// {"path" (absolute), "name", "size" (bytes), "mtime" (RFC 3339, UTC), "event_type", "replaced"}; where the path is not
// UTF-8, U+FFFD stands for each wrong byte, and "path_base64" has them all (RFC 4648, section 4).
Json file_payload(const Path& folder, const FileChange& change);

}  // namespace qflow
