#include "service/free_workers.h"

#include <algorithm>
#include <thread>

#include "service/store_settings.h"

namespace qflow {

namespace {

Result<std::int64_t> most_workers(Store& store, FileSystem& files) {
  QFLOW_ASSIGN(const StoreConfig config, load_store_config(store.layout(), files));
  if (config.max_workers > 0) return config.max_workers;
  return std::max<std::int64_t>(1, std::thread::hardware_concurrency());
}

}  // namespace

Result<std::int64_t> free_workers(Store& store, FileSystem& files) {
  QFLOW_ASSIGN(const std::int64_t most, most_workers(store, files));
  QFLOW_ASSIGN(const std::int64_t running, store.ledger().triggers().running_runs());
  return std::max<std::int64_t>(0, most - running);
}

}  // namespace qflow
