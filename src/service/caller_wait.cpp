#include "service/caller_wait.h"

#include <set>
#include <utility>
#include <vector>

namespace qflow {

namespace {

Result<bool> is_held_by_wait(Ledger& ledger, const RunId& other, const RunId& caller) {
  return other == caller ? Result<bool>(true) : comes_of(ledger, caller, other);
}

// Of the runs of its context, which come one after the other.
Result<bool> is_behind_caller(Ledger& ledger, const Run& run, const RunId& caller) {
  TriggerLedger& triggers = ledger.triggers();
  QFLOW_ASSIGN(const Deployment deployment, triggers.deployment(*run.deployment));
  if (!deployment.one_by_one) return false;
  QFLOW_ASSIGN(const std::vector<ActiveRun> same, triggers.active_runs(*run.deployment, run.context, {}));
  for (const ActiveRun& other : same) {
    const bool comes_first = other.status == RunStatus::kRunning || other.run.number < run.id.number;
    if (other.run == run.id || !comes_first) continue;
    QFLOW_ASSIGN(const bool is_held, is_held_by_wait(ledger, other.run, caller));
    if (is_held) return true;
  }
  return false;
}

// All places that max_parallel leaves are taken by such as do not end before the wait does.
Result<bool> lacks_place(Ledger& ledger, const Run& run, const RunId& caller) {
  TriggerLedger& triggers = ledger.triggers();
  QFLOW_ASSIGN(const Deployment deployment, triggers.deployment(*run.deployment));
  if (!deployment.max_parallel) return false;
  QFLOW_ASSIGN(std::vector<ActiveRun> running, triggers.active_runs(*run.deployment));
  std::erase_if(running, [](const ActiveRun& one) { return one.status != RunStatus::kRunning; });
  for (const ActiveRun& other : running) {
    QFLOW_ASSIGN(const bool is_held, is_held_by_wait(ledger, other.run, caller));
    if (!is_held) return false;
  }
  return !running.empty();
}

}  // namespace

Result<bool> comes_of(Ledger& ledger, const RunId& id, const RunId& cause) {
  std::set<RunId> known;
  std::vector<RunId> next = {id};
  while (!next.empty()) {
    const RunId one = std::move(next.back());
    next.pop_back();
    if (!known.insert(one).second) continue;
    QFLOW_ASSIGN(const Run run, ledger.run_without_sources(one));
    if (run.caller == cause) return true;
    if (run.caller) next.push_back(*run.caller);
    QFLOW_ASSIGN(const std::vector<RunCause> causes, ledger.causes_of(one));
    for (const RunCause& each : causes) {
      const std::optional<LinkedRun>& from = each.run ? each.run : each.publisher;
      if (!from) continue;
      if (from->id == cause) return true;
      next.push_back(from->id);
    }
  }
  return false;
}

Result<bool> waits_for_caller(Ledger& ledger, const RunId& id, const RunId& caller) {
  QFLOW_ASSIGN(const Run run, ledger.run_without_sources(id));
  if (run.status != RunStatus::kQueued || !run.deployment) return false;
  QFLOW_ASSIGN(const bool may_start, ledger.triggers().may_start(id));
  if (may_start) return false;
  QFLOW_ASSIGN(const bool is_behind, is_behind_caller(ledger, run, caller));
  return is_behind ? Result<bool>(true) : lacks_place(ledger, run, caller);
}

Status lend_place_of(Store& store, const std::optional<RunId>& caller, RunDispatcher& dispatcher) {
  for (std::optional<RunId> waiting = caller; waiting;) {
    QFLOW_ASSIGN(const Run run, store.ledger().run_without_sources(*waiting));
    if (run.deployment) dispatcher.lend_place();
    waiting = run.caller;
  }
  return {};
}

}  // namespace qflow
