#pragma once

#include "qflow/service/garbage_collection.h"

namespace qflow {

// The part of gc that `keep_events` of config.toml is about; adds to `garbage`.
Status collect_events(Store& store, Duration keep_events, Instant now, GarbageMode mode, Garbage& garbage);

}  // namespace qflow
