#include "qflow/engine/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/engine/due_instants.h"
#include "qflow/error/printable.h"
#include "qflow/model/event_names.h"
#include "qflow/model/run_end.h"
#include "qflow/model/step_state.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

Result<Json> no_artifact(const Event&, std::string_view name) {
  return fail(ErrorKind::kNotFound, "a simulated run has no artifact " + quoted(name));
}

SimulationRules completed(SimulationRules rules) {
  if (!rules.artifacts) rules.artifacts = no_artifact;
  return rules;
}

StepStatus step_status(RunStatus status) {
  if (status == RunStatus::kSucceeded) return StepStatus::kSucceeded;
  return status == RunStatus::kCancelled ? StepStatus::kCancelled : StepStatus::kFailed;
}

Event end_event(const Run& run, const Given::End& end, Instant now) {
  Event event;
  if (end.step) {
    StepState step;
    step.step = *end.step;
    step.status = step_status(end.status);
    step.ended_at = now;
    event = step_end_event(run, step);
  } else {
    event = run_end_event(run, end.status, "", now);
  }
  event.payload.update(end.payload);
  return event;
}

}  // namespace

Simulation::Simulation(std::vector<std::shared_ptr<const DeployedFlow>> flows, SimulationRules rules)
    : rules_(completed(std::move(rules))),
      state_(rules_.artifacts),
      engine_(state_, rules_.artifacts, rules_.max_chain) {
  for (auto& flow : flows) {
    for (const auto& trigger : flow->triggers) {
      const ScheduleSubscription* schedule = schedule_of(*trigger);
      if (schedule != nullptr && is_enabled(*flow, *trigger))
        timetables_.push_back({flow, trigger.get(), schedule->schedule.get()});
    }
    state_.put_flow(std::move(flow));
  }
}

void Simulation::give(Given given) {
  given_.push_back(std::move(given));
}

Status Simulation::run(Instant from, Instant last) {
  std::stable_sort(given_.begin(), given_.end(), [](const Given& a, const Given& b) { return a.at < b.at; });
  while (next_given_ < given_.size() && given_[next_given_].at < from) ++next_given_;
  for (std::size_t i = 0; i < timetables_.size(); ++i) {
    if (const auto first = timetables_[i].schedule->next_after(from - kInstantStep)) due_.emplace(*first, i);
  }
  for (auto one = next(); one && one->at <= last; one = next()) {
    QFLOW_TRY(happen(*one));
    if (state_.events() <= rules_.most_events) continue;
    return fail(ErrorKind::kInvalid,
                fmt::format("more than {} events happen by {}", rules_.most_events, format_instant(one->at)),
                "simulate a shorter time, or fewer flows");
  }
  return engine_.end_batch();
}

// The place where everything that can happen by itself is asked when it will.
std::optional<Simulation::Next> Simulation::next() const {
  std::optional<Next> earliest;
  const auto consider = [&](Instant at, Kind kind) {
    const Next one{at, kind};
    if (!earliest || one < *earliest) earliest = one;
  };
  if (const auto debounce = state_.next_debounce()) consider(debounce->first, Kind::kDebounce);
  if (!ends_.empty()) consider(ends_.begin()->first, Kind::kRunEnd);
  if (!due_.empty()) consider(due_.begin()->first, Kind::kDueInstant);
  if (next_given_ < given_.size()) consider(given_[next_given_].at, Kind::kGiven);
  return earliest;
}

Status Simulation::happen(const Next& next) {
  switch (next.kind) {
    case Kind::kDebounce:
      QFLOW_TRY(end_debounce(next.at));
      break;
    case Kind::kRunEnd:
      QFLOW_TRY(end_next_run(next.at));
      break;
    case Kind::kDueInstant:
      QFLOW_TRY(take_due_instant(next.at));
      break;
    case Kind::kGiven: {
      const Given& given = given_[next_given_++];
      const Status taken = take_given(given);
      if (!taken && given.origin.empty()) return taken;
      if (!taken) return tl::make_unexpected(with_context(given.origin, taken.error()));
      break;
    }
  }
  return settle(next.at);
}

Status Simulation::end_debounce(Instant now) {
  const MemoryState::StateKey key = state_.next_debounce()->second;
  const auto flow = state_.find_flow(key.flow);
  return engine_.end_debounce(*flow, *find_trigger(flow->triggers, key.joining), key.correlation, now);
}

// One that was given an end, or was replaced, has ended before.
Status Simulation::end_next_run(Instant now) {
  const RunId run = ends_.extract(ends_.begin()).mapped();
  if (has_ended(state_.find_made(run)->status)) return {};
  return end_run(run, RunStatus::kSucceeded, "", now);
}

