#pragma once

#include "qflow/os/file_system.h"
#include "sensor/file_selection.h"
#include "sensor/folder_listing.h"
#include "sensor/look_deadline.h"

namespace qflow {

// What is there now, sorted. Only regular files count, and links to such files and to folders where they lead to a
// place inside the watched folder; a link to a folder that it lies in itself is not followed. A watched folder that is
// gone or can't be read is an error, kInvalid when it is no folder; what can't be read below it is among the unread.
Result<FolderListing> list_folder(FileSystem& files, const Path& folder, const FileSelection& selection,
                                  const LookDeadline& deadline);

// The same of one file, whose name alone is its path in the listing; without a selection any name counts. None there is
// no error, but its folder must be.
Result<FolderListing> list_file(FileSystem& files, const Path& file, const FileSelection* selection);

}  // namespace qflow
