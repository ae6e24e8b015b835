#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/firing_attempt.h"
#include "qflow/engine/due_instants.h"
#include "qflow/engine/engine.h"
#include "qflow/engine/event_judgement.h"
#include "qflow/model/parameter.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

constexpr int kShownOfChain = 6;

// The events of a run that has not started.
Result<std::vector<FiredEvent>> fired_again(EngineState& state, const DeployedFlow& flow, const Trigger* joining,
                                            const std::vector<RecordedEvent>& events) {
  std::vector<FiredEvent> fired;
  for (const RecordedEvent& event : events) {
    std::optional<std::string> cause_space;
    if (event.event.caused_by) {
      QFLOW_ASSIGN(Run cause, state.load_run(*event.event.caused_by));
      cause_space = std::move(cause.name_space);
    }
    fired.push_back(fired_event(flow, joining, event, cause_space));
  }
  return fired;
}

std::pair<Instant, std::int64_t> age(const RecordedEvent& event) {
  return {window_time(event.event), event.order};
}

// Finds the event of a run that all the firing's stand behind: since of a single source only the newest event counts,
// what stands before it has no say. Activations by hand stand last, whatever their age.
std::function<bool(const RecordedEvent&)> stands_before(const DeployedFlow& flow, const Trigger& joining,
                                                        const std::vector<FiredEvent>& events) {
  if (!joining.legs().empty() || joining.subscriptions().size() != 1) return [](const RecordedEvent&) { return false; };
  std::optional<std::pair<Instant, std::int64_t>> oldest;
  for (const FiredEvent& event : events) {
    if (event.source != 0) continue;
    const std::pair own(window_time(*event.event), event.order);
    oldest = oldest ? std::min(*oldest, own) : own;
  }
  return [&flow, &joining, oldest](const RecordedEvent& event) {
    return source_heard(flow, joining, event.event) != nullptr && (!oldest || age(event) < *oldest);
  };
}

// What neither events nor defaults have set: it wins over later events too.
Json given_by_hand(const Run& run, const std::vector<Parameter>& parameters, const Json& mapped) {
  Json given = Json::object();
  for (const Parameter& parameter : parameters) {
    const std::string& name = parameter.name.text();
    const auto value = run.params.find(name);
    if (value == run.params.end()) continue;
    const Json expected = mapped.contains(name) ? mapped[name] : json_or_null(parameter.default_value);
    if (expected != *value) given[name] = *value;
  }
  return given;
}

}  // namespace

Result<std::optional<RunId>> Engine::fire(FiringAttempt attempt) {
  const std::size_t all = attempt.waiting.size();
  QFLOW_TRY(load_events(attempt));
  QFLOW_TRY(evaluate(attempt));
  if (attempt.by_hand != nullptr) QFLOW_TRY(list_activation(attempt));
  const bool only_left_a_token = attempt.by_hand != nullptr && attempt.events.empty();
  if (attempt.waiting.empty() && (attempt.by_hand == nullptr || only_left_a_token)) return std::optional<RunId>();
  if (attempt.waiting.size() < all && attempt.by_hand == nullptr) {
    if (!meet_match(*attempt.joining, attempt.waiting)) return wait_again(attempt);
  }
  if (!attempt.misfit.empty()) {
    QFLOW_TRY(note_all(attempt, {Outcome::kFiltered, attempt.misfit}));
    return std::optional<RunId>();
  }
  QFLOW_TRY(look_at_causes(attempt));
  return start_or_join(attempt);
}

Status Engine::load_events(FiringAttempt& attempt) {
  for (const WaitingEvent& waiting : attempt.waiting) {
    const bool has_arrived = attempt.arrived != nullptr && attempt.arrived->order == waiting.event;
    if (!has_arrived) {
      QFLOW_ASSIGN(Event event, state_.load_event(waiting.event));
      attempt.loaded.push_back(std::make_unique<const Event>(std::move(event)));
    }
    const Event& event = has_arrived ? attempt.arrived->event : *attempt.loaded.back();
    attempt.events.push_back(fired_event(attempt.flow, waiting, event));
  }
  return {};
}

