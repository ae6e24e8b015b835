#include "qflow/store/store.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "qflow/error/printable.h"
#include "store/store_error.h"

namespace qflow {
namespace {

constexpr std::chrono::seconds kGatePatience{30};
constexpr std::chrono::milliseconds kGatePause{2};

Error no_store_at(const Path& root) {
  return Error{ErrorKind::kStore, "there is no store at " + printable(root.native()),
               "name an existing one with --store or QFLOW_STORE, or make one with 'qflow init'"};
}

Status demand_folder(const Path& root, FileSystem& files) {
  auto info = files.info(root, FollowLinks::kYes);
  if (!info && info.error().kind == ErrorKind::kNotFound) return tl::make_unexpected(no_store_at(root));
  if (!info) return tl::make_unexpected(std::move(info).error());
  if (info->type == FileType::kFolder) return {};
  return fail(ErrorKind::kStore, printable(root.native()) + " is not a folder, so it can't be a store",
              "move it away, or name a store with --store");
}

// A folder that is full of somebody's files was hardly meant.
Status refuse_foreign_folder(const StoreLayout& layout, FileSystem& files) {
  QFLOW_ASSIGN(auto entries, files.list(layout.root()));
  for (const FolderEntry& entry : entries) {
    if (StoreLayout::has_entry(entry.name)) continue;
    return fail(ErrorKind::kStore,
                fmt::format("{} is no store, and it is not empty: it has {}", printable(layout.root().native()),
                            quoted(entry.name)),
                "name an empty or new folder");
  }
  return {};
}

Status make_root(const Path& root, FileSystem& files) {
  const Status made = make_folders(files, root);
  if (!made) return tl::make_unexpected(as_store_error(made.error()));
  return {};
}

// Nothing of a store belongs into version control, its secrets least of all; and it does not make a tree dirty.
Status make_ignore_file(const StoreLayout& layout, FileSystem& files) {
  QFLOW_ASSIGN(const bool is_there, exists(files, layout.ignore_file()));
  return is_there ? Status() : write_file(files, layout.ignore_file(), "*\n");
}

Status make_store(const StoreLayout& layout, FileSystem& files) {
  QFLOW_ASSIGN(const bool has_ledger, exists(files, layout.ledger()));
  Status made;
  if (!has_ledger) made = refuse_foreign_folder(layout, files);
  if (!has_ledger && made) made = make_ignore_file(layout, files);
  for (const Path& folder : {layout.objects(), layout.runs()}) {
    if (made) made = files.make_folder(folder);
  }
  if (!made) return tl::make_unexpected(as_store_error(std::move(made).error()));
  return {};
}

// The folders from the root to the first one that is there already: names are durable once their folder is synced.
Result<std::vector<Path>> folders_to_sync(const Path& root, FileSystem& files) {
  std::vector<Path> folders = {root};
  for (bool is_there = false; !is_there && folders.back().has_relative_path();) {
    folders.push_back(folders.back().parent_path());
    QFLOW_ASSIGN(is_there, exists(files, folders.back()));
  }
  return folders;
}

Status enter_root(const Path& root, FileSystem& files) {
  QFLOW_TRY(demand_folder(root, files));
  return files.confine(root);
}

// Who makes the ledger syncs its folder, but not that folder's own name.
Status make_durable_store(const StoreLayout& layout, FileSystem& files) {
  std::vector<Path> folders;
  QFLOW_ASSIGN(const bool has_ledger, exists(files, layout.ledger()));
  if (!has_ledger) {
    QFLOW_ASSIGN(folders, folders_to_sync(layout.root(), files));
  }
  // Others may make it at the same time.
  QFLOW_ASSIGN(const bool has_root, exists(files, layout.root()));
  if (!has_root) QFLOW_TRY(make_root(layout.root(), files));
  QFLOW_TRY(enter_root(layout.root(), files));
  QFLOW_TRY(make_store(layout, files));
  for (const Path& folder : folders) QFLOW_TRY(files.sync_folder(folder));
  return {};
}

// The ledger has been replaced by an older one, which gives the numbers of the runs that it does not know again.
Status set_lost_aside(const StoreLayout& layout, FileSystem& files, const RunId& run) {
  const Path folder = layout.run(run);
  const Path lock = layout.run_lock(run);
  QFLOW_ASSIGN(std::vector<FolderEntry> entries, files.list(folder));
  const std::string earlier = layout.run_lost(run).filename().string();
  std::erase_if(entries, [&](const FolderEntry& entry) {
    return folder / entry.name == lock || entry.name == earlier || entry.name.starts_with(earlier + ".");
  });
  if (!entries.empty()) {
    Path lost = layout.run_lost(run);
    for (int number = 2; files.info(lost, FollowLinks::kNo); ++number) {
      lost = layout.run_lost(run).native() + fmt::format(".{}", number);
    }
    QFLOW_TRY(make_folders(files, lost));
    for (const FolderEntry& entry : entries) QFLOW_TRY(files.rename(folder / entry.name, lost / entry.name));
  }
  QFLOW_ASSIGN(const FileInfo journal, files.info(lock, FollowLinks::kNo));
  return journal.size == 0 ? Status() : files.open(lock, OpenMode::kCreate).map([](const FileHandle&) {});
}

}  // namespace

Store::Store(Path root, FileSystem& files) : layout_(std::move(root)), files_(files), objects_(layout_, files) {}

Result<std::unique_ptr<Store>> Store::open(const Path& root, StoreAccess access, FileSystem& files, Clock& clock) {
  std::unique_ptr<Store> store(new Store(root, files));
  QFLOW_TRY(access == StoreAccess::kCreate ? make_durable_store(store->layout_, files) : enter_root(root, files));
  QFLOW_ASSIGN(store->ledger_, Ledger::open(store->layout_, access, files, clock));
  return store;
}

std::vector<std::string> Store::notes() {
  auto network = files_.network_name(layout_.root());
  if (!network || network->empty()) return {};
  return {
      fmt::format("the store {} lies on a network file system ({}), whose locks may not hold between machines; "
                  "use it from one machine only, or put it on a local disk",
                  printable(layout_.root().native()), *network)};
}

Result<FileHandle> Store::lock_run(const RunId& run) {
  QFLOW_TRY(make_folders(files_, layout_.run(run)));
  QFLOW_ASSIGN(FileHandle lock, files_.open(layout_.run_lock(run), OpenMode::kLock));
  // Somebody who only asks whether the lock is free holds it for a moment.
  constexpr int kTries = 10;
  Status taken;
  for (int tries = 0; tries < kTries; ++tries) {
    taken = files_.try_lock(lock);
    if (taken) return lock;
    if (taken.error().kind != ErrorKind::kBusy) return tl::make_unexpected(std::move(taken).error());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::string holder = files_.lock_holder(layout_.run_lock(run));
  return fail(ErrorKind::kBusy,
              fmt::format("{} is being executed by {}", run.text(), holder.empty() ? "another process" : holder));
}

Result<FileHandle> Store::lock_new_run(const RunId& run) {
  QFLOW_ASSIGN(FileHandle lock, lock_run(run));
  QFLOW_TRY(set_lost_aside(layout_, files_, run));
  return lock;
}

Result<FileHandle> Store::share_objects() {
  QFLOW_ASSIGN(FileHandle gate, files_.open(layout_.objects_gate(), OpenMode::kLock));
  QFLOW_TRY(files_.lock_shared(gate));
  return gate;
}

Result<FileHandle> Store::lock_objects() {
  QFLOW_ASSIGN(FileHandle gate, files_.open(layout_.objects_gate(), OpenMode::kLock));
  const auto until = std::chrono::steady_clock::now() + kGatePatience;
  // Waiting in line would make all of those wait too who bring something in.
  while (true) {
    Status locked = files_.try_lock(gate);
    if (locked) return gate;
    if (locked.error().kind != ErrorKind::kBusy || std::chrono::steady_clock::now() > until) {
      return tl::make_unexpected(std::move(locked).error());
    }
    std::this_thread::sleep_for(kGatePause);
  }
}

Result<bool> Store::run_is_locked(const RunId& run) {
  const auto lock = files_.open(layout_.run_lock(run), OpenMode::kRead);
  if (!lock && lock.error().kind == ErrorKind::kNotFound) return false;
  if (!lock) return tl::make_unexpected(lock.error());
  return files_.is_locked(*lock);
}

}  // namespace qflow
