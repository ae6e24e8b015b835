#pragma once

#include <string>
#include <vector>

#include "qflow/model/artifact.h"
#include "qflow/os/file_system.h"
#include "store/folder_tree.h"

namespace qflow {

// One thing that a step left in its out folder.
struct Output {
  ArtifactName name;
  ArtifactKind kind = ArtifactKind::kFile;
  Path path;
  FileInfo info;
  std::vector<TreeEntry> tree;  // of a folder
  std::string bytes;            // of a value
};

// Everything in the folder, in the order of the names; nothing is changed. kInvalid, naming what is wrong, for what
// ObjectStore::collect refuses.
Result<std::vector<Output>> read_out_folder(FileSystem& files, const Path& folder);

}  // namespace qflow
