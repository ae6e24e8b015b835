#include "qflow/service/get_scope.h"

#include <utility>

#include "qflow/model/step_state.h"
#include "qflow/runner/run_scope.h"
#include "qflow/service/calling_run.h"
#include "qflow/service/run_objects.h"

namespace qflow {

namespace {

// A run's scope together with the run that it speaks of.
class OwnedRunScope final : public Scope {
 public:
  OwnedRunScope(Store& store, Run run, std::shared_ptr<const LazyObject> artifacts)
      : run_(std::move(run)), scope_(run_, trigger_object(store, run_.trigger), std::move(artifacts)) {}

  void set_item(Json item, std::int64_t index) { scope_.set_item(std::move(item), index); }
  Result<Value> root(std::string_view name) const override { return scope_.root(name); }

 private:
  Run run_;
  RunScope scope_;
};

Result<std::size_t> index_of(const FlowDefinition& flow, std::string_view step) {
  for (std::size_t i = 0; i < flow.steps.size(); ++i) {
    if (flow.steps[i].id.text() == step) return i;
  }
  return fail(ErrorKind::kNotFound, "QFLOW_STEP names " + quoted(step) + ", which the flow does not have");
}

// Of a foreach: its element, as the step itself finds it in QFLOW_PARAMS.
Status add_item(OwnedRunScope& view, FileSystem& files, const Environment& environment) {
  const auto path = find_variable(environment, "QFLOW_PARAMS");
  if (!path || !find_variable(environment, "QFLOW_INDEX")) return {};
  QFLOW_ASSIGN(const std::string text, read_file(files, *path));
  QFLOW_ASSIGN(Json parameters, parse_json(text, kMaxStoredJsonDepth));
  const auto index = parameters.find("index");
  if (index == parameters.end() || !index->is_number_integer()) return {};
  view.set_item(parameters["item"], index->get<std::int64_t>());
  return {};
}

}  // namespace

bool is_inside_step(const Environment& environment) {
  return find_variable(environment, "QFLOW_RUN") && find_variable(environment, "QFLOW_STEP");
}

Result<std::unique_ptr<Scope>> step_scope(Store& store, const Doors& doors) {
  QFLOW_ASSIGN(const std::optional<RunId> id, calling_run(store, doors));
  if (!id) return std::unique_ptr<Scope>();
  const Environment& environment = doors.environment;
  QFLOW_ASSIGN(Run run, store.ledger().find_run(*id));
  QFLOW_ASSIGN(const std::shared_ptr<const FlowDefinition> flow, recorded_flow(store, run));
  QFLOW_ASSIGN(const std::size_t step, index_of(*flow, find_variable(environment, "QFLOW_STEP").value_or("")));
  QFLOW_ASSIGN(const std::vector<Artifact> artifacts, store.ledger().artifacts(*id));
  QFLOW_ASSIGN(const std::vector<StepState> steps, store.ledger().steps(*id));
  const auto graph = std::make_shared<const StepGraph>(flow->steps);
  auto in_reach =
      std::make_shared<ArtifactsObject>(store, flow, graph, graph->needs(step), artifacts, task_counts(steps));
  auto view = std::make_unique<OwnedRunScope>(store, std::move(run), std::move(in_reach));
  QFLOW_TRY(add_item(*view, doors.files, environment));
  return std::unique_ptr<Scope>(std::move(view));
}

Result<std::unique_ptr<Scope>> ended_run_scope(Store& store, Run run) {
  run.status = status_now(store, run.id, run.status);
  if (!has_ended(run.status)) {
    return fail(ErrorKind::kBusy, run.id.text() + " has not ended yet", "its results can be read after its end");
  }
  QFLOW_ASSIGN(const auto data, run_data(store, run, std::nullopt, InWhole::kEverything));
  return std::unique_ptr<Scope>(std::make_unique<OwnedRunScope>(store, std::move(run), data));
}

}  // namespace qflow
