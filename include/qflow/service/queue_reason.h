#pragma once

#include <string>

#include "qflow/model/run.h"
#include "qflow/os/file_system.h"
#include "qflow/store/store.h"

namespace qflow {

// Why a run that is queued has not started: the run of its flow that comes before it, max_parallel, max_workers, or
// that no tick has come. "" for one that is not queued, or whose own process is about to take it.
Result<std::string> queue_reason(Store& store, FileSystem& files, const Run& run);

}  // namespace qflow
