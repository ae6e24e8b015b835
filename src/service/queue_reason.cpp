#include "qflow/service/queue_reason.h"

#include <fmt/format.h>

#include "service/free_workers.h"
#include "service/queue_place.h"

namespace qflow {

Result<std::string> queue_reason(Store& store, FileSystem& files, const Run& run) {
  if (run.status != RunStatus::kQueued || !run.deployment) return std::string();
  TriggerLedger& triggers = store.ledger().triggers();
  QFLOW_ASSIGN(const Deployment deployment, triggers.deployment(*run.deployment));
  QFLOW_ASSIGN(const QueuePlace place, queue_place(triggers, run, deployment));
  if (!place.earlier.empty()) return fmt::format("waits for the end of {}", place.earlier.front().text());
  if (!place.running.empty()) {
    return fmt::format("waits for the end of {}: max_parallel is {}", place.running.front().text(),
                       *deployment.max_parallel);
  }
  QFLOW_ASSIGN(const std::int64_t free, free_workers(store, files));
  return free > 0 ? "waits for the next qflow tick" : "waits for a process: as many runs as max_workers allows";
}

}  // namespace qflow
