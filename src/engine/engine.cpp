#include "qflow/engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "qflow/engine/due_instants.h"
#include "qflow/engine/firing.h"
#include "qflow/model/parameter.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

constexpr int kShownOfChain = 6;

// One event that nothing else can wait for fires without any state.
bool keeps_state(const Trigger& joining) {
  if (!joining.legs().empty() || joining.rules().debounce || joining.subscriptions().size() != 1) return true;
  const SourceRules& source = source_of(joining.subscriptions().front());
  return source.count > 1;
}

WaitingEvent waiting_event(const Judgement& judgement, const RecordedEvent& event) {
  const Trigger& trigger = *judgement.trigger;
  return {event.order, window_time(event.event), trigger.id(),
          source_of(trigger.subscriptions()[judgement.source]).name, judgement.distinct};
}

// A trigger of type cli hears its activation, a schedule the instant that a backfill runs for.
const Subscription* source_heard(const DeployedFlow& flow, const Trigger& trigger, const Event& event) {
  for (const Subscription& subscription : trigger.subscriptions()) {
    if (listens_to(trigger, subscription, flow.name_space, event.name)) return &subscription;
  }
  return nullptr;
}

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

// One firing on its way to a run.
struct Engine::FiringAttempt {
  const DeployedFlow& flow;
  const Trigger* joining;
  std::string correlation;
  std::vector<WaitingEvent> waiting;
  Instant now;
  const RecordedEvent* arrived = nullptr;  // the event that brings the firing about, if one does
  const Activation* by_hand = nullptr;

  std::vector<std::unique_ptr<const Event>> loaded = {};
  std::vector<FiredEvent> events = {};  // each is what arrived, or one that was loaded
  Json given = Json::object();          // by hand, to the run that the firing joins
  RunRequest request = {};
  std::string misfit = {};            // why it can't become a run: of all its events
  std::optional<RunId> deepest = {};  // of the runs that its events came from

  // What arrived may go before the firing does.
  void keep_events() {
    for (FiredEvent& event : events) {
      if (arrived == nullptr || event.event != &arrived->event) continue;
      event.event = loaded.emplace_back(std::make_unique<const Event>(arrived->event)).get();
    }
    arrived = nullptr;
  }

  // A later firing that joins the same run.
  void add(FiringAttempt other) {
    std::move(other.waiting.begin(), other.waiting.end(), std::back_inserter(waiting));
    std::move(other.loaded.begin(), other.loaded.end(), std::back_inserter(loaded));
    events.insert(events.end(), other.events.begin(), other.events.end());
    if (other.by_hand != nullptr) by_hand = other.by_hand;
  }
};

Engine::Engine(EngineState& state, const ArtifactReader& artifacts, int max_chain)
    : state_(state), artifacts_(artifacts), max_chain_(max_chain) {}

Engine::~Engine() = default;

Status Engine::take(const RecordedEvent& event, const std::vector<Judgement>& judgements) {
  QFLOW_TRY(take_of_batch(event, judgements));
  return end_batch();
}

Status Engine::take_of_batch(const RecordedEvent& event, const std::vector<Judgement>& judgements) {
  for (const Judgement& judgement : judgements) QFLOW_TRY(take_one(event, judgement));
  return {};
}

Status Engine::end_batch() {
  for (const auto& [run, firing] : std::exchange(joining_, {})) QFLOW_TRY(extend(*firing, run));
  return {};
}

Status Engine::take_one(const RecordedEvent& event, const Judgement& judgement) {
  const DeployedFlow& flow = *judgement.flow;
  const TriggerId& heard = judgement.trigger->id();
  if (judgement.refusal) {
    return state_.set_outcome(event.order, flow, heard, {Outcome::kFiltered, *judgement.refusal});
  }
  const Trigger& joining = joining_trigger(flow, *judgement.trigger);
  const Instant now = event.event.recorded_at;
  WaitingEvent arriving = waiting_event(judgement, event);
  FiringAttempt attempt{flow, &joining, judgement.correlation, {}, now, &event};
  if (!keeps_state(joining)) {
    QFLOW_ASSIGN(TriggerState state, state_.load_state(flow, joining.id(), judgement.correlation));
    QFLOW_TRY(fire_due(flow, joining, judgement.correlation, state, now));
    attempt.waiting.push_back(std::move(arriving));
    return fire(std::move(attempt)).map([](const auto&) {});
  }
  return let_arrive(std::move(attempt), *judgement.trigger, std::move(arriving));
}

