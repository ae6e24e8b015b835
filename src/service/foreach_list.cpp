#include "service/foreach_list.h"

#include <memory>
#include <utility>

#include "qflow/expression/expression.h"
#include "qflow/model/step_state.h"
#include "qflow/runner/run_scope.h"
#include "qflow/service/run_objects.h"

namespace qflow {

namespace {

// As the run saw itself when it evaluated the list.
Run as_running(Run run) {
  run.status = RunStatus::kRunning;
  run.reason.clear();
  run.ended_at.reset();
  return run;
}

Result<Json> items_of(const Expression& list, const Run& run, Store& store,
                      const std::shared_ptr<const ArtifactsObject>& artifacts) {
  const RunScope scope(run, trigger_object(store, run.trigger), artifacts);
  QFLOW_ASSIGN(const Value items, list.evaluate(scope));
  return items.to_json();
}

}  // namespace

Result<bool> has_same_items(Store& store, const Run& earlier, const Run& run, std::size_t step) {
  QFLOW_ASSIGN(const auto flow, recorded_flow(store, earlier));
  const auto& foreach = flow->steps[step].foreach;
  if (!foreach) return true;
  const auto list = Expression::parse(foreach->value);
  if (!list) return false;
  QFLOW_ASSIGN(const std::vector<Artifact> artifacts, store.ledger().artifacts(earlier.id));
  QFLOW_ASSIGN(const std::vector<StepState> steps, store.ledger().steps(earlier.id));
  const auto graph = std::make_shared<const StepGraph>(flow->steps);
  const auto seen =
      std::make_shared<const ArtifactsObject>(store, flow, graph, graph->needs(step), artifacts, task_counts(steps));
  const auto before = items_of(*list, as_running(earlier), store, seen);
  const auto now = items_of(*list, run, store, seen);
  return before && now && *before == *now;
}

}  // namespace qflow
