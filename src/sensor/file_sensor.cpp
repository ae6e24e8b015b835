#include <optional>
#include <string>
#include <utility>

#include "qflow/error/wording.h"
#include "sensor/change_report.h"
#include "sensor/done_marker.h"
#include "sensor/file_changes.h"
#include "sensor/file_payload.h"
#include "sensor/file_selection.h"
#include "sensor/folder_walk.h"
#include "sensor/look_deadline.h"
#include "sensor/sensor_kinds.h"

namespace qflow {
namespace {

// Absolute, and without a slash at its end.
Path watched_path(const FileSensor& watched, const Look& look) {
  const Path path = (look.folder / watched.path).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

Result<std::optional<DoneMarker>> done_marker(const FileSensor& watched) {
  if (!watched.done_marker) return std::nullopt;
  QFLOW_ASSIGN(DoneMarker marker, DoneMarker::parse(*watched.done_marker));
  return marker;
}

MarkerTime marker_time(const DoneMarker& marker, const Path& folder, FileSystem& files, const LookDeadline& deadline) {
  return [&](std::string_view file) -> Result<std::optional<std::int64_t>> {
    QFLOW_TRY(deadline.check());
    const Result<FileInfo> info = files.info(folder / marker.path_for(file), FollowLinks::kYes);
    // What can't be looked at says nothing of the file (its name may be too long for there to be one).
    if (!info) return std::nullopt;
    return info->modified_ns;
  };
}

std::string seen_text(const FolderListing& listing, const FileComparison& comparison) {
  std::string text = counted(listing.size(), "file");
  const auto add = [&](std::size_t count, std::string_view one, std::string_view many) {
    if (count > 0) text += ", " + counted(count, one, many);
  };
  add(comparison.unsettled_files, "of them still changing", "of them still changing");
  add(comparison.unmarked_files, "without its done marker", "without their done markers");
  add(listing.unread().size(), "entry could not be read", "entries could not be read");
  add(listing.links_outside(), "link leads elsewhere and is ignored", "links lead elsewhere and are ignored");
  return text;
}

Sighting sighting(const FolderListing& listing, FileComparison comparison, ChangeReport report) {
  Sighting found;
  found.changes = report.finish();
  found.unsettled = comparison.unsettled;
  found.more = comparison.more;
  found.seen = seen_text(listing, comparison);
  found.cursor = std::move(comparison.snapshot);
  return found;
}

}  // namespace

Result<Sighting> look_at(const FileSensor& watched, const Look& look) {
  const Path path = watched_path(watched, look);
  const Path folder = watched.directory ? path : path.parent_path();
  const LookDeadline deadline(look, path.native());
  QFLOW_ASSIGN(const std::optional<DoneMarker> marker, done_marker(watched));
  const FileSelection selection(watched.pattern, marker ? &*marker : nullptr);
  // A path alone names its file, whatever it is called.
  const FileSelection* choice = watched.pattern ? &selection : nullptr;
  QFLOW_ASSIGN(const FolderListing listing, watched.directory ? list_folder(look.files, path, selection, deadline)
                                                              : list_file(look.files, path, choice));
  FileChangeRules rules{look.rules.change, watched.settle, look.rules.baseline};
  if (marker) rules.marker = marker_time(*marker, folder, look.files, deadline);
  ChangeReport report(look, "files");
  QFLOW_ASSIGN(FileComparison comparison,
               compare_files(look.cursor, listing, rules, look.now,
                             [&](const FileChange& change) { return report.take(file_payload(folder, change)); }));
  return sighting(listing, std::move(comparison), std::move(report));
}

}  // namespace qflow
