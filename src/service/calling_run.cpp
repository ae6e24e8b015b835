#include "qflow/service/calling_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "service/store_settings.h"

namespace qflow {

namespace {

// However each of the paths leads there.
bool is_same_folder(FileSystem& files, const Path& a, const Path& b) {
  const auto one = files.info(a, FollowLinks::kYes);
  const auto other = files.info(b, FollowLinks::kYes);
  return one && other && one->device == other->device && one->inode == other->inode;
}

// The folder of the run that this process belongs to, in its own store. A step chooses another store by QFLOW_STORE; by
// QFLOW_PARAMS it chooses nothing.
std::optional<Path> own_run_folder(const RunId& run, const Doors& doors) {
  const auto parameters = find_variable(doors.environment, "QFLOW_PARAMS");
  if (!parameters) return std::nullopt;
  const Path folder = (doors.folder / *parameters).parent_path();
  const bool of_foreach = folder.filename() == StoreLayout(Path()).run_items(run).filename();
  return of_foreach ? folder.parent_path() : folder;
}

Result<Run> find_in_own_store(const RunId& id, const Doors& doors) {
  const auto folder = own_run_folder(id, doors);
  if (!folder) return fail(ErrorKind::kNotFound, "QFLOW_PARAMS names no file of " + id.text());
  const Path root = folder->parent_path().parent_path().parent_path();  // runs/TrainingFlow/34
  QFLOW_ASSIGN(const auto store, Store::open(root, StoreAccess::kRead, doors.files, doors.clock));
  return store->ledger().run_without_sources(id);
}

}  // namespace

Result<std::optional<RunId>> calling_run(Store& store, const Doors& doors) {
  const auto run = find_variable(doors.environment, "QFLOW_RUN");
  if (!run) return std::optional<RunId>();
  QFLOW_ASSIGN(RunId id, RunId::parse(*run));
  const auto folder = own_run_folder(id, doors);
  const bool is_here = folder && is_same_folder(doors.files, *folder, store.layout().run(id));
  return is_here ? std::optional(std::move(id)) : std::nullopt;
}

Result<std::optional<Run>> find_calling_run(Store& store, const Doors& doors) {
  QFLOW_ASSIGN(const std::optional<RunId> id, calling_run(store, doors));
  if (!id) return std::optional<Run>();
  return store.ledger().run_without_sources(*id).map([](Run run) { return std::optional<Run>(std::move(run)); });
}

Status descend_from_caller(Run& run, Executed executed, Store& store, const Doors& doors) {
  run.caller.reset();
  QFLOW_ASSIGN(const std::optional<Run> caller, find_calling_run(store, doors));
  if (!caller) return {};
  run.depth = std::max(run.depth, caller->depth + 1);
  if (executed == Executed::kHere) run.caller = caller->id;
  QFLOW_ASSIGN(const StoreConfig config, load_store_config(store.layout(), doors.files));
  if (run.depth <= config.max_chain) return {};
  return fail(ErrorKind::kRefused, fmt::format("the chain would have {} runs, max_chain is {}: {} ← {} ← …", run.depth,
                                               config.max_chain, run.id.flow.text(), caller->id.text()));
}

bool is_in_local_run(const Doors& doors) {
  const auto run = find_variable(doors.environment, "QFLOW_RUN");
  if (!run) return false;
  const auto id = RunId::parse(*run);
  if (!id) return true;
  const auto found = find_in_own_store(*id, doors);
  return !found || found->origin == RunOrigin::kLocal;
}

}  // namespace qflow
