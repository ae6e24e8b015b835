#include "store/sqlite_files.h"

#include <fcntl.h>
#include <sqlite3.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

namespace qflow {
namespace {

constexpr const char* kName = "qflow";

sqlite3_vfs* system_files() {
  return sqlite3_vfs_find(nullptr);
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened_flags) {
  sqlite3_vfs* system = system_files();
  int exists = 0;
  bool is_log = (flags & SQLITE_OPEN_WAL) != 0 && name != nullptr;
  if (is_log && system->xAccess(system, name, SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK && exists != 0) {
    int code = system->xOpen(system, name, file, flags & ~SQLITE_OPEN_CREATE, opened_flags);
    if (code == SQLITE_OK) return code;
    // It may be gone by now.
  }
  return system->xOpen(system, name, file, flags, opened_flags);
}

bool is_about_permission(int error) {
  return error == EACCES || error == EPERM || error == EROFS;
}

// SQLite answers every open for writing that fails with one for reading, which works where the first failed for want of
// descriptors or by chance: then it says that the file is read-only, or that it is not there. Such a second open fails
// as the first did.
int open_as_asked(const char* path, int flags, int permissions) {
  static thread_local std::string failed_path;
  static thread_local int failure = 0;
  const int failed_before = std::exchange(failure, 0);
  const bool for_writing = (flags & O_ACCMODE) == O_RDWR;
  if (!for_writing && failed_before != 0 && failed_path == path) {
    errno = failed_before;
    return -1;
  }
  const int descriptor = open(path, flags, permissions);
  if (descriptor < 0 && for_writing && !is_about_permission(errno)) {
    failure = errno;
    failed_path = path;
  }
  return descriptor;
}

// The system's own door would look up now where symbolic links lead, and open that later.
int keep_path(sqlite3_vfs*, const char* path, int size, char* full) {
  if (*path != '/') return system_files()->xFullPathname(system_files(), path, size, full);
  const std::string_view text = path;
  if (text.size() >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  full[text.copy(full, text.size())] = '\0';
  return SQLITE_OK;
}

// A copy of the system's own door, whose functions find all that they need in it; static, for it stays registered.
bool register_files() {
  static sqlite3_vfs files;
  // Nobody asks SQLite how much memory it uses, and counting takes a lock around each allocation.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (sqlite3_initialize() != SQLITE_OK || system_files() == nullptr) return false;
  sqlite3_vfs* system = system_files();
  if (system->xSetSystemCall(system, "open", reinterpret_cast<sqlite3_syscall_ptr>(open_as_asked)) != SQLITE_OK)
    return false;
  files = *system;
  files.zName = kName;
  files.pNext = nullptr;
  files.xOpen = open_file;
  files.xFullPathname = keep_path;
  return sqlite3_vfs_register(&files, 0) == SQLITE_OK;
}

}  // namespace

const char* ledger_file_system() {
  static const bool registered = register_files();
  return registered ? kName : nullptr;
}

}  // namespace qflow
