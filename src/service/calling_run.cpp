#include "qflow/service/calling_run.h"

namespace qflow {

namespace {

// However each of the paths leads there.
bool is_same_folder(FileSystem& files, const Path& a, const Path& b) {
  const auto one = files.info(a, FollowLinks::kYes);
  const auto other = files.info(b, FollowLinks::kYes);
  return one && other && one->device == other->device && one->inode == other->inode;
}

}  // namespace

Result<std::optional<RunId>> calling_run(Store& store, const Doors& doors) {
  const auto run = find_variable(doors.environment, "QFLOW_RUN");
  const auto its_store = find_variable(doors.environment, "QFLOW_STORE");
  if (!run || !its_store || !is_same_folder(doors.files, doors.folder / *its_store, store.layout().root())) {
    return std::optional<RunId>();
  }
  QFLOW_ASSIGN(RunId id, RunId::parse(*run));
  return std::optional<RunId>(std::move(id));
}

}  // namespace qflow
