#include "sensor/real_path.h"

#include <string>
#include <string_view>

namespace qflow {
namespace {

constexpr int kMaxLinks = 40;  // as Linux has it (path_resolution(7))

// Takes the first part off the path, with the slashes around it; "" at the end.
std::string take_part(std::string& path) {
  const std::size_t start = path.find_first_not_of('/');
  if (start == std::string::npos) return path = {};
  const std::size_t end = path.find('/', start);
  std::string part = path.substr(start, end - start);
  path.erase(0, end);
  return part;
}

}  // namespace

Result<Path> real_path(FileSystem& files, const Path& path) {
  std::string real, rest = path.native();
  for (int links = 0; links <= kMaxLinks;) {
    const std::string part = take_part(rest);
    if (part.empty()) return Path(real.empty() ? "/" : real);
    if (part == ".") continue;
    if (part == "..") {
      real.erase(real.empty() ? 0 : real.rfind('/'));
      continue;
    }
    const std::string next = real + "/" + part;
    QFLOW_ASSIGN(const FileInfo info, files.info(next, FollowLinks::kNo));
    if (info.type == FileType::kSymlink) {
      QFLOW_ASSIGN(const std::string target, files.read_link(next));
      if (target.starts_with('/')) real.clear();
      rest = target + "/" + rest;
      ++links;
    } else {
      real = next;
    }
  }
  return fail(ErrorKind::kStore, "can't look at " + path.native() + ": Too many levels of symbolic links");
}

bool is_inside(const Path& path, const Path& folder) {
  const std::string_view inner = path.native(), outer = folder.native();
  if (outer == "/" || inner == outer) return true;
  return inner.starts_with(outer) && inner[outer.size()] == '/';
}

}  // namespace qflow
