#include "qflow/store/store_location.h"

#include <fmt/format.h>

namespace qflow {
namespace {

constexpr const char* kStoreName = ".qflow";

Error not_a_folder(const Path& path) {
  return Error{ErrorKind::kStore, path.native() + " is not a folder, so it can't be a store",
               "move it away, or name a store with --store"};
}

tl::unexpected<Error> leads_nowhere(const Path& path, FileSystem& files) {
  return fail(ErrorKind::kStore,
              fmt::format("{} is a link to {}, which is not there", path.native(), files.read_link(path).value_or("")),
              "mount the disk that has it, or remove the link");
}

// Whether a folder is there; what is something else is an error, and so is a link that leads nowhere: another store
// would be used in the place of one that is only away.
Result<bool> is_store(FileSystem& files, const Path& path) {
  auto info = files.info(path, FollowLinks::kNo);
  if (!info && info.error().kind == ErrorKind::kNotFound) return false;
  if (info && info->type == FileType::kSymlink) {
    info = files.info(path, FollowLinks::kYes);
    if (!info && info.error().kind == ErrorKind::kNotFound) return leads_nowhere(path, files);
  }
  if (!info) return tl::make_unexpected(std::move(info).error());
  if (info->type != FileType::kFolder) return tl::make_unexpected(not_a_folder(path));
  return true;
}

Result<StoreLocation> named_store(FileSystem& files, const Path& root) {
  QFLOW_ASSIGN(bool exists, is_store(files, root));
  return StoreLocation{root, exists};
}

}  // namespace

Result<StoreLocation> locate_store(FileSystem& files, const Environment& environment,
                                   const std::optional<std::string>& option, const Path& folder) {
  if (option && option->empty()) return fail(ErrorKind::kUsage, "--store names no folder");
  if (option) return named_store(files, (folder / *option).lexically_normal());
  if (auto variable = find_variable(environment, "QFLOW_STORE")) {
    return named_store(files, (folder / *variable).lexically_normal());
  }
  for (Path above = folder;; above = above.parent_path()) {
    QFLOW_ASSIGN(bool found, is_store(files, above / kStoreName));
    if (found) return StoreLocation{above / kStoreName, true};
    if (above == above.parent_path()) return StoreLocation{folder / kStoreName, false};
  }
}

Error no_store(const StoreLocation& location, const Path& folder) {
  if (location.root != folder / kStoreName) {
    return Error{ErrorKind::kStore, "there is no store at " + location.root.native(),
                 "name an existing one with --store or QFLOW_STORE, or make one with 'qflow init'"};
  }
  return Error{ErrorKind::kStore, "there is no store (.qflow) in " + folder.native() + " or any folder above it",
               "make one with 'qflow init', or name one with --store or QFLOW_STORE"};
}

}  // namespace qflow
