#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/error/error.h"

namespace qflow {

using Path = std::filesystem::path;

enum class FileType { kRegular, kFolder, kSymlink, kOther };
enum class FollowLinks { kYes, kNo };

// What stat(2) says. Times are nanoseconds since 1970; those outside of 1677 to 2262 are the nearest of these.
struct FileInfo {
  FileType type = FileType::kOther;
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::uint64_t links = 0;
  std::uint32_t mode = 0;  // permission bits
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  std::int64_t born_ns = 0;  // 0 where the file system does not tell
};

struct FolderEntry {
  std::string name;
  FileType type = FileType::kOther;
};

// One entry of a folder that is being visited, good only while the visitor is called.
struct VisitedEntry {
  std::string_view name;
  FileType type = FileType::kOther;
  // What `info` says of the entry itself (a link is not followed), at the price of one fstatat(2); kNotFound when it
  // has gone meanwhile.
  const std::function<Result<FileInfo>()>& info;
};
// An error ends the visit, which returns it.
using FolderVisitor = std::function<Status(const VisitedEntry& entry)>;

// An open file descriptor, closed at the end of its life. Every one is close-on-exec.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept;
  ~FileHandle();

  int descriptor() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

// What became of a move that replaces nothing.
enum class MoveOutcome {
  kMoved,
  kTargetExists,  // the target was there already; nothing changed
  kOtherDevice,   // source and target are on different file systems (EXDEV); nothing changed
};

enum class OpenMode {
  kRead,
  kCreate,     // write; made if absent, emptied if present; never through a symbolic link
  kCreateNew,  // write; must not exist
  kOverwrite,  // write, over what is there; must exist; never through a symbolic link
  kAppend,     // write at the end; made if absent
  kLock,       // read, and write at the end; made if absent, kept as it is
};

// The one door to files. Every error names the path and the system's reason ("can't read /x/y: Permission denied");
// kNotFound where the path does not exist, kStore otherwise. EINTR is handled inside. Files are made with mode 0600
// and folders with 0700 unless said otherwise.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<FileHandle> open(const Path& path, OpenMode mode, std::uint32_t permissions = 0600) = 0;
  // The number of bytes read into `buffer`; 0 at the end.
  virtual Result<std::size_t> read_some(const FileHandle& file, char* buffer, std::size_t size) = 0;
  virtual Status write_all(const FileHandle& file, std::string_view bytes) = 0;
  // Cuts off what follows the last byte that was written.
  virtual Status cut_rest(const FileHandle& file) = 0;
  virtual Status sync(const FileHandle& file) = 0;
  // Takes an exclusive flock(2), which is released when `file` closes. kBusy when somebody else holds it, named where
  // the system tells.
  virtual Status try_lock(const FileHandle& file) = 0;
  // Waits for the same, at most so long; waiters are served in the order of their coming.
  virtual Status lock_within(const FileHandle& file, std::chrono::milliseconds limit) = 0;
  // Waits for a lock that others may hold too, but not beside an exclusive one.
  virtual Status lock_shared(const FileHandle& file) = 0;
  // Gives up the lock before `file` closes.
  virtual void unlock(const FileHandle& file) = 0;
  // Whether somebody else holds the lock of `file`; takes none for longer than the question lasts.
  virtual Result<bool> is_locked(const FileHandle& file) = 0;
  // "process 4711 (qflow)" for a process that holds a lock of any kind on the file; "" when the system does not tell.
  virtual std::string lock_holder(const Path& path) = 0;
  // Appends all that follows in `from` to `to`, without copying through this process where the system can.
  virtual Status copy_bytes(const FileHandle& from, const FileHandle& to) = 0;

