#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "file_changes.h"
#include "qflow/sensor/look.h"

namespace qflow {

// The changes of one look in the form of their events: one for each file, at most kChangesAtOnce, or one for all, of at
// most about 512 KiB of JSON.
class FileReport {
 public:
  FileReport(Path folder, SensorBatching per) : folder_(std::move(folder)), per_(per) {}

  // False when there is no room for it.
  bool take(const FileChange& change);
  std::vector<SensedChange> finish();

 private:
  Path folder_;
  SensorBatching per_;
  std::vector<Json> payloads_;
  std::size_t bytes_ = 0;
};

// {"path" (absolute), "name", "size" (bytes), "mtime" (RFC 3339, UTC), "event_type", "replaced"}; where the path is not
// UTF-8, U+FFFD stands for each wrong byte, and "path_base64" has them all (RFC 4648, section 4).
Json file_payload(const Path& folder, const FileChange& change);

}  // namespace qflow
