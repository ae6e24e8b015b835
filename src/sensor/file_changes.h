#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "qflow/error/error.h"
#include "qflow/model/sensor.h"
#include "qflow/time/duration.h"
#include "qflow/time/instant.h"
#include "sensor/file_version.h"
#include "sensor/folder_listing.h"

namespace qflow {

struct FileChange {
  ChangeKind event = ChangeKind::kCreated;  // never kAll
  std::string_view path;
  FileVersion version;    // of a deleted file: the last one that counted
  bool replaced = false;  // a new inode under a known name; `event` is kCreated only where nothing else is reported
};

// When the file's done marker was made (ns since 1970); nothing while there is none. An error ends the comparison.
using MarkerTime = std::function<Result<std::optional<std::int64_t>>(std::string_view path)>;
// Takes a change, or answers false: there is room for no more, it has to be found again by the next look.
using ChangeSink = std::function<bool(const FileChange& change)>;

struct FileChangeRules {
  ChangeKind reported = ChangeKind::kCreated;
  Duration settle{};
  SensorBaseline baseline = SensorBaseline::kIgnore;
  MarkerTime marker = {};  // empty: files need none
};

struct FileComparison {
  std::string snapshot = {};               // knows of what the sink took, and of what is not reported
  std::optional<Duration> unsettled = {};  // until the first file that would be reported can have settled
  std::size_t unsettled_files = 0;
  std::size_t unmarked_files = 0;  // their markers are missing
  bool more = false;               // the sink had no room
};

// Compares what was known with what is there (sorted), and gives the sink every change in the order of the paths. A
// version counts once it was seen twice, unchanged, at least `settle` apart; with a marker at least as new as the file
// it counts at once, with an older one (which may belong to what was there before) it has to settle too, and before it
// has one it is not there, at the baseline neither. What the listing could not read stays as it was; what it could not
// read when the baseline was taken is taken into it by the first look that can. Without a snapshot this is the first
// look. kStore when the snapshot is damaged.
Result<FileComparison> compare_files(const std::optional<std::string>& snapshot, const FolderListing& listing,
                                     const FileChangeRules& rules, Instant now, const ChangeSink& sink);

}  // namespace qflow
