#include "store/folder_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "qflow/error/printable.h"
#include "store/link_target.h"

namespace qflow {
namespace {

Status add_entries(FileSystem& files, const Path& folder, const std::string& prefix, std::vector<TreeEntry>& tree) {
  QFLOW_ASSIGN(auto entries, files.list(folder));
  for (const FolderEntry& found : entries) {
    TreeEntry entry;
    entry.path = prefix + found.name;
    QFLOW_ASSIGN(entry.info, files.info(folder / found.name, FollowLinks::kNo));
    if (entry.info.type == FileType::kSymlink) {
      QFLOW_ASSIGN(entry.target, files.read_link(folder / found.name));
    }
    bool is_folder = entry.info.type == FileType::kFolder;
    tree.push_back(std::move(entry));
    if (is_folder) QFLOW_TRY(add_entries(files, folder / found.name, prefix + found.name + "/", tree));
  }
  return {};
}

std::string escaped(const std::string& path) {
  std::string text;
  for (unsigned char c : path) {
    bool plain = c > ' ' && c != '\\' && c != 0x7f;
    text += plain ? std::string(1, static_cast<char>(c)) : fmt::format("\\{:03o}", c);
  }
  return text;
}

std::string manifest_line(const TreeEntry& entry) {
  constexpr std::uint32_t kExecutable = 0111;
  switch (entry.info.type) {
    case FileType::kFolder:
      return fmt::format("folder {}\n", escaped(entry.path));
    case FileType::kSymlink:
      return fmt::format("link {} {}\n", escaped(entry.target), escaped(entry.path));
    default:
      break;
  }
  char mode = (entry.info.mode & kExecutable) != 0 ? 'x' : '-';
  return fmt::format("file {} {} {} {}\n", mode, entry.info.size, entry.sha256, escaped(entry.path));
}

}  // namespace

Result<std::vector<TreeEntry>> read_tree(FileSystem& files, const Path& folder) {
  std::vector<TreeEntry> tree;
  QFLOW_TRY(add_entries(files, folder, "", tree));
  std::sort(tree.begin(), tree.end(), [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; });
  return tree;
}

Status check_tree(const std::vector<TreeEntry>& tree, const std::string& artifact) {
  for (const TreeEntry& entry : tree) {
    std::string name = quoted(artifact + "/" + entry.path);
    if (entry.info.type == FileType::kOther) {
      return fail(ErrorKind::kInvalid, fmt::format("the output {} is a socket, pipe or device", name),
                  "leave only files, folders, and links inside them");
    }
    if (entry.info.type == FileType::kSymlink && !leads_inside(tree, entry)) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("the output {} is a link to {}, which is not inside {}", name, quoted(entry.target),
                              quoted(artifact)),
                  "leave a copy of what it points to");
    }
  }
  return {};
}

std::string tree_manifest(const std::vector<TreeEntry>& tree) {
  if (tree.empty()) return "folder .\n";
  std::string manifest;
  for (const TreeEntry& entry : tree) manifest += manifest_line(entry);
  return manifest;
}

std::uint64_t tree_size(const std::vector<TreeEntry>& tree) {
  std::uint64_t size = 0;
  for (const TreeEntry& entry : tree) {
    if (entry.info.type == FileType::kRegular) size += entry.info.size;
  }
  return size;
}

}  // namespace qflow