// What has arrived fires, or waits in the state.
Status Engine::let_arrive(FiringAttempt attempt, const Trigger& heard, WaitingEvent event) {
  const DeployedFlow& flow = attempt.flow;
  const Trigger& joining = *attempt.joining;
  const std::int64_t order = event.event;
  QFLOW_ASSIGN(TriggerState state, state_.load_state(flow, joining.id(), attempt.correlation));
  QFLOW_TRY(fire_due(flow, joining, attempt.correlation, state, attempt.now));
  StateChange change = arrive(joining, flow.triggers, state, std::move(event), attempt.now);
  QFLOW_TRY(state_.save_state(flow, joining.id(), attempt.correlation, state));
  QFLOW_TRY(note_waiting(flow, heard, state, order));
  QFLOW_TRY(note_held(flow, change.held));
  QFLOW_TRY(note_dropped(flow, joining, change.dropped));
  if (change.fired.empty()) return {};
  attempt.waiting = std::move(change.fired);
  return fire(std::move(attempt)).map([](const auto&) {});
}

// Whoever arrives when a debounce is over belongs to the next firing. Where a deploy has removed the debounce, the next
// event ends it: newer events shall not fire before older ones.
Status Engine::fire_due(const DeployedFlow& flow, const Trigger& joining, const std::string& correlation,
                        TriggerState& state, Instant now) {
  if (!state.held || (state.held->due > now && joining.rules().debounce)) return {};
  QFLOW_TRY(release_hold(flow, joining, correlation, state, std::min(state.held->due, now)));
  QFLOW_ASSIGN(state, state_.load_state(flow, joining.id(), correlation));
  return {};
}

Status Engine::end_debounce(const DeployedFlow& flow, const Trigger& joining, const std::string& correlation,
                            Instant now) {
  QFLOW_ASSIGN(TriggerState state, state_.load_state(flow, joining.id(), correlation));
  if (!state.held || state.held->due > now) return {};
  QFLOW_TRY(release_hold(flow, joining, correlation, state, state.held->due));
  return end_batch();
}

Status Engine::release_hold(const DeployedFlow& flow, const Trigger& joining, const std::string& correlation,
                            TriggerState& state, Instant at) {
  std::vector<WaitingEvent> fired = end_hold(state);
  QFLOW_TRY(state_.save_state(flow, joining.id(), correlation, state));
  if (is_enabled(flow, joining))
    return fire({flow, &joining, correlation, std::move(fired), at}).map([](const auto&) {});
  for (const WaitingEvent& event : fired) {
    QFLOW_TRY(state_.set_outcome(event.event, flow, event.trigger,
                                 {Outcome::kExpired, "its debounce ended while the trigger was disabled"}));
  }
  return {};
}

Status Engine::note_waiting(const DeployedFlow& flow, const Trigger& heard, const TriggerState& state,
                            std::int64_t event) {
  const auto waits = std::find_if(state.waiting.begin(), state.waiting.end(), [&](const WaitingEvent& one) {
    return one.event == event && one.trigger == heard.id() && !one.held;
  });
  if (waits == state.waiting.end()) return {};
  const std::string missing = missing_sources(joining_trigger(flow, heard), flow.triggers, state).text;
  return state_.set_outcome(event, flow, heard.id(), {Outcome::kWaiting, "for " + missing});
}

Status Engine::note_held(const DeployedFlow& flow, const std::vector<WaitingEvent>& held) {
  for (const WaitingEvent& event : held) {
    QFLOW_TRY(state_.set_outcome(event.event, flow, event.trigger, {Outcome::kWaiting, "for the end of the debounce"}));
  }
  return {};
}

Status Engine::note_dropped(const DeployedFlow& flow, const Trigger& joining,
                            const std::vector<DroppedEvent>& dropped) {
  for (const DroppedEvent& drop : dropped) {
    QFLOW_ASSIGN(const Event by, state_.load_event(drop.by));
    EventOutcome outcome{Outcome::kSuperseded, "a newer one of its source has come", {}, by.id};
    if (!drop.superseded) {
      outcome.outcome = Outcome::kExpired;
      outcome.reason = fmt::format("more than {} older than {}", joining.rules().within_text, by.id);
      outcome.by.reset();
    }
    QFLOW_TRY(state_.set_outcome(drop.event.event, flow, drop.event.trigger, outcome));
  }
  return {};
}

