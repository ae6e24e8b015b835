#include "service/ledger_state.h"

#include <utility>

#include "qflow/model/run_end.h"
#include "qflow/model/step_state.h"
#include "qflow/os/random.h"
#include "qflow/service/flow_loading.h"
#include "service/interrupted_work.h"

namespace qflow {

namespace {

Run run_for(RunRequest request) {
  Run run;
  run.id.flow = request.flow->definition->id;
  run.origin = RunOrigin::kDeployed;
  run.name_space = request.flow->name_space;
  run.context = std::move(request.context);
  run.params = std::move(request.parameters);
  run.created_at = request.at;
  run.scheduled_at = request.scheduled_at;
  run.trigger = std::move(request.trigger);
  run.depth = request.depth;
  run.correlation = std::move(request.correlation);
  run.definition_hash = request.flow->definition_hash;
  run.deployment = request.flow->key;
  return run;
}

}  // namespace

LedgerState::LedgerState(Store& store, LedgerWriter& writer, DeployedFlows& flows, const Doors& doors)
    : ledger_(store.ledger()),
      triggers_(store.ledger().triggers()),
      store_(store),
      writer_(writer),
      flows_(flows),
      doors_(doors) {}

Result<TriggerState> LedgerState::load_state(const DeployedFlow& flow, const TriggerId& joining,
                                             const std::string& correlation, StatePart part) {
  QFLOW_ASSIGN(TriggerState state, triggers_.state(flow.key, joining, correlation, part));
  loaded_ = {flow.key, joining, correlation, state};
  return state;
}

Status LedgerState::save_state(const DeployedFlow& flow, const TriggerId& joining, const std::string& correlation,
                               const TriggerState& state) {
  Loaded before = std::exchange(loaded_, {});
  if (!before.is_of(flow.key, joining, correlation, state.part)) {
    QFLOW_ASSIGN(before.state, triggers_.state(flow.key, joining, correlation, state.part));
  }
  return triggers_.change_state(flow.key, joining, correlation, before.state, state);
}

Result<Event> LedgerState::load_event(std::int64_t order) {
  return triggers_.event_at(order);
}

Status LedgerState::set_outcome(std::int64_t event, const DeployedFlow& flow, const TriggerId& trigger,
                                const EventOutcome& outcome) {
  return triggers_.set_outcome(event, flow.key, trigger, outcome);
}

Result<std::vector<ActiveRun>> LedgerState::active_runs(const DeployedFlow& flow,
                                                        const std::optional<std::string>& context,
                                                        const std::optional<std::string>& correlation) {
  return triggers_.active_runs(flow.key, context, correlation);
}

Result<Run> LedgerState::load_run(const RunId& run) {
  return ledger_.run_without_sources(run);
}

Result<RunEvents> LedgerState::events_of_run(const RunId& run,
                                             const std::function<bool(const RecordedEvent&)>& suffices) {
  QFLOW_ASSIGN(auto last, triggers_.last_events_of_run(run, suffices));
  return RunEvents{last.first, std::move(last.second)};
}

Result<std::vector<Judgement>> LedgerState::judge(const Event& event) {
  return flows_.judge(event);
}

Result<RunId> LedgerState::queue_run(RunRequest request) {
  const FlowDefinition& definition = *request.flow->definition;
  Run run = run_for(std::move(request));
  run.tags = definition.tags;
  run.flow_file = flow_file_of(definition).string();
  QFLOW_ASSIGN(run.id.number, writer_.next_run_number(run.id.flow));
  QFLOW_TRY(writer_.insert_run(run, definition.text));
  return run.id;
}

Status LedgerState::extend_run(const RunId& id, RunRequest request, std::size_t first) {
  Run run = run_for(std::move(request));
  run.id = id;
  return triggers_.extend_run(run, first);
}

Result<std::optional<RecordedEvent>> LedgerState::cancel_run(const RunId& id, const std::string& reason, Instant now) {
  QFLOW_ASSIGN(const Run run, ledger_.find_run(id));
  if (run.status != RunStatus::kQueued) {
    QFLOW_TRY(triggers_.ask_to_cancel(id, reason));
    return std::optional<RecordedEvent>();
  }
  QFLOW_ASSIGN(const RunChanges changes, interrupted_work(store_, run, doors_, reason));
  for (const Attempt& attempt : changes.attempts) QFLOW_TRY(writer_.save_attempt(id, attempt));
  for (const StepState& step : changes.steps) QFLOW_TRY(writer_.save_step(id, step));
  QFLOW_TRY(writer_.end_run(id, RunStatus::kCancelled, reason, now));
  RecordedEvent end{0, run_end_event(run, RunStatus::kCancelled, reason, now)};
  end.event.id = make_event_id(now, random_bytes());
  QFLOW_ASSIGN(end.order, writer_.insert_event(end.event));
  return std::optional<RecordedEvent>(std::move(end));
}

}  // namespace qflow
