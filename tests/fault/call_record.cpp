#include "fault/call_record.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "fault/next_call.h"

namespace qflow::fault {
namespace {

using Json = nlohmann::json;
using Path = std::filesystem::path;

int open_file(const char* path, int flags) {
  static const auto real = next_call<int(const char*, int, ...)>("open");
  return real(path, flags | O_CLOEXEC);
}

int record_file() {
  static const char* const path = std::getenv("FAULT_RECORD");
  static const int file = path == nullptr ? -1 : open_file(path, O_WRONLY | O_APPEND);
  return file;
}

std::mutex& thread_turn() {
  static std::mutex mutex;
  return mutex;
}

void append(const Json& head, std::string_view bytes = {}) {
  static const auto real = next_call<ssize_t(int, const void*, std::size_t)>("write");
  const std::string record = head.dump() + "\n" + std::string(bytes);
  if (real(record_file(), record.data(), record.size()) != static_cast<ssize_t>(record.size())) std::abort();
}

const char* type_of(mode_t mode) {
  return S_ISDIR(mode) ? "folder" : S_ISLNK(mode) ? "link" : "file";
}

// What stands at the path, itself; null when nothing does.
Json description_of(const Path& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return nullptr;
  std::array<char, 4096> target{};
  if (S_ISLNK(status.st_mode) && readlink(path.c_str(), target.data(), target.size() - 1) < 0) return nullptr;
  return {{"name", path.filename().native()},
          {"inode", status.st_ino},
          {"type", type_of(status.st_mode)},
          {"mode", status.st_mode & 07777},
          {"target", target.data()}};
}

ino_t folder_of(const Path& path) {
  struct stat status {};
  const Path folder = path.parent_path();
  return stat(folder.empty() ? "." : folder.c_str(), &status) == 0 ? status.st_ino : 0;
}

Path path_of(int descriptor) {
  return "/proc/self/fd/" + std::to_string(descriptor);
}

std::string content_of(int descriptor, std::size_t size) {
  static const auto real = next_call<ssize_t(int, void*, std::size_t)>("read");
  std::string bytes(size, '\0');
  const int file = open_file(path_of(descriptor).c_str(), O_RDONLY);
  std::size_t length = 0;
  for (ssize_t count = 1; count > 0; length += static_cast<std::size_t>(std::max<ssize_t>(count, 0))) {
    count = real(file, bytes.data() + length, size - length);
  }
  close(file);
  bytes.resize(length);
  return bytes;
}

Json names_in(int descriptor) {
  Json names = Json::array();
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(path_of(descriptor), ignored)) {
    const Json description = description_of(entry.path());
    if (!description.is_null()) names.push_back(description);
  }
  return names;
}

}  // namespace

Turn::Turn() : recorded_(record_file() >= 0) {
  if (!recorded_) return;
  thread_turn().lock();
  flock(record_file(), LOCK_EX);
}

Turn::~Turn() {
  if (!recorded_) return;
  const int before = errno;
  flock(record_file(), LOCK_UN);
  thread_turn().unlock();
  errno = before;
}

void Turn::named(const char* path) {
  if (!recorded_) return;
  Json head = description_of(path);
  if (head.is_null()) return;
  head["op"] = "name";
  head["folder"] = folder_of(path);
  append(head);
}

void Turn::unnamed(const char* path) {
  if (recorded_) append({{"op", "unname"}, {"folder", folder_of(path)}, {"name", Path(path).filename().native()}});
}

void Turn::permitted(const char* path) {
  struct stat status {};
  if (!recorded_ || stat(path, &status) != 0) return;
  append({{"op", "mode"}, {"inode", status.st_ino}, {"mode", status.st_mode & 07777}});
}

void Turn::wrote(int descriptor, std::string_view bytes, off_t offset) {
  struct stat status {};
  if (!recorded_ || fstat(descriptor, &status) != 0) return;
  if (descriptor == STDOUT_FILENO) return append({{"op", "said"}, {"size", bytes.size()}}, bytes);
  if (!S_ISREG(status.st_mode)) return;
  append({{"op", "write"}, {"inode", status.st_ino}, {"offset", offset}, {"size", bytes.size()}}, bytes);
}

void Turn::appended(int descriptor, std::string_view bytes) {
  if (recorded_) wrote(descriptor, bytes, lseek(descriptor, 0, SEEK_CUR) - static_cast<off_t>(bytes.size()));
}

void Turn::resized(int descriptor) {
  struct stat status {};
  if (!recorded_ || fstat(descriptor, &status) != 0) return;
  append({{"op", "resize"}, {"inode", status.st_ino}, {"length", status.st_size}});
}

void Turn::synced(int descriptor) {
  struct stat status {};
  if (!recorded_ || fstat(descriptor, &status) != 0) return;
  if (S_ISDIR(status.st_mode)) {
    append({{"op", "sync_folder"}, {"inode", status.st_ino}, {"names", names_in(descriptor)}});
  } else {
    const std::string bytes = content_of(descriptor, static_cast<std::size_t>(status.st_size));
    append({{"op", "sync"}, {"inode", status.st_ino}, {"size", bytes.size()}}, bytes);
  }
}

}  // namespace qflow::fault