Status Engine::note_all(const FiringAttempt& attempt, const EventOutcome& outcome) {
  for (const WaitingEvent& event : attempt.waiting) {
    QFLOW_TRY(state_.set_outcome(event.event, attempt.flow, event.trigger, outcome));
  }
  return {};
}

Result<std::optional<RunId>> Engine::fire(FiringAttempt attempt) {
  const std::size_t all = attempt.waiting.size();
  QFLOW_TRY(load_events(attempt));
  QFLOW_TRY(evaluate(attempt));
  if (attempt.by_hand != nullptr) QFLOW_TRY(list_activation(attempt));
  const bool only_left_a_token = attempt.by_hand != nullptr && attempt.events.empty();
  if (attempt.waiting.empty() && (attempt.by_hand == nullptr || only_left_a_token)) return std::optional<RunId>();
  if (attempt.waiting.size() < all && attempt.by_hand == nullptr) {
    if (!meet_match(*attempt.joining, attempt.flow.triggers, attempt.waiting)) return wait_again(attempt);
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
    const auto is_caused = [](const RecordedEvent& event) { return event.event.caused_by.has_value(); };
    QFLOW_ASSIGN(const RunEvents last, state_.events_of_run(*next, is_caused));
    next = last.events.empty() ? std::nullopt : last.events.front().event.caused_by;
  }
  return next ? text + " ← …" : text;
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
    QFLOW_ASSIGN(const auto end, state_.cancel_run(cancelled, "replaced by " + run.text(), attempt.now));
    if (!end) continue;
    QFLOW_ASSIGN(const std::vector<Judgement> judgements, state_.judge(end->event));
    QFLOW_TRY(take_of_batch(*end, judgements));
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

Result<std::vector<WaitingEvent>> Engine::activated_events(const Activation& activation, const RecordedEvent& event) {
  const DeployedFlow& flow = *activation.flow;
  const Trigger& trigger = *activation.trigger;
  const Trigger& joining = joining_trigger(flow, trigger);
  WaitingEvent own{event.order, window_time(event.event), trigger.id(), ""};
  const Subscription* source = source_heard(flow, trigger, event.event);
  if (source != nullptr) own.source = source_of(*source).name;
  QFLOW_ASSIGN(TriggerState state, state_.load_state(flow, joining.id(), activation.correlation));
  std::vector<WaitingEvent> fired;
  if (&joining != &trigger) {
    StateChange change = arrive_by_hand(trigger, joining, state, own, event.event.recorded_at);
    QFLOW_TRY(note_dropped(flow, joining, change.dropped));
    QFLOW_TRY(note_waiting(flow, trigger, state, event.order));
    fired = change.held.empty() ? std::move(change.fired) : end_hold(state);
  } else {
    fired = take_by_hand(joining, flow.triggers, state);
    if (fired.empty() || source != nullptr) fired.push_back(std::move(own));
  }
  QFLOW_TRY(state_.save_state(flow, joining.id(), activation.correlation, state));
  return fired;
}

// A person hears of a value that does not fit, instead of a filtered event.
Status Engine::check_fit(const Activation& activation, const Event& event) const {
  const DeployedFlow& flow = *activation.flow;
  const Subscription* source = activation.trigger != nullptr ? source_heard(flow, *activation.trigger, event) : nullptr;
  if (source == nullptr) return {};
  const auto mapped =
      map_event(source_of(*source).mapping, all_optional(flow.definition->parameters), event, artifacts_);
  if (!mapped) return fail(ErrorKind::kInvalid, mapped.error().message);
  return {};
}

Result<std::optional<RunId>> Engine::activate(const Activation& activation, const RecordedEvent& event) {
  QFLOW_TRY(check_fit(activation, event.event));
  const Trigger* joining =
      activation.trigger != nullptr ? &joining_trigger(*activation.flow, *activation.trigger) : nullptr;
  FiringAttempt attempt{*activation.flow, joining,    activation.correlation, {}, event.event.recorded_at,
                        &event,           &activation};
  if (activation.trigger == nullptr) {
    attempt.waiting.push_back({event.order, window_time(event.event), TriggerId(), ""});
  } else {
    QFLOW_ASSIGN(attempt.waiting, activated_events(activation, event));
  }
  if (attempt.waiting.empty()) return std::optional<RunId>();
  QFLOW_ASSIGN(const std::optional<RunId> run, fire(std::move(attempt)));
  QFLOW_TRY(end_batch());
  return run;
}

}  // namespace qflow
