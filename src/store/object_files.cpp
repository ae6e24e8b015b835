#include "store/object_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

namespace qflow {
namespace {

Path name_beside(const Path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() / fmt::format(".copy.{}.{}", getpid(), counter++);
}

Status copy_file(FileSystem& files, const Path& from, const Path& to) {
  QFLOW_ASSIGN(FileHandle source, files.open(from, OpenMode::kRead));
  QFLOW_ASSIGN(FileHandle target, files.open(to, OpenMode::kCreateNew));
  return files.copy_bytes(source, target);
}

Status copy_entry(FileSystem& files, const TreeEntry& entry, const Path& from, const Path& to) {
  if (entry.info.type == FileType::kFolder) return files.make_folder(to);
  if (entry.info.type == FileType::kSymlink) return files.make_symlink(entry.target, to);
  QFLOW_TRY(copy_file(files, from, to));
  return files.set_permissions(to, sealed_mode(entry.info));
}

Status copy_tree(FileSystem& files, const Output& output, const Path& target) {
  QFLOW_TRY(files.make_folder(target));
  for (const TreeEntry& entry : output.tree) {
    QFLOW_TRY(copy_entry(files, entry, output.path / entry.path, target / entry.path));
  }
  // Folders last: nothing can be put into a sealed one.
  for (const TreeEntry& entry : output.tree) {
    if (entry.info.type == FileType::kFolder) QFLOW_TRY(files.set_permissions(target / entry.path, 0555));
  }
  return {};
}

}  // namespace

std::uint32_t sealed_mode(const FileInfo& info) {
  constexpr std::uint32_t kExecutable = 0111;
  return (info.mode & kExecutable) != 0 ? 0555 : 0444;
}

Status replace_by_copy(FileSystem& files, const Path& path) {
  Path copy = name_beside(path);
  Status done = copy_file(files, path, copy);
  if (done) done = files.rename(copy, path);
  if (!done) (void)files.remove(copy);
  return done;
}

Status copy_output(FileSystem& files, const Output& output, const Path& target) {
  if (output.info.type == FileType::kFolder) return copy_tree(files, output, target);
  QFLOW_TRY(copy_file(files, output.path, target));
  return files.set_permissions(target, sealed_mode(output.info));
}

void add_output(BackgroundSync& sync, const Output& output, const Path& path) {
  if (output.info.type != FileType::kFolder) return sync.add_file(path, output.info.size);
  for (const TreeEntry& entry : output.tree) {
    if (entry.info.type == FileType::kRegular) sync.add_file(path / entry.path, entry.info.size);
    if (entry.info.type == FileType::kFolder) sync.add_folder(path / entry.path);
  }
  sync.add_folder(path);
}

Status set_aside(FileSystem& files, const StoreLayout& layout, const std::string& sha256) {
  const Path path = layout.object(sha256);
  QFLOW_TRY(files.make_folder(layout.quarantine()));
  auto info = files.info(path, FollowLinks::kNo);
  if (!info && info.error().kind == ErrorKind::kNotFound) return {};
  if (!info) return tl::make_unexpected(std::move(info).error());
  // A folder is moved only by somebody who may write to it: its ".." changes.
  if (info->type == FileType::kFolder) QFLOW_TRY(files.set_permissions(path, 0755));
  for (int number = 1;; ++number) {
    QFLOW_ASSIGN(MoveOutcome outcome, files.move_new(path, layout.quarantine() / fmt::format("{}-{}", sha256, number)));
    if (outcome == MoveOutcome::kMoved) return {};
    if (outcome == MoveOutcome::kOtherDevice) return remove_tree(files, path);
  }
}

}  // namespace qflow
