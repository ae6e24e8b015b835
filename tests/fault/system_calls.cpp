// The calls of the C library with which qflow and SQLite change files and start processes, in place of the library's
// own: the linker takes those that a program defines itself. So this lies below the real doors of the layer `os` and
// below SQLite's own door (its VFS), whose handling of every errno, EINTR too, is what the faults are to reach, and it
// sees every write and sync of both in one order.
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
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

int open_file(const char* path, int flags, mode_t permissions) {
  static const auto real = next_call<int(const char*, int, ...)>("open");
  if (fails("open", path)) return -1;
  if ((flags & (O_CREAT | O_TRUNC)) == 0) return real(path, flags);
  Turn turn;
  struct stat status {};
  const bool is_new = lstat(path, &status) != 0;
  const int descriptor = real(path, flags, permissions);
  if (descriptor < 0) return -1;
  if (is_new) turn.named(path);
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
int make_name(const char* call, const char* path, Arguments... arguments) {
  static const auto real = next_call<Function>(call);
  if (fails(call, path)) return -1;
  Turn turn;
  const int result = real(arguments...);
  if (result == 0) turn.named(path);
  return result;
}

template <class Function, class... Arguments>
int move_name(const char* call, const char* from, const char* to, Arguments... arguments) {
  static const auto real = next_call<Function>(call);
  if (fails("rename", from)) return -1;
  Turn turn;
  const int result = real(arguments...);
  if (result != 0) return result;
  turn.named(to);
  turn.unnamed(from);
  return 0;
}

int remove_name(const char* call, const char* path) {
  const auto real = next_call<int(const char*)>(call);
  if (fails(call, path)) return -1;
  Turn turn;
  const int result = real(path);
  if (result == 0) turn.unnamed(path);
  return result;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(path, flags, permissions);
}

int open64(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(path, flags, permissions);
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

int symlink(const char* target, const char* path) noexcept {
  return make_name<int(const char*, const char*)>("symlink", path, target, path);
}

int link(const char* existing, const char* path) noexcept {
  return make_name<int(const char*, const char*)>("link", path, existing, path);
}

int rename(const char* from, const char* to) noexcept {
  return move_name<int(const char*, const char*)>("rename", from, to, from, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  return move_name<int(int, const char*, int, const char*, unsigned)>("renameat2", from, to, from_folder, from,
                                                                      to_folder, to, flags);
}

int unlink(const char* path) noexcept {
  return remove_name("unlink", path);
}

int rmdir(const char* path) noexcept {
  return remove_name("rmdir", path);
}

int chmod(const char* path, mode_t mode) noexcept {
  static const auto real = next_call<int(const char*, mode_t)>("chmod");
  if (fails("chmod", path)) return -1;
  Turn turn;
  const int result = real(path, mode);
  if (result == 0) turn.permitted(path);
  return result;
}

int utimensat(int folder, const char* path, const timespec* times, int flags) noexcept {
  static const auto real = next_call<int(int, const char*, const timespec*, int)>("utimensat");
  return fails("utimensat", path) ? -1 : real(folder, path, times, flags);
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