Status Simulation::take_due_instant(Instant due) {
  const std::size_t place = due_.extract(due_.begin()).value().second;
  const Timetable& timetable = timetables_[place];
  if (const auto following = timetable.schedule->next_after(due)) due_.emplace(*following, place);
  const RecordedEvent& event = state_.record(due_event(*timetable.flow, *timetable.trigger, due, due));
  QFLOW_ASSIGN(std::vector<Judgement> judgements, state_.judge(event.event));
  return engine_.take_of_batch(event, without_namesakes(std::move(judgements), timetable.flow->key));
}

Status Simulation::take_given(const Given& given) {
  if (const auto* publication = std::get_if<Given::Publication>(&given.what)) return publish(*publication, given.at);
  if (const auto* end = std::get_if<Given::End>(&given.what)) return end_given(*end, given.at);
  return {};
}

Status Simulation::publish(const Given::Publication& publication, Instant now) {
  Event event = publication.event;
  event.recorded_at = now;
  if (publication.idempotency_key) {
    const std::string content = published_content(event, publication.timestamp_given);
    const auto [used, is_new] = used_keys_.emplace(std::pair(event.name, *publication.idempotency_key), content);
    if (!is_new && used->second != content) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("the idempotency key {} was used for {} with other content",
                              quoted(*publication.idempotency_key), event.name),
                  "use a new key for a new event");
    }
    repeats_ += is_new ? 0 : 1;
    if (!is_new) return {};
  }
  const RecordedEvent& recorded = state_.record(std::move(event));
  QFLOW_ASSIGN(std::vector<Judgement> judgements, state_.judge(recorded.event));
  return engine_.take_of_batch(recorded, without_other_branches(std::move(judgements), recorded.event));
}

// ---- Ends of runs

Status Simulation::end_given(const Given::End& end, Instant now) {
  QFLOW_ASSIGN(const std::optional<RunId> run, running_run(end));
  if (!run) return end_elsewhere(end, now);
  if (!end.step) return end_run(*run, end.status, "", now, end.payload);
  QFLOW_ASSIGN(const Run running, state_.load_run(*run));
  return take(state_.record(end_event(running, end, now)));
}

// The run that is meant; none when it was started elsewhere.
Result<std::optional<RunId>> Simulation::running_run(const Given::End& end) const {
  const auto flow = std::find_if(flows().begin(), flows().end(), [&](const auto& one) {
    return one->definition->id == end.flow && one->name_space == end.name_space.value_or(one->name_space);
  });
  if (flow == flows().end()) return std::nullopt;
  if (!end.number) return state_.oldest_running((*flow)->key);
  const RunId id{end.flow, *end.number};
  const MemoryState::MemoryRun* run = state_.find_made(id);
  if (run == nullptr) return fail(ErrorKind::kInvalid, fmt::format("no run {} has been made by then", id.text()));
  if (run->status == RunStatus::kRunning) return std::optional(id);
  if (run->status == RunStatus::kQueued) {
    return fail(ErrorKind::kInvalid, id.text() + " has not started by then: others are in its way",
                "let a run before it end first");
  }
  return fail(ErrorKind::kInvalid, fmt::format("{} has ended at {}, as {}", id.text(), format_instant(*run->ended_at),
                                               to_text(run->status)));
}

Status Simulation::end_elsewhere(const Given::End& end, Instant now) {
  Run run;
  run.id = {end.flow, end.number.value_or(0)};
  if (state_.find_made(run.id) != nullptr) {
    return fail(ErrorKind::kInvalid, run.id.text() + " is a simulated run of another namespace");
  }
  run.name_space = end.name_space.value_or(rules_.name_space);
  run.context = end.context;
  run.created_at = now;
  run.status = end.step ? RunStatus::kRunning : end.status;
  run.id = state_.add_run(run);
  return take(state_.record(end_event(run, end, now)));
}

// Most ends are heard by nobody; making them events would be half of a simulation.
Status Simulation::end_run(const RunId& run, RunStatus status, const std::string& reason, Instant now,
                           const Json& payload) {
  state_.end_run(run, status, now);
  if (!state_.is_heard(run_end_name(run.flow))) return {};
  QFLOW_ASSIGN(const Run ended, state_.load_run(run));
  Event end = run_end_event(ended, status, reason, now);
  end.payload.update(payload);
  return take(state_.record(std::move(end)));
}

// ---- Events

Status Simulation::take(const RecordedEvent& event) {
  QFLOW_ASSIGN(const std::vector<Judgement> judgements, state_.judge(event.event));
  return engine_.take_of_batch(event, judgements);
}

// What a dispatcher does at once: replaced runs end, queued ones start.
Status Simulation::settle(Instant now) {
  while (!state_.runs_to_cancel().empty()) {
    const RunId run = state_.runs_to_cancel().front();
    QFLOW_TRY(end_run(run, RunStatus::kCancelled, state_.end_reason(run), now));
  }
  const std::vector<RunId> started = state_.start_runs(now);
  for (const RunId& run : started) {
    if (rules_.runs_take) ends_.emplace(now + *rules_.runs_take, run);
  }
  return started.empty() ? Status() : engine_.end_batch();
}

}  // namespace qflow
