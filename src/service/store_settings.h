#pragma once

#include "qflow/flowfile/store_config.h"
#include "qflow/store/store.h"

namespace qflow {

// The store's config.toml; without one, what StoreConfig says. kInvalid holds every problem with its position.
Result<StoreConfig> load_store_config(const StoreLayout& layout, FileSystem& files);

}  // namespace qflow
