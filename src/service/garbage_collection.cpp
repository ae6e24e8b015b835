#include "qflow/service/garbage_collection.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "qflow/flowfile/flow_file.h"
#include "qflow/os/decimal.h"
#include "service/event_collection.h"
#include "service/store_settings.h"

namespace qflow {

namespace {

// So many objects in one transaction: writers wait for a few milliseconds at most.
constexpr std::size_t kObjectsAtOnce = 50;

class Collector {
 public:
  Collector(Store& store, const Doors& doors, GarbageMode mode)
      : store_(store), doors_(doors), files_(doors.files), removes_(mode == GarbageMode::kRemove) {}

  Result<Garbage> collect() {
    QFLOW_ASSIGN(const StoreConfig config, load_store_config(store_.layout(), doors_.files));
    QFLOW_TRY(give_up_results());
    QFLOW_TRY(tidy_run_folders());
    QFLOW_TRY(remove_objects());
    QFLOW_TRY(remove_unknown_files());
    const GarbageMode mode = removes_ ? GarbageMode::kRemove : GarbageMode::kCount;
    QFLOW_TRY(collect_events(store_, config.keep_events, doors_.clock.now(), mode, garbage_));
    garbage_.runs = static_cast<std::int64_t>(given_up_.size());
    return garbage_;
  }

 private:
  // Runs. Where nothing is to be removed, it is rehearsed: what would follow from it is known.
  Status give_up_results() {
    const Instant put_before = doors_.clock.now() - kYoungestGarbage;
    QFLOW_ASSIGN(const std::vector<RunId> runs, outdated_runs());
    if (removes_) {
      for (const RunId& run : runs) {
        QFLOW_TRY(
            store_.ledger().write(Durability::kProcess, [&](LedgerWriter& writer) { return give_up(writer, run); }));
      }
      QFLOW_ASSIGN(unnamed_, store_.ledger().unnamed_objects(put_before));
      return {};
    }
    return store_.ledger().rehearse([&](LedgerWriter& writer) -> Status {
      for (const RunId& run : runs) QFLOW_TRY(give_up(writer, run));
      QFLOW_ASSIGN(unnamed_, store_.ledger().unnamed_objects(put_before));
      return {};
    });
  }

  Result<std::vector<RunId>> outdated_runs() {
    const Instant now = doors_.clock.now();
    std::map<std::string, Instant> limits;
    QFLOW_ASSIGN(const std::vector<std::string> hashes, store_.ledger().ruling_definitions());
    for (const std::string& hash : hashes) {
      QFLOW_ASSIGN(const std::string text, store_.ledger().definition(hash));
      const std::optional<Duration> keep = parse_flow_file(text, "", "").definition.run.keep;
      if (keep) limits.emplace(hash, now - *keep);
    }
    return store_.ledger().runs_ended_before(limits);
  }

  Status give_up(LedgerWriter& writer, const RunId& run) {
    QFLOW_ASSIGN(const bool removed, writer.remove_results(run));
    if (removed) given_up_.insert(run);
    return {};
  }

  // Folders of runs.
  Status tidy_run_folders() {
    for (const FolderEntry& flow : entries_of(store_.layout().runs())) {
      const auto id = FlowId::parse(flow.name);
      if (!id || flow.type != FileType::kFolder) continue;
      for (const FolderEntry& run : entries_of(store_.layout().runs() / flow.name)) {
        const auto number = parse_decimal<std::int64_t>(run.name);
        if (number) QFLOW_TRY(tidy_run_folder({*id, *number}));
      }
    }
    return {};
  }

  Status tidy_run_folder(const RunId& id) {
    const Path folder = store_.layout().run(id);
    const auto run = store_.ledger().run_without_sources(id);
    if (!run && run.error().kind != ErrorKind::kNotFound) return tl::make_unexpected(run.error());
    if (run && !has_ended(run->status)) return {};
    const auto is_locked = store_.run_is_locked(id);
    if (!is_locked) leave(is_locked.error());
    if (!is_locked || *is_locked) return {};
    // A crash between the lock and the row leaves a folder without a run.
    const bool goes = run ? run->removed_at || given_up_.contains(id) : is_old(folder);
    if (goes) remove_folder(folder);
    if (goes || !run) return {};
    for (const char* name : {"out", "items", "empty"}) remove_folder(folder / name);
    tidy_steps(folder / "steps");
    return {};
  }

  // Logs stay, at whatever depth they are; what steps saw, and what failed attempts left, goes.
  void tidy_steps(const Path& folder) {
    for (const FolderEntry& entry : entries_of(folder)) {
      if (entry.type != FileType::kFolder) continue;
      const bool goes = entry.name == "in" || entry.name == "out" || entry.name == "artifacts";
      const bool is_step = folder.filename() == "steps";
      goes && !is_step ? remove_folder(folder / entry.name) : tidy_steps(folder / entry.name);
    }
  }

