#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>

#include "os/confined_folders.h"
#include "os/system_error.h"
#include "qflow/os/file_system.h"

namespace qflow {
namespace {

struct OpenAction {
  int flags;
  std::string_view verb;
};

OpenAction open_action(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return {O_RDONLY, "read"};
    case OpenMode::kCreate:
      return {O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, "write"};
    case OpenMode::kCreateNew:
      return {O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, "make"};
    case OpenMode::kOverwrite:
      return {O_WRONLY | O_NOFOLLOW, "write"};
    case OpenMode::kAppend:
      return {O_WRONLY | O_CREAT | O_APPEND, "append to"};
    case OpenMode::kLock:
      break;
  }
  return {O_RDWR | O_CREAT | O_APPEND, "open"};
}

FileType file_type(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kRegular;
  if (S_ISDIR(mode)) return FileType::kFolder;
  return S_ISLNK(mode) ? FileType::kSymlink : FileType::kOther;
}

std::int64_t nanoseconds(const timespec& time) {
  std::int64_t count = 0;
  const bool too_far = __builtin_mul_overflow(time.tv_sec, std::int64_t{1'000'000'000}, &count) ||
                       __builtin_add_overflow(count, time.tv_nsec, &count);
  if (!too_far) return count;
  return time.tv_sec < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

std::int64_t nanoseconds(const struct statx_timestamp& time) {
  timespec same{};
  same.tv_sec = time.tv_sec;
  same.tv_nsec = time.tv_nsec;
  return nanoseconds(same);
}

FileInfo file_info(const struct statx& status) {
  FileInfo info;
  info.type = file_type(status.stx_mode);
  info.size = status.stx_size;
  info.inode = status.stx_ino;
  info.device = makedev(status.stx_dev_major, status.stx_dev_minor);
  info.links = status.stx_nlink;
  info.mode = status.stx_mode & 07777;
  info.modified_ns = nanoseconds(status.stx_mtime);
  info.changed_ns = nanoseconds(status.stx_ctime);
  if ((status.stx_mask & STATX_BTIME) != 0) info.born_ns = nanoseconds(status.stx_btime);
  return info;
}

// statx(2), since stat does not tell when a file was born.
std::optional<FileInfo> info_at(int folder, const char* name, int flags) {
  struct statx status {};
  if (statx(folder, name, flags, STATX_BASIC_STATS | STATX_BTIME, &status) != 0) return std::nullopt;
  return file_info(status);
}

// Some file systems leave d_type unset; then stat has to tell.
FileType entry_type(DIR* folder, const dirent& entry) {
  if (entry.d_type == DT_REG) return FileType::kRegular;
  if (entry.d_type == DT_DIR) return FileType::kFolder;
  if (entry.d_type == DT_LNK) return FileType::kSymlink;
  struct stat status {};
  bool known = entry.d_type != DT_UNKNOWN;
  if (known || fstatat(dirfd(folder), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return FileType::kOther;
  return file_type(status.st_mode);
}

bool is_dot(std::string_view name) {
  return name == "." || name == "..";
}

// Calls that a signal can interrupt, made again until they end otherwise.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// The folder around an entry can't be reached.
tl::unexpected<Error> unreachable(std::string_view verb, const Path& path) {
  if (errno != EXDEV && errno != ELOOP) return system_failure(verb, path, errno);
  return fail(ErrorKind::kStore,
              fmt::format("can't {} {}: a symbolic link leads out of its store", verb, path.native()),
              "put a folder into its place");
}

int link_flag(const EntryPlace& place) {
  return place.confined ? AT_SYMLINK_NOFOLLOW : 0;
}

int open_entry(const EntryPlace& place, int flags, std::uint32_t permissions = 0) {
  return uninterrupted([&] { return openat(place.folder, place.name.c_str(), flags | O_CLOEXEC, permissions); });
}

// fchmodat(2) can't leave links alone: the entry is opened first, which it does.
int change_mode(const EntryPlace& place, std::uint32_t mode) {
  if (!place.confined) return chmod(place.name.c_str(), mode);
  const FileHandle entry(open_entry(place, O_PATH | O_NOFOLLOW));
  return entry ? chmod(fmt::format("/proc/self/fd/{}", entry.descriptor()).c_str(), mode) : -1;
}

DIR* open_folder(const EntryPlace& place) {
  const int follow = place.confined ? O_NOFOLLOW : 0;
  FileHandle folder(open_entry(place, O_RDONLY | O_DIRECTORY | follow));
  if (!folder) return nullptr;
  DIR* stream = fdopendir(folder.descriptor());
  if (stream != nullptr) folder.release();
  return stream;
}

}  // namespace

PosixFileSystem::PosixFileSystem() : confined_(std::make_unique<ConfinedFolders>()) {}

PosixFileSystem::~PosixFileSystem() = default;

Status PosixFileSystem::confine(const Path& folder) {
  return confined_->add(folder);
}

Path PosixFileSystem::anchored(const Path& path) {
  const auto place = confined_->find(path);
  if (!place || !place->confined || place->opened) return path;
  Path anchor = fmt::format("/proc/self/fd/{}", place->folder);
  return access(anchor.c_str(), F_OK) == 0 ? anchor / place->name : path;
}

Result<FileHandle> PosixFileSystem::open(const Path& path, OpenMode mode, std::uint32_t permissions) {
  OpenAction action = open_action(mode);
  const auto place = confined_->find(path);
  if (!place) return unreachable(action.verb, path);
  if (place->confined && mode != OpenMode::kRead) action.flags |= O_NOFOLLOW;
  FileHandle file(open_entry(*place, action.flags, permissions));
  if (file) return file;
  if (errno == ELOOP && (action.flags & O_NOFOLLOW) != 0) {
    return fail(ErrorKind::kStore, "can't write " + path.native() + ": it is a symbolic link");
  }
  return system_failure(action.verb, path, errno);
}

Result<std::size_t> PosixFileSystem::read_some(const FileHandle& file, char* buffer, std::size_t size) {
  ssize_t count = uninterrupted([&] { return ::read(file.descriptor(), buffer, size); });
  if (count < 0) return system_failure("read", file, errno);
  return static_cast<std::size_t>(count);
}

Status PosixFileSystem::write_all(const FileHandle& file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = uninterrupted([&] { return ::write(file.descriptor(), bytes.data(), bytes.size()); });
    if (count < 0) return system_failure("write", file, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Status PosixFileSystem::cut_rest(const FileHandle& file) {
  const off_t end = lseek(file.descriptor(), 0, SEEK_CUR);
  struct stat status {};
  if (end < 0 || fstat(file.descriptor(), &status) != 0) return system_failure("cut", file, errno);
  if (status.st_size == end) return {};
  if (uninterrupted([&] { return ftruncate(file.descriptor(), end); }) != 0) return system_failure("cut", file, errno);
  return {};
}

Status PosixFileSystem::sync(const FileHandle& file) {
  if (uninterrupted([&] { return fsync(file.descriptor()); }) != 0) return system_failure("sync", file, errno);
  return {};
}

Status PosixFileSystem::copy_bytes(const FileHandle& from, const FileHandle& to) {
  constexpr std::size_t kChunk = std::size_t{1} << 30;
  while (true) {
    ssize_t count =
        uninterrupted([&] { return copy_file_range(from.descriptor(), nullptr, to.descriptor(), nullptr, kChunk, 0); });
    if (count == 0) break;
    if (count > 0) continue;
    bool unsupported = errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP || errno == EBADF;
    if (!unsupported) return system_failure("copy to", to, errno);
    break;
  }
  // What the system did not copy for us (nothing is left when it did; some file systems answer 0 without copying).
  constexpr std::size_t kBuffer = std::size_t{1} << 18;
  auto buffer = std::make_unique_for_overwrite<char[]>(kBuffer);
  while (true) {
    QFLOW_ASSIGN(std::size_t count, read_some(from, buffer.get(), kBuffer));
    if (count == 0) return {};
    QFLOW_TRY(write_all(to, {buffer.get(), count}));
  }
}

Result<FileInfo> PosixFileSystem::info(const Path& path, FollowLinks follow) {
  const auto place = confined_->find(path);
  if (!place) return unreachable("look at", path);
  const auto found = info_at(place->folder, place->name.c_str(), follow == FollowLinks::kNo ? AT_SYMLINK_NOFOLLOW : 0);
  if (found) return *found;
  return system_failure("look at", path, errno);
}

Status PosixFileSystem::visit(const Path& folder, const FolderVisitor& visitor) {
  const auto place = confined_->find(folder);
  if (!place) return unreachable("list", folder);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(open_folder(*place), closedir);
  if (!stream) return system_failure("list", folder, errno);
  const dirent* entry = nullptr;
  const std::function<Result<FileInfo>()> info = [&]() -> Result<FileInfo> {
    const auto found = info_at(dirfd(stream.get()), entry->d_name, AT_SYMLINK_NOFOLLOW);
    if (found) return *found;
    return system_failure("look at", folder / entry->d_name, errno);
  };
  for (errno = 0; (entry = readdir(stream.get())) != nullptr; errno = 0) {
    if (!is_dot(entry->d_name)) QFLOW_TRY(visitor({entry->d_name, entry_type(stream.get(), *entry), info}));
  }
  if (errno != 0) return system_failure("list", folder, errno);
  return {};
}

Result<std::vector<FolderEntry>> PosixFileSystem::list(const Path& folder) {
  std::vector<FolderEntry> entries;
  QFLOW_TRY(visit(folder, [&](const VisitedEntry& entry) -> Status {
    entries.push_back({std::string(entry.name), entry.type});
    return {};
  }));
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Result<std::string> PosixFileSystem::read_link(const Path& path) {
  const auto place = confined_->find(path);
  if (!place) return unreachable("read the link", path);
  std::string target(256, '\0');
  while (true) {
    ssize_t length = readlinkat(place->folder, place->name.c_str(), target.data(), target.size());
    if (length < 0) return system_failure("read the link", path, errno);
    if (static_cast<std::size_t>(length) < target.size()) {
      target.resize(static_cast<std::size_t>(length));
      return target;
    }
    target.resize(target.size() * 2);
  }
}

Status PosixFileSystem::make_folder(const Path& path) {
  const auto place = confined_->find(path);
  if (!place) return unreachable("make the folder", path);
  if (mkdirat(place->folder, place->name.c_str(), 0700) == 0) return {};
  int reason = errno;
  struct stat status {};
  const bool found = fstatat(place->folder, place->name.c_str(), &status, link_flag(*place)) == 0;
  if (reason == EEXIST && found && S_ISDIR(status.st_mode)) return {};
  return system_failure("make the folder", path, reason);
}

Status PosixFileSystem::make_symlink(const std::string& target, const Path& path) {
  const auto place = confined_->find(path);
  if (!place) return unreachable("make the link", path);
  if (symlinkat(target.c_str(), place->folder, place->name.c_str()) == 0) return {};
  return system_failure("make the link", path, errno);
}

Status PosixFileSystem::rename(const Path& from, const Path& to) {
  const auto source = confined_->find(from);
  if (!source) return unreachable("rename", from);
  const auto target = confined_->find(to);
  if (!target) return unreachable("rename " + from.native() + " to", to);
  if (renameat(source->folder, source->name.c_str(), target->folder, target->name.c_str()) == 0) return {};
  int reason = errno;
  struct stat status {};
  bool source_absent =
      reason == ENOENT && fstatat(source->folder, source->name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0;
  return source_absent ? system_failure("rename", from, reason)
                       : system_failure("rename " + from.native() + " to", to, reason);
}

Result<MoveOutcome> PosixFileSystem::move_new(const Path& from, const Path& to) {
  const auto source = confined_->find(from);
  if (!source) return unreachable("move", from);
  const auto target = confined_->find(to);
  if (!target) return unreachable("move " + from.native() + " to", to);
  const char* old_name = source->name.c_str();
  const char* new_name = target->name.c_str();
  if (renameat2(source->folder, old_name, target->folder, new_name, RENAME_NOREPLACE) == 0) return MoveOutcome::kMoved;
  if (errno == EEXIST) return MoveOutcome::kTargetExists;
  if (errno == EXDEV) return MoveOutcome::kOtherDevice;
  if (errno != EINVAL) return system_failure("move " + from.native() + " to", to, errno);
  // A file system without RENAME_NOREPLACE: a hard link never replaces either (folders have no such second way).
  if (linkat(source->folder, old_name, target->folder, new_name, 0) == 0) {
    if (unlinkat(source->folder, old_name, 0) != 0) return system_failure("remove", from, errno);
    return MoveOutcome::kMoved;
  }
  if (errno == EEXIST) return MoveOutcome::kTargetExists;
  return system_failure("move " + from.native() + " to", to, errno);
}

Status PosixFileSystem::set_permissions(const Path& path, std::uint32_t mode) {
  const auto place = confined_->find(path);
  if (!place) return unreachable("change the permissions of", path);
  if (change_mode(*place, mode) != 0) return system_failure("change the permissions of", path, errno);
  return {};
}

Status PosixFileSystem::touch(const Path& path) {
  const auto place = confined_->find(path);
  if (!place) return unreachable("touch", path);
  const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, timespec{0, UTIME_NOW}};
  if (utimensat(place->folder, place->name.c_str(), times.data(), link_flag(*place)) == 0) return {};
  return system_failure("touch", path, errno);
}

Status PosixFileSystem::remove(const Path& path) {
  const auto place = confined_->find(path);
  if (!place) return unreachable("remove", path);
  if (unlinkat(place->folder, place->name.c_str(), 0) == 0) return {};
  // POSIX says EPERM for a folder, Linux EISDIR.
  const bool is_folder = errno == EISDIR || errno == EPERM;
  if (is_folder && unlinkat(place->folder, place->name.c_str(), AT_REMOVEDIR) == 0) return {};
  return system_failure("remove", path, errno);
}

Status PosixFileSystem::sync_folder(const Path& path) {
  const auto place = confined_->find(path);
  if (!place) return unreachable("sync", path);
  FileHandle folder(open_entry(*place, O_RDONLY | O_DIRECTORY));
  if (!folder) return system_failure("sync", path, errno);
  return sync(folder);
}

Result<std::string> PosixFileSystem::network_name(const Path& path) {
  struct statfs status {};
  if (uninterrupted([&] { return statfs(path.c_str(), &status); }) != 0) return system_failure("look at", path, errno);
  // Magic numbers of statfs(2); FUSE is listed because sshfs is the common one and nothing tells them apart here.
  switch (static_cast<std::uint32_t>(status.f_type)) {
    case 0x6969:
      return "NFS";
    case 0x517B:
    case 0xFE534D42:
    case 0xFF534D42:
      return "SMB";
    case 0x01021997:
      return "9P";
    case 0x00C36400:
      return "Ceph";
    case 0x5346414F:
      return "AFS";
    case 0x65735546:
      return "FUSE";
    default:
      return "";
  }
}

}  // namespace qflow