  virtual Result<FileInfo> info(const Path& path, FollowLinks follow) = 0;
  virtual Result<std::vector<FolderEntry>> list(const Path& folder) = 0;  // sorted by name, without . and ..
  // The same for folders of very many files: in no order, and nothing is kept of an entry.
  virtual Status visit(const Path& folder, const FolderVisitor& visitor) = 0;
  virtual Result<std::string> read_link(const Path& path) = 0;
  virtual Status make_folder(const Path& path) = 0;  // its parent must exist; no error if it is a folder already
  virtual Status make_symlink(const std::string& target, const Path& path) = 0;
  virtual Status rename(const Path& from, const Path& to) = 0;
  // Renames a file or folder unless `to` exists (renameat2, RENAME_NOREPLACE).
  virtual Result<MoveOutcome> move_new(const Path& from, const Path& to) = 0;
  virtual Status set_permissions(const Path& path, std::uint32_t mode) = 0;
  virtual Status touch(const Path& path) = 0;   // mtime = now
  virtual Status remove(const Path& path) = 0;  // a file, link or empty folder
  virtual Status sync_folder(const Path& path) = 0;
  // The name of the network file system that the path lies on ("NFS"); "" when it is a local one.
  virtual Result<std::string> network_name(const Path& path) = 0;

  // From now on nothing below the folder is looked at or changed through a symbolic link that leads out of it, nor in
  // another folder that comes into its place; that is kStore. What makes no difference where nobody else writes.
  virtual Status confine(const Path& /*folder*/) { return {}; }
  // A path by which others, such as libraries, find the same file below a confined folder.
  virtual Path anchored(const Path& path) { return path; }
};

class ConfinedFolders;

// The real one. Thread-safe.
class PosixFileSystem final : public FileSystem {
 public:
  PosixFileSystem();
  ~PosixFileSystem() override;

  Result<FileHandle> open(const Path& path, OpenMode mode, std::uint32_t permissions) override;
  Result<std::size_t> read_some(const FileHandle& file, char* buffer, std::size_t size) override;
  Status write_all(const FileHandle& file, std::string_view bytes) override;
  Status cut_rest(const FileHandle& file) override;
  Status sync(const FileHandle& file) override;
  Status try_lock(const FileHandle& file) override;
  Status lock_within(const FileHandle& file, std::chrono::milliseconds limit) override;
  Status lock_shared(const FileHandle& file) override;
  void unlock(const FileHandle& file) override;
  Result<bool> is_locked(const FileHandle& file) override;
  std::string lock_holder(const Path& path) override;
  Status copy_bytes(const FileHandle& from, const FileHandle& to) override;
  Result<FileInfo> info(const Path& path, FollowLinks follow) override;
  Result<std::vector<FolderEntry>> list(const Path& folder) override;
  Status visit(const Path& folder, const FolderVisitor& visitor) override;
  Result<std::string> read_link(const Path& path) override;
  Status make_folder(const Path& path) override;
  Status make_symlink(const std::string& target, const Path& path) override;
  Status rename(const Path& from, const Path& to) override;
  Result<MoveOutcome> move_new(const Path& from, const Path& to) override;
  Status set_permissions(const Path& path, std::uint32_t mode) override;
  Status touch(const Path& path) override;
  Status remove(const Path& path) override;
  Status sync_folder(const Path& path) override;
  Result<std::string> network_name(const Path& path) override;
  Status confine(const Path& folder) override;
  Path anchored(const Path& path) override;

 private:
  std::unique_ptr<ConfinedFolders> confined_;
};

// Compositions of the above, the same for every FileSystem.
Result<bool> exists(FileSystem& files, const Path& path);  // the entry itself: a link that leads nowhere too
// The whole file; kInvalid when it is larger than `limit` bytes.
Result<std::string> read_file(FileSystem& files, const Path& path, std::uint64_t limit = UINT64_MAX);
// Writes beside the file and renames: readers see the old or the new whole text. Not synced.
Status replace_file(FileSystem& files, const Path& path, std::string_view bytes, std::uint32_t permissions = 0600);
// Writes it in its place, for files that nobody reads yet: half of the work. Not synced.
Status write_file(FileSystem& files, const Path& path, std::string_view bytes);
// The same over what a file has, a tenth of that work: ext4 begins to write out a file that was emptied when it closes.
Status overwrite_file(FileSystem& files, const Path& path, std::string_view bytes);
Status make_folders(FileSystem& files, const Path& path);  // parents too
Status remove_tree(FileSystem& files, const Path& path);   // nothing there is no error; links are not followed

}  // namespace qflow
