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
  const auto found =
      std::lower_bound(places->second.begin(), places->second.end(), std::pair(run.number, std::size_t{0}));
  if (found == places->second.end() || found->first != run.number) return std::nullopt;
  return found->second;
}

const MemoryState::MemoryRun* MemoryState::find_run(const RunId& run) const {
  const auto place = place_of(run);
  return place ? &runs_[*place] : nullptr;
}

MemoryState::MemoryRun* MemoryState::find_run(const RunId& run) {
  const auto place = place_of(run);
  return place ? &runs_[*place] : nullptr;
}

const Run* MemoryState::find_made(const RunId& run) const {
  const MemoryRun* made = find_run(run);
  return made != nullptr ? &made->run : nullptr;
}

Result<Run> MemoryState::load_run(const RunId& run) {
  if (const MemoryRun* made = find_run(run)) return made->run;
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
    const Run& run = runs_[place].run;
    if (run.context != context || (correlation && run.correlation != *correlation)) continue;
    active.push_back({run.id, run.status, run.trigger ? run.trigger->trigger_id : std::nullopt, run.correlation,
                      runs_[place].version != flow.version});
  }
  return active;
}

Result<RunEvents> MemoryState::events_of_run(const RunId& run,
                                             const std::function<bool(const RecordedEvent&)>& suffices) {
  const MemoryRun* made = find_run(run);
  if (made == nullptr && other_runs_.contains(run)) return RunEvents();
  if (made == nullptr) return tl::make_unexpected(missing(run));
  RunEvents result{made->events.size()};
  while (result.first > 0 && (result.events.empty() || !suffices(result.events.back()))) {
    const std::int64_t order = made->events[--result.first];
    result.events.push_back({order, event_at(order)});
  }
  std::reverse(result.events.begin(), result.events.end());
  return result;
}

Result<RunId> MemoryState::queue_run(RunRequest request) {
  const FlowId& flow = request.flow->definition->id;
  MemoryRun& made = runs_.emplace_back();
  made.flow = request.flow->key;
  made.version = request.flow->version;
  made.run.id = {flow, ++numbers_[flow]};
  made.run.origin = RunOrigin::kDeployed;
  made.run.name_space = request.flow->name_space;
  made.run.created_at = request.at;
  made.run.correlation = std::move(request.correlation);
  fill(made, std::move(request), 0);
  const std::size_t place = runs_.size() - 1;
  run_places_[flow].emplace_back(made.run.id.number, place);
  std::set<std::size_t>& queued = activities_[made.flow].queued;
  queued.insert(queued.end(), place);
  to_start_.insert(made.flow);
  return made.run.id;
}

Status MemoryState::extend_run(const RunId& run, RunRequest request, std::size_t first) {
  MemoryRun* made = find_run(run);
  if (made == nullptr) return tl::make_unexpected(missing(run));
  fill(*made, std::move(request), first);
  return {};
}

void MemoryState::fill(MemoryRun& made, RunRequest request, std::size_t first) {
  for (TriggerSource& source : request.trigger.sources) source.event.payload = event_at(source.order).payload;
  made.events.resize(first);
  for (const TriggerSource& source : request.trigger.sources) made.events.push_back(source.order);
  std::vector<TriggerSource> sources =
      made.run.trigger ? std::move(made.run.trigger->sources) : std::vector<TriggerSource>();
  sources.resize(first);
  std::move(request.trigger.sources.begin(), request.trigger.sources.end(), std::back_inserter(sources));
  request.trigger.sources = std::move(sources);
  made.run.context = std::move(request.context);
  made.run.params = std::move(request.parameters);
  made.run.scheduled_at = request.scheduled_at;
  made.run.depth = request.depth;
  made.run.trigger = std::move(request.trigger);
}

Result<std::optional<RecordedEvent>> MemoryState::cancel_run(const RunId& run, const std::string& reason, Instant now) {
  MemoryRun* made = find_run(run);
  if (made == nullptr) return tl::make_unexpected(missing(run));
  if (made->run.status == RunStatus::kQueued) {
    end_run(run, RunStatus::kCancelled, reason, now);
    return record(run_end_event(made->run, RunStatus::kCancelled, reason, now));
  }
  if (made->run.status != RunStatus::kRunning || made->asked_to_end) return std::nullopt;
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
    Run& run = runs_[place].run;
    const bool waits = runs_one_by_one(policy.when_busy) && activity.busy_contexts.contains(run.context);
    next = waits ? std::next(next) : activity.queued.erase(next);
    if (waits) continue;
    run.status = RunStatus::kRunning;
    run.started_at = now;
    activity.running.insert(activity.running.end(), place);
    ++activity.busy_contexts[run.context];
    started.push_back(run.id);
  }
}

std::optional<RunId> MemoryState::oldest_running(std::int64_t flow) const {
  const auto activity = activities_.find(flow);
  if (activity == activities_.end() || activity->second.running.empty()) return std::nullopt;
  return runs_[*activity->second.running.begin()].run.id;
}

void MemoryState::end_activity(std::size_t place) {
  Activity& activity = activities_[runs_[place].flow];
  to_start_.insert(runs_[place].flow);
  if (activity.queued.erase(place) > 0 || activity.running.erase(place) == 0) return;
  const auto context = activity.busy_contexts.find(runs_[place].run.context);
  if (--context->second == 0) activity.busy_contexts.erase(context);
}

void MemoryState::end_run(const RunId& id, RunStatus status, const std::string& reason, Instant now) {
  const std::size_t place = *place_of(id);
  Run& run = runs_[place].run;
  run.status = status;
  run.reason = reason;
  run.ended_at = now;
  end_activity(place);
  std::erase(to_cancel_, id);
}

}  // namespace qflow
