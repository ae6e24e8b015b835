#include "support/memory_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace qflow {

namespace {

bool is_active(const Run& run) {
  return !has_ended(run.status);
}

std::string missing(const RunId& run) {
  return "there is no run " + run.text();
}

}  // namespace

void MemoryState::put_flow(std::shared_ptr<const DeployedFlow> flow) {
  const auto known = std::find_if(flows_.begin(), flows_.end(), [&](const auto& one) { return one->key == flow->key; });
  if (known == flows_.end()) {
    flows_.push_back(std::move(flow));
  } else {
    *known = std::move(flow);
  }
}

RecordedEvent MemoryState::record(Event event) {
  const std::int64_t order = static_cast<std::int64_t>(events_.size()) + 1;
  if (event.id.empty()) event.id = fmt::format("0195a000-0000-7000-8000-{:012}", order);
  orders_[event.id] = order;
  events_.push_back(event);
  return {order, std::move(event)};
}

void MemoryState::add_run(Run run) {
  other_runs_[run.id] = std::move(run);
}

Status MemoryState::drop_state(const StateKey& key, const std::string& reason) {
  const auto state = states_.find(key);
  if (state == states_.end()) return {};
  for (const WaitingEvent& waiting : state->second.waiting) {
    const Pair pair{waiting.event, key.flow, waiting.trigger};
    history_.push_back({pair, {Outcome::kExpired, reason}});
    outcomes_[pair] = history_.back().outcome;
  }
  states_.erase(state);
  return {};
}

std::vector<MemoryState::StateKey> MemoryState::due_debounces(Instant until) const {
  std::vector<std::pair<Instant, StateKey>> due;
  for (const auto& [key, state] : states_) {
    if (state.held && state.held->due <= until) due.emplace_back(state.held->due, key);
  }
  std::sort(due.begin(), due.end());
  std::vector<StateKey> keys;
  for (auto& one : due) keys.push_back(std::move(one.second));
  return keys;
}

void MemoryState::start_runs(Instant now) {
  for (MemoryRun& made : runs_) {
    if (made.run.status != RunStatus::kQueued || !may_start(made)) continue;
    made.run.status = RunStatus::kRunning;
    made.run.started_at = now;
  }
}

bool MemoryState::may_start(const MemoryRun& made) const {
  const auto flow = std::find_if(flows_.begin(), flows_.end(), [&](const auto& one) { return one->key == made.flow; });
  if (flow == flows_.end()) return false;
  const RunPolicy& policy = (*flow)->definition->run;
  std::int64_t running = 0;
  bool context_is_busy = false;
  for (const MemoryRun& other : runs_) {
    if (other.flow != made.flow || other.run.status != RunStatus::kRunning) continue;
    ++running;
    context_is_busy = context_is_busy || other.run.context == made.run.context;
  }
  if (policy.max_parallel && running >= *policy.max_parallel) return false;
  return !context_is_busy || !runs_one_by_one(policy.when_busy);
}

RecordedEvent MemoryState::end_run(const RunId& id, RunStatus status, const std::string& reason, Instant now) {
  Run& run = find_run(id)->run;
  run.status = status;
  run.reason = reason;
  run.ended_at = now;
  Event end;
  end.name = "qflow.run." + id.flow.text();
  end.type = "run";
  end.timestamp = now;
  end.recorded_at = now;
  end.context = run.context;
  end.payload = {{"flow", id.flow.text()},
                 {"run", id.text()},
                 {"status", to_text(status)},
                 {"reason", reason},
                 {"params", run.params}};
  end.caused_by = id;
  return record(std::move(end));
}

MemoryState::MemoryRun* MemoryState::find_run(const RunId& run) {
  const auto found =
      std::find_if(runs_.begin(), runs_.end(), [&](const MemoryRun& made) { return made.run.id == run; });
  return found != runs_.end() ? &*found : nullptr;
}

Result<TriggerState> MemoryState::load_state(const DeployedFlow& flow, const TriggerId& joining,
                                             const std::string& correlation) {
  const auto state = states_.find({flow.key, joining, correlation});
  return state != states_.end() ? state->second : TriggerState{};
}

