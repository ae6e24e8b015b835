#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

#include "qflow/os/file_system.h"

namespace qflow {
namespace {

// A name that no other process and no other thread of this one uses in the same folder.
Path name_beside(const Path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() / fmt::format(".{}.{}.{}", path.filename().native(), getpid(), counter++);
}

Status write_whole(FileSystem& files, const Path& path, std::string_view bytes, std::uint32_t permissions) {
  QFLOW_ASSIGN(FileHandle file, files.open(path, OpenMode::kCreateNew, permissions));
  return files.write_all(file, bytes);
}

tl::unexpected<Error> too_large(const Path& path, std::uint64_t limit) {
  return fail(ErrorKind::kInvalid, fmt::format("{} is larger than {} bytes", path.native(), limit));
}

Status remove_folder(FileSystem& files, const Path& folder, std::uint32_t mode) {
  constexpr std::uint32_t kOwnerAll = 0700;
  if ((mode & kOwnerAll) != kOwnerAll) QFLOW_TRY(files.set_permissions(folder, kOwnerAll));
  QFLOW_ASSIGN(auto entries, files.list(folder));
  for (const FolderEntry& entry : entries) {
    bool is_folder = entry.type == FileType::kFolder;
    QFLOW_TRY(is_folder ? remove_tree(files, folder / entry.name) : files.remove(folder / entry.name));
  }
  return files.remove(folder);
}

}  // namespace

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = other.release();
  }
  return *this;
}

FileHandle::~FileHandle() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<bool> exists(FileSystem& files, const Path& path) {
  const auto info = files.info(path, FollowLinks::kNo);
  if (!info && info.error().kind != ErrorKind::kNotFound) return tl::make_unexpected(info.error());
  return info.has_value();
}

Result<std::string> read_file(FileSystem& files, const Path& path, std::uint64_t limit) {
  QFLOW_ASSIGN(FileHandle file, files.open(path, OpenMode::kRead));
  QFLOW_ASSIGN(FileInfo info, files.info(path, FollowLinks::kYes));
  if (info.size > limit) return too_large(path, limit);
  constexpr std::size_t kLeast = 4096;
  // One byte more than the size shows the end without a second growth; files in /proc say 0 and have more.
  std::string bytes(std::max<std::size_t>(info.size + 1, kLeast), '\0');
  std::size_t length = 0;
  while (true) {
    QFLOW_ASSIGN(std::size_t count, files.read_some(file, bytes.data() + length, bytes.size() - length));
    length += count;
    if (length > limit) return too_large(path, limit);
    if (count == 0) break;
    if (length == bytes.size()) bytes.resize(bytes.size() * 2);
  }
  bytes.resize(length);
  return bytes;
}

Status replace_file(FileSystem& files, const Path& path, std::string_view bytes, std::uint32_t permissions) {
  Path beside = name_beside(path);
  Status written = write_whole(files, beside, bytes, permissions);
  if (written) written = files.rename(beside, path);
  if (!written) (void)files.remove(beside);
  return written;
}

Status write_file(FileSystem& files, const Path& path, std::string_view bytes) {
  QFLOW_ASSIGN(const FileHandle file, files.open(path, OpenMode::kCreate));
  return files.write_all(file, bytes);
}

Status overwrite_file(FileSystem& files, const Path& path, std::string_view bytes) {
  QFLOW_ASSIGN(const FileHandle file, files.open(path, OpenMode::kOverwrite));
  QFLOW_TRY(files.write_all(file, bytes));
  return files.cut_rest(file);
}

Status make_folders(FileSystem& files, const Path& path) {
  Status made = files.make_folder(path);
  bool parent_absent = !made && made.error().kind == ErrorKind::kNotFound;
  if (!parent_absent || path.parent_path() == path || path.parent_path().empty()) return made;
  QFLOW_TRY(make_folders(files, path.parent_path()));
  return files.make_folder(path);
}

Status remove_tree(FileSystem& files, const Path& path) {
  auto info = files.info(path, FollowLinks::kNo);
  if (!info) {
    if (info.error().kind == ErrorKind::kNotFound) return {};
    return tl::make_unexpected(std::move(info).error());
  }
  return info->type == FileType::kFolder ? remove_folder(files, path, info->mode) : files.remove(path);
}

}  // namespace qflow
