#include "qflow/service/input_file.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"

namespace qflow {

Result<std::string> read_input_file(FileSystem& files, const Path& path, const std::string& written,
                                    std::uint64_t limit) {
  const auto info = files.info(path, FollowLinks::kYes);
  if (!info && info.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kNotFound, "there is no file " + quoted(written));
  }
  if (!info) return tl::make_unexpected(info.error());
  if (info->type == FileType::kFolder) {
    return fail(ErrorKind::kInvalid, fmt::format("can't read {}: it is a folder", quoted(written)),
                "name a file inside it");
  }
  return read_file(files, path, limit);
}

}  // namespace qflow
