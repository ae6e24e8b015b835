#pragma once

#include <chrono>
#include <memory>

#include "qflow/os/file_system.h"
#include "qflow/store/ledger.h"
#include "store/sqlite_connection.h"

namespace qflow {

// A ledger whose schema is this program's. `gate` is open unless the access is kRead.
struct OpenedLedger {
  std::unique_ptr<SqliteConnection> database;
  FileHandle gate;
};

Result<OpenedLedger> open_ledger(const StoreLayout& layout, StoreAccess access, FileSystem& files);

}  // namespace qflow
