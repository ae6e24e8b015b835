#pragma once

#include <deque>
#include <optional>
#include <shared_mutex>
#include <string>

#include "qflow/os/file_system.h"

namespace qflow {

// An entry as the system calls ending in -at take it.
struct EntryPlace {
  FileHandle opened;  // the folder, where it had to be opened for this
  int folder;         // AT_FDCWD for an entry that is looked up by its whole path
  std::string name;
  bool confined;
};

// Folders below which every path is looked up from the folder's own descriptor, and never through a symbolic link that
// leads out of it, whatever others do to the path meanwhile (openat2(2), RESOLVE_BENEATH). Thread-safe.
class ConfinedFolders {
 public:
  // From now on; once more when another folder has come into its place. Descriptors stay open as long as this lives.
  Status add(const Path& folder);
  // Nothing, and errno, when the folder around the entry can't be reached; EXDEV when a link leads out.
  std::optional<EntryPlace> find(const Path& path) const;

 private:
  struct Confined {
    std::string path;
    FileHandle folder;
  };
  const Confined* around(const std::string& path) const;

  mutable std::shared_mutex mutex_;
  std::deque<Confined> folders_;  // the newest first; what was found in the others may still be in use
};

}  // namespace qflow
