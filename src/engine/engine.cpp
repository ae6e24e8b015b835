#include "qflow/engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/firing_attempt.h"
#include "qflow/engine/parameter_mapping.h"
#include "qflow/model/parameter.h"
#include "qflow/trigger/source_filter.h"

namespace qflow {

namespace {

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

}  // namespace

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

Result<bool> Engine::cancel(const RunId& run, const std::string& reason, Instant now) {
  QFLOW_ASSIGN(const auto end, state_.cancel_run(run, reason, now));
  if (!end) return false;
  QFLOW_ASSIGN(const std::vector<Judgement> judgements, state_.judge(end->event));
  QFLOW_TRY(take_of_batch(*end, judgements));
  return true;
}

Status Engine::take_one(const RecordedEvent& event, const Judgement& judgement) {
  const DeployedFlow& flow = *judgement.flow;
  const TriggerId& heard = judgement.trigger->id();
  if (judgement.refusal) {
    return state_.set_outcome(event.order, flow, heard, {Outcome::kFiltered, *judgement.refusal});
  }
  const Trigger& joining = judgement.trigger->joining();
  const Instant now = event.event.recorded_at;
  WaitingEvent arriving = waiting_event(judgement, event);
  FiringAttempt attempt{flow, &joining, judgement.correlation, {}, now, &event};
  if (!keeps_state(joining)) {
    QFLOW_ASSIGN(TriggerState state, state_.load_state(flow, joining.id(), judgement.correlation, StatePart::kJoining));
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
  QFLOW_ASSIGN(TriggerState state, state_.load_state(flow, joining.id(), attempt.correlation, StatePart::kJoining));
  QFLOW_TRY(fire_due(flow, joining, attempt.correlation, state, attempt.now));
  StateChange change = arrive(joining, state, std::move(event), attempt.now);
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
  QFLOW_ASSIGN(TriggerState whole, state_.load_state(flow, joining.id(), correlation, StatePart::kWhole));
  QFLOW_TRY(release_hold(flow, joining, correlation, whole, std::min(state.held->due, now)));
  QFLOW_ASSIGN(state, state_.load_state(flow, joining.id(), correlation, StatePart::kJoining));
  return {};
}

Status Engine::end_debounce(const DeployedFlow& flow, const Trigger& joining, const std::string& correlation,
                            Instant now) {
  QFLOW_ASSIGN(TriggerState state, state_.load_state(flow, joining.id(), correlation, StatePart::kWhole));
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
  const std::string missing = missing_sources(heard.joining(), state).text;
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

Result<std::vector<WaitingEvent>> Engine::activated_events(const Activation& activation, const RecordedEvent& event) {
  const DeployedFlow& flow = *activation.flow;
  const Trigger& trigger = *activation.trigger;
  const Trigger& joining = trigger.joining();
  WaitingEvent own{event.order, window_time(event.event), trigger.id(), ""};
  const Subscription* source = source_heard(flow, trigger, event.event);
  if (source != nullptr) own.source = source_of(*source).name;
  QFLOW_ASSIGN(TriggerState state, state_.load_state(flow, joining.id(), activation.correlation, StatePart::kWhole));
  std::vector<WaitingEvent> fired;
  if (&joining != &trigger) {
    StateChange change = arrive_by_hand(trigger, joining, state, own, event.event.recorded_at);
    QFLOW_TRY(note_dropped(flow, joining, change.dropped));
    QFLOW_TRY(note_waiting(flow, trigger, state, event.order));
    fired = change.held.empty() ? std::move(change.fired) : end_hold(state);
  } else {
    fired = take_by_hand(joining, state);
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
  const Trigger* joining = activation.trigger != nullptr ? &activation.trigger->joining() : nullptr;
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
