#include <algorithm>
#include <iterator>
#include <utility>

#include "qflow/engine/busy_policy.h"
#include "qflow/engine/memory_state.h"
#include "qflow/model/run_end.h"

namespace qflow {

namespace {

Error missing(const RunId& run) {
  return {ErrorKind::kNotFound, "there is no run " + run.text(), ""};
}

}  // namespace

RunId MemoryState::add_run(Run run) {
  std::int64_t& last = numbers_[run.id.flow];
  if (run.id.number == 0) run.id.number = last + 1;
  last = std::max(last, run.id.number);
  const RunId id = run.id;
  other_runs_[id] = std::move(run);
  return id;
}

std::optional<std::size_t> MemoryState::place_of(const RunId& run) const {
  const auto places = run_places_.find(run.flow);
  if (places == run_places_.end()) return std::nullopt;
  // A flow's runs are counted from 1, unless some were started elsewhere.
  const auto likely = static_cast<std::size_t>(run.number - 1);
  if (likely < places->second.size() && places->second[likely].first == run.number)
    return places->second[likely].second;
  const auto found =
      std::lower_bound(places->second.begin(), places->second.end(), std::pair(run.number, std::size_t{0}));
  if (found == places->second.end() || found->first != run.number) return std::nullopt;
  return found->second;
}

MemoryState::MemoryRun* MemoryState::find_run(const RunId& run) {
  const auto place = place_of(run);
  return place ? &runs_[*place] : nullptr;
}

const MemoryState::MemoryRun* MemoryState::find_made(const RunId& run) const {
  const auto place = place_of(run);
  return place ? &runs_[*place] : nullptr;
}

Run MemoryState::described(const MemoryRun& made) const {
  Run run;
  run.id = made.id;
  run.status = made.status;
  run.origin = RunOrigin::kDeployed;
  run.name_space = flows_[flow_places_.at(made.flow)]->name_space;
  run.context = made.context;
  run.params = made.params;
  run.created_at = made.created_at;
  run.started_at = made.started_at;
  run.ended_at = made.ended_at;
  run.scheduled_at = made.scheduled_at;
  run.trigger.emplace();
  run.trigger->kind = made.kind;
  run.trigger->trigger_id = made.trigger;
  run.depth = made.depth;
  run.correlation = made.correlation;
  return run;
}

Result<Run> MemoryState::load_run(const RunId& run) {
  if (const MemoryRun* made = find_made(run)) return described(*made);
  const auto other = other_runs_.find(run);
  if (other == other_runs_.end()) return tl::make_unexpected(missing(run));
  return other->second;
}

Result<std::vector<ActiveRun>> MemoryState::active_runs(const DeployedFlow& flow,
                                                        const std::optional<std::string>& context,
                                                        const std::optional<std::string>& correlation) {
  const Activity& activity = activities_[flow.key];
  std::vector<std::size_t> places;
  std::merge(activity.queued.begin(), activity.queued.end(), activity.running.begin(), activity.running.end(),
             std::back_inserter(places));
  std::vector<ActiveRun> active;
  for (const std::size_t place : places) {
    const MemoryRun& run = runs_[place];
    if (run.context != context || (correlation && run.correlation != *correlation)) continue;
    active.push_back({run.id, run.status, run.trigger, run.correlation, run.version != flow.version});
  }
  return active;
}

Result<RunEvents> MemoryState::events_of_run(const RunId& run,
                                             const std::function<bool(const RecordedEvent&)>& suffices) {
  const MemoryRun* made = find_made(run);
  if (made == nullptr && other_runs_.contains(run)) return RunEvents();
  if (made == nullptr) return tl::make_unexpected(missing(run));
  RunEvents result{made->events.size()};
  while (result.first > 0 && (result.events.empty() || !suffices(result.events.back()))) {
    result.events.push_back(*made->events[--result.first]);
  }
  std::reverse(result.events.begin(), result.events.end());
  return result;
}

Result<RunId> MemoryState::queue_run(RunRequest request) {
  const FlowId& flow = request.flow->definition->id;
  MemoryRun& made = runs_.emplace_back();
  made.flow = request.flow->key;
  made.version = request.flow->version;
  made.id = {flow, ++numbers_[flow]};
  made.created_at = request.at;
  made.correlation = std::move(request.correlation);
  fill(made, std::move(request), 0);
  const std::size_t place = runs_.size() - 1;
  run_places_[flow].emplace_back(made.id.number, place);
  std::set<std::size_t>& queued = activities_[made.flow].queued;
  queued.insert(queued.end(), place);
  to_start_.insert(made.flow);
  return made.id;
}

Status MemoryState::extend_run(const RunId& run, RunRequest request, std::size_t first) {
  MemoryRun* made = find_run(run);
  if (made == nullptr) return tl::make_unexpected(missing(run));
  fill(*made, std::move(request), first);
  return {};
}

void MemoryState::fill(MemoryRun& made, RunRequest request, std::size_t first) {
  made.kind = request.trigger.kind;
  made.trigger = std::move(request.trigger.trigger_id);
  made.events.resize(first);
  for (const TriggerSource& source : request.trigger.sources) made.events.push_back(&record_at(source.order));
  made.context = std::move(request.context);
  made.params = std::move(request.parameters);
  made.scheduled_at = request.scheduled_at;
  made.depth = request.depth;
}

Result<std::optional<RecordedEvent>> MemoryState::cancel_run(const RunId& run, const std::string& reason, Instant now) {
  MemoryRun* made = find_run(run);
  if (made == nullptr) return tl::make_unexpected(missing(run));
  if (made->status == RunStatus::kQueued) {
    end_run(run, RunStatus::kCancelled, now);
    return record(run_end_event(described(*made), RunStatus::kCancelled, reason, now));
  }
  if (made->status != RunStatus::kRunning || made->asked_to_end) return std::nullopt;
  made->asked_to_end = true;
  made->end_reason = reason;
  to_cancel_.push_back(run);
  return std::nullopt;
}

std::vector<RunId> MemoryState::start_runs(Instant now) {
  std::vector<RunId> started;
  for (const std::int64_t key : std::exchange(to_start_, {})) {
    if (const auto flow = find_flow(key)) start_runs(*flow, activities_[key], now, started);
  }
  return started;
}

void MemoryState::start_runs(const DeployedFlow& flow, Activity& activity, Instant now, std::vector<RunId>& started) {
  const RunPolicy& policy = flow.definition->run;
  const auto is_full = [&] {
    return policy.max_parallel && static_cast<std::int64_t>(activity.running.size()) >= *policy.max_parallel;
  };
  for (auto next = activity.queued.begin(); next != activity.queued.end() && !is_full();) {
    const std::size_t place = *next;
    MemoryRun& run = runs_[place];
    const bool waits = runs_one_by_one(policy.when_busy) && activity.busy_contexts.contains(run.context);
    next = waits ? std::next(next) : activity.queued.erase(next);
    if (waits) continue;
    run.status = RunStatus::kRunning;
    run.started_at = now;
    std::deque<std::size_t>& running = activity.running;
    running.insert(std::lower_bound(running.begin(), running.end(), place), place);
    ++activity.busy_contexts[run.context];
    started.push_back(run.id);
  }
}

std::optional<RunId> MemoryState::oldest_running(std::int64_t flow) const {
  const auto activity = activities_.find(flow);
  if (activity == activities_.end() || activity->second.running.empty()) return std::nullopt;
  return runs_[*activity->second.running.begin()].id;
}

void MemoryState::end_activity(std::size_t place) {
  Activity& activity = activities_[runs_[place].flow];
  to_start_.insert(runs_[place].flow);
  const auto running = std::lower_bound(activity.running.begin(), activity.running.end(), place);
  if (activity.queued.erase(place) > 0 || running == activity.running.end() || *running != place) return;
  activity.running.erase(running);
  const auto context = activity.busy_contexts.find(runs_[place].context);
  if (--context->second == 0) activity.busy_contexts.erase(context);
}

void MemoryState::end_run(const RunId& id, RunStatus status, Instant now) {
  const std::size_t place = *place_of(id);
  MemoryRun& run = runs_[place];
  run.status = status;
  run.ended_at = now;
  end_activity(place);
  std::erase(to_cancel_, id);
}

}  // namespace qflow
