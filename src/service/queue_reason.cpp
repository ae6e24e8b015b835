#include "qflow/service/queue_reason.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/free_workers.h"

namespace qflow {

namespace {

// Of the runs of its context, which come one after the other.
Result<std::string> waits_for_earlier(TriggerLedger& triggers, const Run& run) {
  QFLOW_ASSIGN(const std::vector<ActiveRun> same, triggers.active_runs(*run.deployment, run.context, {}));
  const auto first = std::find_if(same.begin(), same.end(), [&](const ActiveRun& other) {
    return other.run != run.id && (other.status == RunStatus::kRunning || other.run.number < run.id.number);
  });
  return first != same.end() ? fmt::format("waits for the end of {}", first->run.text()) : std::string();
}

Result<std::string> waits_for_place(TriggerLedger& triggers, const Run& run, std::int64_t max_parallel) {
  QFLOW_ASSIGN(std::vector<ActiveRun> running, triggers.active_runs(*run.deployment));
  std::erase_if(running, [](const ActiveRun& one) { return one.status != RunStatus::kRunning; });
  if (std::ssize(running) < max_parallel) return std::string();
  return fmt::format("waits for the end of {}: max_parallel is {}", running.front().run.text(), max_parallel);
}

}  // namespace

Result<std::string> queue_reason(Store& store, FileSystem& files, const Run& run) {
  if (run.status != RunStatus::kQueued || !run.deployment) return std::string();
  TriggerLedger& triggers = store.ledger().triggers();
  QFLOW_ASSIGN(const Deployment deployment, triggers.deployment(*run.deployment));
  std::string reason;
  if (deployment.one_by_one) {
    QFLOW_ASSIGN(reason, waits_for_earlier(triggers, run));
  }
  if (reason.empty() && deployment.max_parallel) {
    QFLOW_ASSIGN(reason, waits_for_place(triggers, run, *deployment.max_parallel));
  }
  if (!reason.empty()) return reason;
  QFLOW_ASSIGN(const std::int64_t free, free_workers(store, files));
  return free > 0 ? "waits for the next qflow tick" : "waits for a process: as many runs as max_workers allows";
}

}  // namespace qflow
