#pragma once

#include <cstdint>

#include "qflow/os/file_system.h"
#include "qflow/store/store.h"

namespace qflow {

// How many runs more may be executed at once, by the store's max_workers (0: the number of processors).
Result<std::int64_t> free_workers(Store& store, FileSystem& files);

}  // namespace qflow
