#include "qflow/engine/busy_policy.h"

namespace qflow {

namespace {

// The newest run of the trigger and correlation value that has not started. What an earlier version has decided keeps
// that version's parameters.
std::optional<RunId> joinable(const std::vector<ActiveRun>& active, const TriggerId& trigger,
                              const std::string& correlation) {
  std::optional<RunId> found;
  for (const ActiveRun& run : active) {
    const bool same = run.trigger == trigger && run.correlation == correlation;
    if (same && !run.is_outdated && !run.has_begun && run.status == RunStatus::kQueued) found = run.run;
  }
  return found;
}

}  // namespace

BusyDecision decide_busy(WhenBusy when_busy, const std::vector<ActiveRun>& active, const TriggerId& trigger,
                         const std::string& correlation) {
  BusyDecision decision;
  switch (when_busy) {
    case WhenBusy::kParallel:
    case WhenBusy::kQueue:
      break;
    case WhenBusy::kCoalesce:
      decision.run = joinable(active, trigger, correlation);
      if (decision.run) decision.kind = BusyDecision::Kind::kJoin;
      break;
    case WhenBusy::kSkip:
      if (active.empty()) break;
      decision.kind = BusyDecision::Kind::kSkip;
      decision.run = active.front().run;
      break;
    case WhenBusy::kReplace:
      for (const ActiveRun& run : active) decision.cancelled.push_back(run.run);
      break;
  }
  return decision;
}

bool looks_at_active_runs(WhenBusy when_busy) {
  return when_busy != WhenBusy::kParallel && when_busy != WhenBusy::kQueue;
}

bool runs_one_by_one(WhenBusy when_busy) {
  return when_busy != WhenBusy::kParallel;
}

}  // namespace qflow