  void remove_folder(const Path& folder) {
    const auto is_there = exists(files_, folder);
    if (!is_there) return leave(is_there.error());
    if (*is_there && remove(folder)) ++garbage_.folders;
  }

  // Whether it is gone, or would be.
  bool remove(const Path& path) {
    const Status removed = removes_ ? remove_tree(files_, path) : Status();
    // Another gc was quicker where nothing is there any more.
    if (!removed && removed.error().kind != ErrorKind::kNotFound) leave(removed.error());
    return removed.has_value();
  }

  // What can't be removed is told in the end, once; all else goes.
  void leave(const Error& error) {
    const auto is_same = [&](const Error& each) { return each.message == error.message; };
    if (std::none_of(garbage_.left.begin(), garbage_.left.end(), is_same)) garbage_.left.push_back(error);
  }

  std::vector<FolderEntry> entries_of(const Path& folder) {
    auto entries = files_.list(folder);
    if (entries) return *std::move(entries);
    if (entries.error().kind != ErrorKind::kNotFound) leave(entries.error());
    return {};
  }

  bool is_old(const Path& path) {
    const auto info = files_.info(path, FollowLinks::kNo);
    const Instant changed{std::chrono::microseconds(info ? info->changed_ns / 1000 : 0)};
    return info && changed + kYoungestGarbage < doors_.clock.now();
  }

  // Objects.
  Status remove_objects() {
    if (!removes_) {
      for (const UnnamedObject& object : unnamed_) count(object);
      return {};
    }
    for (std::size_t begin = 0; begin < unnamed_.size(); begin += kObjectsAtOnce) {
      const auto first = unnamed_.begin() + static_cast<std::ptrdiff_t>(begin);
      const std::size_t size = std::min(kObjectsAtOnce, unnamed_.size() - begin);
      QFLOW_TRY(remove_batch({first, first + static_cast<std::ptrdiff_t>(size)}));
    }
    return {};
  }

  void count(const UnnamedObject& object) {
    ++garbage_.objects;
    garbage_.bytes += object.size;
  }

  Status remove_batch(const std::vector<UnnamedObject>& objects) {
    QFLOW_ASSIGN(const FileHandle gate, store_.lock_objects());
    return store_.ledger().write(Durability::kProcess, [&](LedgerWriter& writer) -> Status {
      for (const UnnamedObject& object : objects) {
        QFLOW_ASSIGN(const bool removed, writer.remove_object(object));
        if (removed && remove(store_.layout().object(object.sha256))) count(object);
      }
      return {};
    });
  }

  // Files that a crash left in objects/, or that could not be removed: the ledger does not know them any more.
  Status remove_unknown_files() {
    QFLOW_ASSIGN(const auto folders, files_.list(store_.layout().objects()));
    for (const FolderEntry& folder : folders) {
      const Path path = store_.layout().objects() / folder.name;
      if (folder.name.starts_with('.')) {
        QFLOW_TRY(remove_unknown(path));
        continue;
      }
      for (const FolderEntry& entry : entries_of(path)) {
        if (is_unknown(folder.name, entry.name)) QFLOW_TRY(remove_unknown(path / entry.name));
      }
    }
    return {};
  }

  bool is_unknown(const std::string& folder, const std::string& name) {
    if (folder == store_.layout().quarantine().filename() || name.starts_with('.')) return true;
    const auto object = store_.ledger().object(folder + name);
    return !object && object.error().kind == ErrorKind::kNotFound;
  }

  // What an earlier gc could not remove was old enough then; the attempt itself has renewed it since.
  Result<bool> may_go(const Path& path) {
    if (is_old(path)) return true;
    return store_.ledger().object_is_removed(path.parent_path().filename().string() + path.filename().string());
  }

  Status remove_unknown(const Path& path) {
    QFLOW_ASSIGN(const bool may_go_now, may_go(path));
    if (!may_go_now) return {};
    FileHandle gate;
    if (removes_) {
      QFLOW_ASSIGN(gate, store_.lock_objects());
    }
    // Whoever brought it in before the lock was taken has named it by now, or has renewed it.
    const bool unknown = is_unknown(path.parent_path().filename().string(), path.filename().string());
    QFLOW_ASSIGN(const bool may_go_still, may_go(path));
    if (unknown && may_go_still && remove(path)) ++garbage_.objects;
    return {};
  }

  Store& store_;
  const Doors& doors_;
  FileSystem& files_;
  bool removes_;
  std::set<RunId> given_up_;
  std::vector<UnnamedObject> unnamed_;
  Garbage garbage_;
};

}  // namespace

Result<Garbage> collect_garbage(Store& store, const Doors& doors, GarbageMode mode) {
  return Collector(store, doors, mode).collect();
}

}  // namespace qflow
