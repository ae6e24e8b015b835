#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/done_marker.h"
#include "sensor/glob.h"

namespace qflow {

// Which files of a folder count by their names, as paths relative to it. Names that programs use while they write
// (".*", "*.tmp", "*.part", "*.filepart", "*~") don't, unless the last part of the pattern begins or ends with the
// same; neither do done markers.
class FileSelection {
 public:
  // Without a pattern all files directly in the folder. The marker outlives it.
  FileSelection(const std::optional<std::string>& pattern, const DoneMarker* marker);

  bool counts(std::string_view path) const;
  // Whether files that count can lie in the folder. Hidden ones only where a part of the pattern with a dot fits.
  bool enters(std::string_view folder) const;

 private:
  bool is_partial(std::string_view name) const;

  std::string last_part_;
  Glob glob_;
  std::vector<Glob> hidden_folders_;
  const DoneMarker* marker_;
};

}  // namespace qflow
