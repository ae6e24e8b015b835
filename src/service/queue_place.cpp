#include "service/queue_place.h"

namespace qflow {

Result<QueuePlace> queue_place(TriggerLedger& triggers, const Run& run, const Deployment& deployment) {
  QueuePlace place;
  if (deployment.one_by_one) {
    QFLOW_ASSIGN(const std::vector<ActiveRun> same, triggers.active_runs(deployment.key, run.context, {}));
    for (const ActiveRun& other : same) {
      const bool comes_first = other.status == RunStatus::kRunning || other.run.number < run.id.number;
      if (other.run != run.id && comes_first) place.earlier.push_back(other.run);
    }
  }
  if (!deployment.max_parallel) return place;
  QFLOW_ASSIGN(const std::vector<ActiveRun> active, triggers.active_runs(deployment.key));
  for (const ActiveRun& other : active) {
    if (other.status == RunStatus::kRunning) place.running.push_back(other.run);
  }
  if (std::ssize(place.running) < *deployment.max_parallel) place.running.clear();
  return place;
}

}  // namespace qflow
