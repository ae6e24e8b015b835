#pragma once

#include <string>
#include <vector>

#include "qflow/os/file_system.h"
#include "qflow/store/objects.h"
#include "store/folder_tree.h"

namespace qflow {

// What objects are made of, and what they are known by.

Result<std::string> hash_file(FileSystem& files, const Path& path);

// Sets the sha256 of every file of a tree below `folder`.
Status hash_files(FileSystem& files, const Path& folder, std::vector<TreeEntry>& tree);

// The SHA-256 that names a file, or a folder's manifest. kNotFound when nothing is there.
Result<std::string> hash_content(FileSystem& files, const Path& path);

// What can be seen of a file or folder without reading its content.
struct Outline {
  FileInfo info;
  std::vector<TreeEntry> tree;  // of a folder
};

Result<Outline> read_outline(FileSystem& files, const Path& path);

// "size:inode:ctime" of a file; of a folder a hash of the same of all its entries.
std::string fingerprint(const Outline& outline);
Result<std::string> fingerprint(FileSystem& files, const Path& path);

// Whether `path` has the content that `sha256` names. An error when it can't be read.
Result<bool> has_content(FileSystem& files, const Path& path, const std::string& sha256);

// Whether it is an empty folder in the place of the empty file, where stores of earlier builds have it: right for the
// runs that left it.
Result<bool> is_former_empty_folder(FileSystem& files, const Path& path, const std::string& sha256);

}  // namespace qflow
