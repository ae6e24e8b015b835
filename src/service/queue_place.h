#pragma once

#include <vector>

#include "qflow/model/run.h"
#include "qflow/store/trigger_ledger.h"

namespace qflow {

// What is before a queued run of a deployment.
struct QueuePlace {
  std::vector<RunId> earlier;  // of its context, where runs come one after the other: each has to end
  std::vector<RunId> running;  // where they are all that max_parallel allows: one has to end
};

Result<QueuePlace> queue_place(TriggerLedger& triggers, const Run& run, const Deployment& deployment);

}  // namespace qflow