Status MemoryState::save_state(const DeployedFlow& flow, const TriggerId& joining, const std::string& correlation,
                               const TriggerState& state) {
  StateKey key{flow.key, joining, correlation};
  if (state.waiting.empty() && !state.held) {
    states_.erase(key);
  } else {
    states_[std::move(key)] = state;
  }
  return {};
}

Result<Event> MemoryState::load_event(std::int64_t order) {
  if (order < 1 || order > static_cast<std::int64_t>(events_.size())) {
    return fail(ErrorKind::kNotFound, fmt::format("there is no event {}", order));
  }
  return events_[static_cast<std::size_t>(order - 1)];
}

Status MemoryState::set_outcome(std::int64_t event, const DeployedFlow& flow, const TriggerId& trigger,
                                const EventOutcome& outcome) {
  const Pair pair{event, flow.key, trigger};
  history_.push_back({pair, outcome});
  outcomes_[pair] = outcome;
  return {};
}

Result<std::vector<ActiveRun>> MemoryState::active_runs(const DeployedFlow& flow,
                                                        const std::optional<std::string>& context) {
  std::vector<ActiveRun> active;
  for (const MemoryRun& made : runs_) {
    if (made.flow != flow.key || !is_active(made.run) || made.run.context != context) continue;
    const auto trigger = made.run.trigger ? made.run.trigger->trigger_id : std::nullopt;
    active.push_back({made.run.id, made.run.status, trigger, made.correlation});
  }
  return active;
}

Result<Run> MemoryState::load_run(const RunId& run) {
  if (const MemoryRun* made = find_run(run)) return made->run;
  const auto other = other_runs_.find(run);
  if (other == other_runs_.end()) return fail(ErrorKind::kNotFound, missing(run));
  return other->second;
}

Result<std::vector<RecordedEvent>> MemoryState::events_of_run(const RunId& run) {
  const MemoryRun* made = find_run(run);
  if (made == nullptr) return fail(ErrorKind::kNotFound, missing(run));
  return made->events;
}

Result<RunId> MemoryState::queue_run(const RunRequest& request) {
  MemoryRun made;
  made.flow = request.flow->key;
  made.correlation = request.correlation;
  const FlowId& flow = request.flow->definition->id;
  made.run.id = {flow, ++numbers_[flow]};
  made.run.origin = RunOrigin::kDeployed;
  made.run.name_space = request.flow->name_space;
  made.run.created_at = request.at;
  fill(made, request);
  runs_.push_back(std::move(made));
  return runs_.back().run.id;
}

Status MemoryState::extend_run(const RunId& run, const RunRequest& request) {
  MemoryRun* made = find_run(run);
  if (made == nullptr) return fail(ErrorKind::kNotFound, missing(run));
  fill(*made, request);
  return {};
}

void MemoryState::fill(MemoryRun& made, const RunRequest& request) {
  made.run.context = request.context;
  made.run.params = request.parameters;
  made.run.scheduled_at = request.scheduled_at;
  made.run.depth = request.depth;
  made.run.trigger = request.trigger;
  made.events.clear();
  for (const TriggerSource& source : request.trigger.sources) {
    made.events.push_back({order_of(source.event.id), source.event});
  }
}

Result<std::optional<RecordedEvent>> MemoryState::cancel_run(const RunId& run, const std::string& reason, Instant now) {
  MemoryRun* made = find_run(run);
  if (made == nullptr) return fail(ErrorKind::kNotFound, missing(run));
  if (made->run.status == RunStatus::kQueued) return end_run(run, RunStatus::kCancelled, reason, now);
  made->asked_to_end = is_active(made->run);
  return std::nullopt;
}

Result<std::vector<Judgement>> MemoryState::judge(const Event& event) {
  std::optional<std::string> cause_space;
  if (event.caused_by) {
    const Result<Run> cause = load_run(*event.caused_by);
    if (!cause) return tl::make_unexpected(cause.error());
    cause_space = cause->name_space;
  }
  std::vector<Judgement> judgements;
  for (const auto& flow : flows_) {
    for (Judgement& one : judge_event(flow, event, cause_space, artifacts_)) judgements.push_back(std::move(one));
  }
  return judgements;
}

}  // namespace qflow
