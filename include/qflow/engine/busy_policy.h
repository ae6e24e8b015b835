#pragma once

#include <optional>
#include <string>
#include <vector>

#include "qflow/model/flow_definition.h"
#include "qflow/model/run.h"

namespace qflow {

// What becomes of a firing.
struct BusyDecision {
  enum class Kind { kQueue, kJoin, kSkip };
  Kind kind = Kind::kQueue;
  std::optional<RunId> run = {};      // kJoin: into this one; kSkip: because of it
  std::vector<RunId> cancelled = {};  // kQueue under `replace`: instead of these
};

// `active` in the order in which they were made.
BusyDecision decide_busy(WhenBusy when_busy, const std::vector<ActiveRun>& active, const TriggerId& trigger,
                         const std::string& correlation);

// Whether the decision depends on them: under the other policies it is always to queue.
bool looks_at_active_runs(WhenBusy when_busy);

// Whether runs of one context come one after the other: all policies but `parallel`.
bool runs_one_by_one(WhenBusy when_busy);

}  // namespace qflow
