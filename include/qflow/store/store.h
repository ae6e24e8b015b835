#pragma once

#include <memory>
#include <string>
#include <vector>

#include "qflow/os/clock.h"
#include "qflow/os/file_system.h"
#include "qflow/store/ledger.h"
#include "qflow/store/objects.h"
#include "qflow/store/store_layout.h"

namespace qflow {

// One opened store: its paths, its ledger, its objects. Owned by the command that uses it; the doors outlive it.
class Store {
 public:
  // kRead works on a read-only file system; kCreate makes what is missing (0700), kWrite and kRead demand a store.
  // Refused with kStore and the reason: a path that is no folder, one that can't be read or (but for kRead) written.
  static Result<std::unique_ptr<Store>> open(const Path& root, StoreAccess access, FileSystem& files, Clock& clock);

  const StoreLayout& layout() const { return layout_; }
  Ledger& ledger() { return *ledger_; }
  ObjectStore& objects() { return objects_; }
  FileSystem& files() { return files_; }

  // Sentences that the user should see once: the store lies on a network file system.
  std::vector<std::string> notes();

  // Makes the run's folder and takes its lock (kBusy when another process executes the run); it is held until the
  // handle closes.
  Result<FileHandle> lock_run(const RunId& run);
  // The same of a run that is about to begin. What its folder holds all the same is that of a run which the ledger has
  // forgotten, as it was restored from a backup: it moves into the folder `lost` there.
  Result<FileHandle> lock_new_run(const RunId& run);
  // While the handle lives, no object is removed: for whoever brings objects in, until the ledger names them.
  Result<FileHandle> share_objects();
  // While the handle lives, nobody has brought in an object that the ledger does not name yet: for whoever removes
  // objects. Those who do share them for moments; kBusy when somebody has done so for 30 s.
  Result<FileHandle> lock_objects();

  // Whether some process holds the lock of the run now; a run folder or lock that is gone counts as free. An error when
  // that can't be learnt: then nobody knows that the run was abandoned.
  Result<bool> run_is_locked(const RunId& run);

 private:
  Store(Path root, FileSystem& files);
  StoreLayout layout_;
  FileSystem& files_;
  ObjectStore objects_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace qflow
