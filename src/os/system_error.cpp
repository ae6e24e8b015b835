#include "os/system_error.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace qflow {

std::string_view system_reason(int error) {
  const char* text = strerrordesc_np(error);
  return text == nullptr ? "Unknown error" : text;
}

tl::unexpected<Error> system_failure(std::string_view action, const Path& path, int error) {
  bool absent = error == ENOENT || error == ENOTDIR;
  return fail(absent ? ErrorKind::kNotFound : ErrorKind::kStore,
              fmt::format("can't {} {}: {}", action, path.native(), system_reason(error)));
}

tl::unexpected<Error> system_failure(std::string_view action, const FileHandle& file, int error) {
  return system_failure(action, Path(path_of(file)), error);
}

std::string path_of(const FileHandle& file) {
  std::array<char, 4096> target;
  std::string entry = fmt::format("/proc/self/fd/{}", file.descriptor());
  ssize_t length = readlink(entry.c_str(), target.data(), target.size());
  if (length < 0) return fmt::format("descriptor {}", file.descriptor());
  return std::string(target.data(), static_cast<std::size_t>(length));
}

}  // namespace qflow
