// The calls of the C library with which qflow and SQLite change files and start processes, in place of the library's
// own: the linker takes those that a program defines itself. So this lies below the real doors of the layer `os` and
// below SQLite's own door (its VFS), whose handling of every errno, EINTR too, is what the faults are to reach, and it
// sees every write and sync of both in one order.
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <string_view>

#include "fault/call_record.h"
#include "fault/failing_call.h"
#include "fault/next_call.h"

namespace {

using qflow::fault::fails;
using qflow::fault::next_call;
using qflow::fault::Turn;

std::string_view text(const void* bytes, ssize_t size) {
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

constexpr std::string_view kDescriptors = "/proc/self/fd/";

std::string target_of(std::string_view descriptor) {
  const int before = errno;
  const std::string link = std::string(kDescriptors) + std::string(descriptor);
  std::array<char, PATH_MAX> target{};
  const ssize_t size = readlink(link.c_str(), target.data(), target.size() - 1);
  errno = before;
  return size < 0 ? link : std::string(target.data(), static_cast<std::size_t>(size));
}

// The path by which the entry is known, whatever way it is named: in a folder that is open, or below /proc/self/fd.
std::string path_of(int folder, std::string_view name) {
  if (name.starts_with(kDescriptors)) {
    name.remove_prefix(kDescriptors.size());
    const std::size_t end = std::min(name.find('/'), name.size());
    return target_of(name.substr(0, end)) + std::string(name.substr(end));
  }
  if (folder == AT_FDCWD || name.starts_with('/')) return std::string(name);
  const std::string around = target_of(std::to_string(folder));
  return name == "." ? around : around + "/" + std::string(name);
}

int open_file(int folder, const char* name, int flags, mode_t permissions) {
  static const auto real = next_call<int(int, const char*, int, ...)>("openat");
  const std::string path = path_of(folder, name);
  if (fails("open", path.c_str())) return -1;
  if ((flags & (O_CREAT | O_TRUNC)) == 0) return real(folder, name, flags);
  Turn turn;
  struct stat status {};
  const bool is_new = lstat(path.c_str(), &status) != 0;
  const int descriptor = real(folder, name, flags, permissions);
  if (descriptor < 0) return -1;
  if (is_new) turn.named(path.c_str());
  if (!is_new && (flags & O_TRUNC) != 0) turn.resized(descriptor);
  return descriptor;
}

int sync_file(int (*real)(int), int descriptor) {
  if (fails("sync", descriptor)) return -1;
  Turn turn;
  const int result = real(descriptor);
  if (result == 0) turn.synced(descriptor);
  return result;
}

// Those that give a path a new meaning.
template <class Function, class... Arguments>
int make_name(const char* call, const std::string& path, Arguments... arguments) {
  static const auto real = next_call<Function>(call);
  if (fails(call, path.c_str())) return -1;
  Turn turn;
  const int result = real(arguments...);
  if (result == 0) turn.named(path.c_str());
  return result;
}

template <class Function, class... Arguments>
int move_name(const char* call, const std::string& from, const std::string& to, Arguments... arguments) {
  static const auto real = next_call<Function>(call);
  if (fails("rename", from.c_str())) return -1;
  Turn turn;
  const int result = real(arguments...);
  if (result != 0) return result;
  turn.named(to.c_str());
  turn.unnamed(from.c_str());
  return 0;
}

int remove_name(int folder, const char* name, int flags) {
  static const auto real = next_call<int(int, const char*, int)>("unlinkat");
  const std::string path = path_of(folder, name);
  if (fails((flags & AT_REMOVEDIR) != 0 ? "rmdir" : "unlink", path.c_str())) return -1;
  Turn turn;
  const int result = real(folder, name, flags);
  if (result == 0) turn.unnamed(path.c_str());
  return result;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(AT_FDCWD, path, flags, permissions);
}

int open64(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(AT_FDCWD, path, flags, permissions);
}

int openat(int folder, const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(folder, path, flags, permissions);
}

int openat64(int folder, const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(folder, path, flags, permissions);
}

// openat2(2), for which the C library has no function. How many arguments there are depends on the number; what is read
// beyond them is passed on and looked at by nobody.
__attribute__((no_sanitize("address"))) long syscall(long number, ...) noexcept {
  static const auto real = next_call<long(long, ...)>("syscall");
  std::va_list rest;
  va_start(rest, number);
  std::array<long, 6> arguments;
  for (long& argument : arguments) argument = va_arg(rest, long);
  va_end(rest);
  const auto [a, b, c, d, e, f] = arguments;
  if (number == SYS_openat2) {
    const std::string path = path_of(static_cast<int>(a), reinterpret_cast<const char*>(b));
    if (fails("open", path.c_str())) return -1;
  }
  return real(number, a, b, c, d, e, f);
}

DIR* opendir(const char* path) {
  static const auto real = next_call<DIR*(const char*)>("opendir");
  return fails("opendir", path) ? nullptr : real(path);
}

int pipe2(int* ends, int flags) noexcept {
  static const auto real = next_call<int(int*, int)>("pipe2");
  return fails("pipe2", "a pipe") ? -1 : real(ends, flags);
}

ssize_t read(int descriptor, void* buffer, std::size_t size) {
  static const auto real = next_call<ssize_t(int, void*, std::size_t)>("read");
  return fails("read", descriptor) ? -1 : real(descriptor, buffer, size);
}

ssize_t pread64(int descriptor, void* buffer, std::size_t size, off64_t offset) {
  static const auto real = next_call<ssize_t(int, void*, std::size_t, off64_t)>("pread64");
  return fails("read", descriptor) ? -1 : real(descriptor, buffer, size, offset);
}

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  static const auto real = next_call<ssize_t(int, const void*, std::size_t)>("write");
  if (fails("write", descriptor)) return -1;
  Turn turn;
  const ssize_t written = real(descriptor, bytes, size);
  if (written > 0) turn.appended(descriptor, text(bytes, written));
  return written;
}

ssize_t pwrite64(int descriptor, const void* bytes, std::size_t size, off64_t offset) {
  static const auto real = next_call<ssize_t(int, const void*, std::size_t, off64_t)>("pwrite64");
  if (fails("write", descriptor)) return -1;
  Turn turn;
  const ssize_t written = real(descriptor, bytes, size, offset);
  if (written > 0) turn.wrote(descriptor, text(bytes, written), offset);
  return written;
}

// What it copied is known from the sync that follows, which takes down the whole file.
ssize_t copy_file_range(int from, off64_t* from_offset, int to, off64_t* to_offset, std::size_t size, unsigned flags) {
  static const auto real = next_call<ssize_t(int, off64_t*, int, off64_t*, std::size_t, unsigned)>("copy_file_range");
  return fails("write", to) ? -1 : real(from, from_offset, to, to_offset, size, flags);
}

int ftruncate64(int descriptor, off64_t length) noexcept {
  static const auto real = next_call<int(int, off64_t)>("ftruncate64");
  if (fails("write", descriptor)) return -1;
  Turn turn;
  const int result = real(descriptor, length);
  if (result == 0) turn.resized(descriptor);
  return result;
}

int fsync(int descriptor) {
  static const auto real = next_call<int(int)>("fsync");
  return sync_file(real, descriptor);
}

int fdatasync(int descriptor) {
  static const auto real = next_call<int(int)>("fdatasync");
  return sync_file(real, descriptor);
}

int mkdir(const char* path, mode_t mode) noexcept {
  return make_name<int(const char*, mode_t)>("mkdir", path, path, mode);
}

int mkdirat(int folder, const char* name, mode_t mode) noexcept {
  return make_name<int(int, const char*, mode_t)>("mkdirat", path_of(folder, name), folder, name, mode);
}

int symlinkat(const char* target, int folder, const char* name) noexcept {
  return make_name<int(const char*, int, const char*)>("symlinkat", path_of(folder, name), target, folder, name);
}

int linkat(int old_folder, const char* existing, int folder, const char* name, int flags) noexcept {
  return make_name<int(int, const char*, int, const char*, int)>("linkat", path_of(folder, name), old_folder, existing,
                                                                 folder, name, flags);
}

int rename(const char* from, const char* to) noexcept {
  return move_name<int(const char*, const char*)>("rename", from, to, from, to);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return move_name<int(int, const char*, int, const char*)>("renameat", path_of(from_folder, from),
                                                            path_of(to_folder, to), from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  return move_name<int(int, const char*, int, const char*, unsigned)>(
      "renameat2", path_of(from_folder, from), path_of(to_folder, to), from_folder, from, to_folder, to, flags);
}

int unlink(const char* path) noexcept {
  return remove_name(AT_FDCWD, path, 0);
}

int rmdir(const char* path) noexcept {
  return remove_name(AT_FDCWD, path, AT_REMOVEDIR);
}

int unlinkat(int folder, const char* name, int flags) noexcept {
  return remove_name(folder, name, flags);
}

int chmod(const char* path, mode_t mode) noexcept {
  static const auto real = next_call<int(const char*, mode_t)>("chmod");
  const std::string known = path_of(AT_FDCWD, path);
  if (fails("chmod", known.c_str())) return -1;
  Turn turn;
  const int result = real(path, mode);
  if (result == 0) turn.permitted(known.c_str());
  return result;
}

int utimensat(int folder, const char* path, const timespec* times, int flags) noexcept {
  static const auto real = next_call<int(int, const char*, const timespec*, int)>("utimensat");
  return fails("utimensat", path_of(folder, path).c_str()) ? -1 : real(folder, path, times, flags);
}

void* mmap64(void* address, std::size_t size, int protection, int flags, int descriptor, off64_t offset) noexcept {
  static const auto real = next_call<void*(void*, std::size_t, int, int, int, off64_t)>("mmap64");
  const bool failing = descriptor < 0 ? fails("mmap", "memory") : fails("mmap", descriptor);
  return failing ? MAP_FAILED : real(address, size, protection, flags, descriptor, offset);
}

void* mmap(void* address, std::size_t size, int protection, int flags, int descriptor, off_t offset) noexcept {
  return mmap64(address, size, protection, flags, descriptor, offset);
}

// As qflow calls it: with no place for the id in the child's memory.
int clone(int (*body)(void*), void* stack, int flags, void* argument, ...) noexcept {
  static const auto real = next_call<int(int (*)(void*), void*, int, void*, ...)>("clone");
  std::va_list rest;
  va_start(rest, argument);
  auto* process = va_arg(rest, pid_t*);
  va_end(rest);
  return fails("clone", "a process") ? -1 : real(body, stack, flags, argument, process);
}

}  // extern "C"
