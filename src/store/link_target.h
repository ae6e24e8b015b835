#pragma once

#include <vector>

#include "store/folder_tree.h"

namespace qflow {

// Whether the symbolic link `link`, followed as the system does it (path_resolution(7): through other links, ".."
// from where they lead), ends at an entry of the tree or at its root, and never leaves the tree on its way. `tree` is
// sorted by path.
bool leads_inside(const std::vector<TreeEntry>& tree, const TreeEntry& link);

}  // namespace qflow
