#include "store/object_content.h"

#include <fmt/format.h>

#include <memory>

#include "qflow/model/sha256.h"
#include "qflow/store/ledger.h"

namespace qflow {
namespace {

// Large enough that the system calls do not count, small enough to stay in the processor's cache.
constexpr std::size_t kBuffer = std::size_t{256} << 10;

std::string entry_fingerprint(const FileInfo& info) {
  return fmt::format("{}:{}:{}", info.size, info.inode, info.changed_ns);
}

}  // namespace

Result<std::string> hash_file(FileSystem& files, const Path& path) {
  QFLOW_ASSIGN(FileHandle file, files.open(path, OpenMode::kRead));
  auto buffer = std::make_unique_for_overwrite<char[]>(kBuffer);
  Sha256 hash;
  while (true) {
    QFLOW_ASSIGN(std::size_t count, files.read_some(file, buffer.get(), kBuffer));
    if (count == 0) return hash.finish();
    hash.update({buffer.get(), count});
  }
}

Status hash_files(FileSystem& files, const Path& folder, std::vector<TreeEntry>& tree) {
  for (TreeEntry& entry : tree) {
    if (entry.info.type != FileType::kRegular) continue;
    QFLOW_ASSIGN(entry.sha256, hash_file(files, folder / entry.path));
  }
  return {};
}

Result<std::string> hash_content(FileSystem& files, const Path& path) {
  QFLOW_ASSIGN(FileInfo info, files.info(path, FollowLinks::kNo));
  if (info.type == FileType::kRegular) return hash_file(files, path);
  if (info.type != FileType::kFolder) return std::string();
  QFLOW_ASSIGN(auto tree, read_tree(files, path));
  QFLOW_TRY(hash_files(files, path, tree));
  return sha256_hex(tree_manifest(tree));
}

Result<Outline> read_outline(FileSystem& files, const Path& path) {
  Outline outline;
  QFLOW_ASSIGN(outline.info, files.info(path, FollowLinks::kNo));
  if (outline.info.type != FileType::kFolder) return outline;
  QFLOW_ASSIGN(outline.tree, read_tree(files, path));
  return outline;
}

std::string fingerprint(const Outline& outline) {
  if (outline.info.type != FileType::kFolder) return entry_fingerprint(outline.info);
  std::string lines = entry_fingerprint(outline.info) + "\n";
  for (const TreeEntry& entry : outline.tree) lines += entry_fingerprint(entry.info) + " " + entry.path + "\n";
  return sha256_hex(lines);
}

Result<std::string> fingerprint(FileSystem& files, const Path& path) {
  QFLOW_ASSIGN(const Outline outline, read_outline(files, path));
  return fingerprint(outline);
}

Result<bool> has_content(FileSystem& files, const Path& path, const std::string& sha256) {
  auto hash = hash_content(files, path);
  if (!hash && hash.error().kind == ErrorKind::kNotFound) return false;
  if (!hash) return tl::make_unexpected(std::move(hash).error());
  return *hash == sha256 ? Result<bool>(true) : is_former_empty_folder(files, path, sha256);
}

Result<bool> is_former_empty_folder(FileSystem& files, const Path& path, const std::string& sha256) {
  if (sha256 != sha256_hex("")) return false;
  QFLOW_ASSIGN(const Outline outline, read_outline(files, path));
  return outline.info.type == FileType::kFolder && outline.tree.empty();
}

}  // namespace qflow
