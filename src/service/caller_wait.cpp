#include "service/caller_wait.h"

#include <set>
#include <utility>
#include <vector>

#include "service/queue_place.h"

namespace qflow {

namespace {

Result<bool> is_held_by_wait(Ledger& ledger, const RunId& other, const RunId& caller) {
  return other == caller ? Result<bool>(true) : comes_of(ledger, caller, other);
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
  QFLOW_ASSIGN(const Deployment deployment, ledger.triggers().deployment(*run.deployment));
  QFLOW_ASSIGN(const QueuePlace place, queue_place(ledger.triggers(), run, deployment));
  for (const RunId& other : place.earlier) {
    QFLOW_ASSIGN(const bool is_held, is_held_by_wait(ledger, other, caller));
    if (is_held) return true;
  }
  for (const RunId& other : place.running) {
    QFLOW_ASSIGN(const bool is_held, is_held_by_wait(ledger, other, caller));
    if (!is_held) return false;
  }
  return !place.running.empty();
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
