#include "service/stored_text.h"

#include <fmt/format.h>

namespace qflow {

Result<std::string> read_stored_text(FileSystem& files, const Path& path, std::uint64_t limit) {
  QFLOW_ASSIGN(const FileInfo info, files.info(path, FollowLinks::kYes));
  if (info.type == FileType::kRegular) return read_file(files, path, limit);
  return fail(ErrorKind::kStore, fmt::format("can't read {}: it is not a regular file", path.native()),
              "put a file into its place");
}

}  // namespace qflow
