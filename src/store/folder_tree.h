#pragma once

#include <string>
#include <vector>

#include "qflow/os/file_system.h"

namespace qflow {

// One entry below a folder.
struct TreeEntry {
  std::string path;  // from the folder, "a/b"
  FileInfo info;
  std::string target;  // of a symbolic link
  std::string sha256;  // of a file, once it is hashed
};

// All entries below a folder, sorted by the bytes of their paths.
Result<std::vector<TreeEntry>> read_tree(FileSystem& files, const Path& folder);

// kInvalid, naming the entry, when a socket, pipe or device is among them, or a symbolic link that does not lead to
// another entry of the folder. `artifact` is the folder's name in messages.
Status check_tree(const std::vector<TreeEntry>& tree, const std::string& artifact);

// The text whose SHA-256 names a folder object (objects.h). Every file's sha256 is set.
std::string tree_manifest(const std::vector<TreeEntry>& tree);

// Bytes of all files.
std::uint64_t tree_size(const std::vector<TreeEntry>& tree);

}  // namespace qflow