// What no longer fits after a redeploy is filtered; what is left becomes the request.
Status Engine::evaluate(FiringAttempt& attempt) {
  Firing firing = make_firing(attempt.flow, attempt.joining, attempt.events, artifacts_);
  for (const Firing::Misfit& misfit : firing.misfits) {
    const auto place = std::find_if(attempt.waiting.begin(), attempt.waiting.end(),
                                    [&](const WaitingEvent& event) { return event.event == misfit.order; });
    if (place == attempt.waiting.end()) continue;
    QFLOW_TRY(state_.set_outcome(place->event, attempt.flow, place->trigger, {Outcome::kFiltered, misfit.reason}));
    attempt.waiting.erase(place);
  }
  Json given = std::move(firing.parameters);
  given.update(attempt.given);
  if (attempt.by_hand != nullptr) given.update(attempt.by_hand->parameters);
  Result<Json> parameters = complete_parameters(attempt.flow.definition->parameters, given);
  if (!parameters && attempt.by_hand != nullptr) return tl::make_unexpected(parameters.error());
  if (!parameters) attempt.misfit = parameters.error().message;
  RunRequest& request = attempt.request;
  request.flow = &attempt.flow;
  request.trigger = std::move(firing.record);
  request.correlation = attempt.correlation;
  if (parameters) request.parameters = std::move(*parameters);
  request.context = std::move(firing.context);
  if (attempt.by_hand != nullptr && attempt.by_hand->context) request.context = attempt.by_hand->context;
  request.at = attempt.now;
  return {};
}

// Where nothing is left of what waited, the activation stands for it, as it does where nothing has waited.
Status Engine::list_activation(FiringAttempt& attempt) {
  const bool is_listed = std::any_of(attempt.events.begin(), attempt.events.end(),
                                     [&](const FiredEvent& event) { return event.order == attempt.arrived->order; });
  if (!attempt.waiting.empty() || is_listed) return {};
  QFLOW_ASSIGN(attempt.waiting, activated_events(*attempt.by_hand, *attempt.arrived));
  attempt.events.clear();
  if (attempt.waiting.empty()) return {};
  QFLOW_TRY(load_events(attempt));
  return evaluate(attempt);
}

// Events of a firing that is none without the misfits: as if they had just come, the older ones first.
Result<std::optional<RunId>> Engine::wait_again(const FiringAttempt& attempt) {
  std::vector<WaitingEvent> events = attempt.waiting;
  std::sort(events.begin(), events.end(), [](const WaitingEvent& a, const WaitingEvent& b) {
    return std::pair(a.time, a.event) < std::pair(b.time, b.event);
  });
  for (WaitingEvent& event : events) {
    event.token = 0;
    event.held = false;
    FiringAttempt arrival{attempt.flow, attempt.joining, attempt.correlation, {}, attempt.now, attempt.arrived};
    const Trigger* heard = find_trigger(attempt.flow.triggers, event.trigger);
    if (heard != nullptr) QFLOW_TRY(let_arrive(std::move(arrival), *heard, std::move(event)));
  }
  return std::optional<RunId>();
}

Status Engine::look_at_causes(FiringAttempt& attempt) {
  RunRequest& request = attempt.request;
  request.depth = 1;
  request.scheduled_at.reset();
  for (const TriggerSource& source : request.trigger.sources) {
    if (!request.scheduled_at) request.scheduled_at = due_instant(source.event);
    if (!source.event.caused_by) continue;
    QFLOW_ASSIGN(const Run cause, state_.load_run(*source.event.caused_by));
    if (!request.scheduled_at) request.scheduled_at = cause.scheduled_at;
    if (cause.depth < request.depth) continue;
    request.depth = cause.depth + 1;
    attempt.deepest = cause.id;
  }
  return {};
}

// The newest runs of the chain that would have gone on, the latest first.
Result<std::string> Engine::chain_text(const FiringAttempt& attempt) {
  std::string text = attempt.flow.definition->id.text();
  std::optional<RunId> next = attempt.deepest;
  for (int shown = 0; next && shown < kShownOfChain; ++shown) {
    text += " ← " + next->text();
    QFLOW_ASSIGN(next, deepest_cause(*next));
  }
  return next ? text + " ← …" : text;
}

// Of the runs that a run's events came from, the one that made it as deep as it is.
Result<std::optional<RunId>> Engine::deepest_cause(const RunId& id) {
  QFLOW_ASSIGN(const RunEvents all, state_.events_of_run(id, [](const RecordedEvent&) { return false; }));
  std::optional<Run> deepest;
  for (const RecordedEvent& event : all.events) {
    if (!event.event.caused_by) continue;
    QFLOW_ASSIGN(Run cause, state_.load_run(*event.event.caused_by));
    if (!deepest || cause.depth >= deepest->depth) deepest = std::move(cause);
  }
  return deepest ? std::optional(deepest->id) : std::nullopt;
}

