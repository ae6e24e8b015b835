#pragma once

#include <optional>
#include <string>

#include "qflow/os/environment.h"
#include "qflow/os/file_system.h"

namespace qflow {

// Where the store is: `option` (--store), else QFLOW_STORE, else `.qflow` in `folder` or the nearest folder above it.
struct StoreLocation {
  Path root;
  bool exists = false;
};

// The store to use; when none is found, `folder`/.qflow with exists = false (only init, run and deploy make it). A
// `.qflow` that is not a folder, or a link that leads nowhere, is kStore.
Result<StoreLocation> locate_store(FileSystem& files, const Environment& environment,
                                   const std::optional<std::string>& option, const Path& folder);

// kStore: no store; says where it was looked for and how to make one.
Error no_store(const StoreLocation& location, const Path& folder);

}  // namespace qflow
