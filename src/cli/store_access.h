#pragma once

#include <memory>

#include "qflow/cli/context.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// The store of --store, QFLOW_STORE or the nearest .qflow; kStore when there is none. Its notes go to stderr.
Result<std::unique_ptr<Store>> open_store(Context& context, StoreAccess access);

// Where that store is, or is to be made. Errors as above.
Result<StoreLayout> find_store(Context& context, StoreAccess access);

// What the service may touch; the context outlives it.
Doors doors_of(Context& context);

}  // namespace qflow