Result<std::optional<RunId>> Engine::start_or_join(FiringAttempt& attempt) {
  const FlowDefinition& definition = *attempt.flow.definition;
  const WhenBusy when_busy = definition.run.when_busy;
  std::vector<ActiveRun> active;
  if (looks_at_active_runs(when_busy)) {
    // A firing joins a run of its own correlation value; there may be a queued one for each of thousands of values.
    const auto value = when_busy == WhenBusy::kCoalesce ? std::optional(attempt.correlation) : std::nullopt;
    QFLOW_ASSIGN(active, state_.active_runs(attempt.flow, attempt.request.context, value));
  }
  const TriggerId trigger = attempt.joining != nullptr ? attempt.joining->id() : TriggerId();
  const BusyDecision decision = decide_busy(when_busy, active, trigger, attempt.correlation);
  if (decision.kind == BusyDecision::Kind::kSkip) {
    const std::string reason = decision.run->text() + " has not ended";
    if (attempt.by_hand != nullptr) return fail(ErrorKind::kBusy, definition.id.text() + " is busy: " + reason);
    QFLOW_TRY(note_all(attempt, {Outcome::kSkipped, reason}));
    return std::optional<RunId>();
  }
  if (attempt.request.depth > max_chain_) {
    QFLOW_ASSIGN(const std::string chain, chain_text(attempt));
    const std::string reason =
        fmt::format("the chain would have {} runs, max_chain is {}: {}", attempt.request.depth, max_chain_, chain);
    if (attempt.by_hand != nullptr) return fail(ErrorKind::kRefused, reason);
    QFLOW_TRY(note_all(attempt, {Outcome::kStopped, reason}));
    return std::optional<RunId>();
  }
  if (decision.kind == BusyDecision::Kind::kJoin) return join(std::move(attempt), *decision.run);
  return queue(attempt, decision);
}

Result<std::optional<RunId>> Engine::queue(FiringAttempt& attempt, const BusyDecision& decision) {
  QFLOW_ASSIGN(const RunId run, state_.queue_run(std::move(attempt.request)));
  QFLOW_TRY(note_all(attempt, {Outcome::kFired, {}, run}));
  for (const RunId& cancelled : decision.cancelled) {
    QFLOW_TRY(cancel(cancelled, std::string(kReplacedBy) + run.text(), attempt.now));
  }
  return std::optional<RunId>(run);
}

// The run that waits gets the events of all firings that join it in a batch at once, since each time it is read, mapped
// and written anew.
Result<std::optional<RunId>> Engine::join(FiringAttempt attempt, const RunId& run) {
  QFLOW_TRY(note_all(attempt, {Outcome::kCoalesced, {}, run}));
  attempt.keep_events();
  std::unique_ptr<FiringAttempt>& known = joining_[run];
  if (known) {
    known->add(std::move(attempt));
  } else {
    known = std::make_unique<FiringAttempt>(std::move(attempt));
  }
  return std::optional<RunId>(run);
}

// The events of the run and of what joins it are mapped together.
Status Engine::extend(FiringAttempt& attempt, const RunId& run) {
  QFLOW_ASSIGN(const RunEvents merged,
               state_.events_of_run(run, stands_before(attempt.flow, *attempt.joining, attempt.events)));
  QFLOW_ASSIGN(const std::vector<FiredEvent> earlier,
               fired_again(state_, attempt.flow, attempt.joining, merged.events));
  QFLOW_ASSIGN(const Run queued, state_.load_run(run));
  attempt.given = given_by_hand(queued, attempt.flow.definition->parameters,
                                make_firing(attempt.flow, attempt.joining, earlier, artifacts_).parameters);
  attempt.events.insert(attempt.events.end(), earlier.begin(), earlier.end());
  const std::optional<std::string> context = attempt.request.context;
  QFLOW_TRY(evaluate(attempt));
  QFLOW_TRY(look_at_causes(attempt));
  attempt.request.depth = std::max(attempt.request.depth, queued.depth);
  if (merged.first > 0 && queued.scheduled_at) attempt.request.scheduled_at = queued.scheduled_at;
  attempt.request.context = context;
  if (!attempt.misfit.empty()) return note_all(attempt, {Outcome::kFiltered, attempt.misfit});
  return state_.extend_run(run, std::move(attempt.request), merged.first);
}

}  // namespace qflow
