#include "qflow/service/activation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/engine/arrival.h"
#include "qflow/engine/due_instants.h"
#include "qflow/error/printable.h"
#include "qflow/model/event_names.h"
#include "qflow/os/random.h"
#include "qflow/service/calling_run.h"
#include "qflow/service/deployment_reference.h"
#include "qflow/service/event_intake.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"
#include "service/caller_wait.h"
#include "service/command_words.h"
#include "service/firing_command.h"
#include "service/parameter_arguments.h"

namespace qflow {

namespace {

constexpr std::size_t kMostInstants = 100'000;
constexpr std::size_t kShownValues = 20;  // of a correlation

tl::unexpected<Error> too_many_instants(Instant last) {
  return fail(ErrorKind::kInvalid,
              fmt::format("more than {} instants are due by {}", kMostInstants, format_instant(last)),
              "run them in parts: an earlier --until, then --from there");
}

Result<const Trigger*> wanted_trigger(const DeployedFlow& flow, const std::optional<TriggerId>& id) {
  if (!id && flow.enabled) return nullptr;
  if (!id) {
    const std::string name = full_name(flow);
    return fail(ErrorKind::kRefused, fmt::format("{} is disabled", name), "qflow enable " + name);
  }
  QFLOW_ASSIGN(const Trigger* trigger, named_trigger(flow, *id));
  if (is_enabled(flow, *trigger)) return trigger;
  return fail(ErrorKind::kRefused, fmt::format("the trigger {} is disabled", quoted(id->text())),
              enabling_advice(flow, *trigger));
}

// What a person wrote, 1.0 for 1, means that JSON first, and only then the text that looks like it.
const CorrelatedState* find_named(const std::vector<CorrelatedState>& states, const std::string& given) {
  const auto meant = parse_json(given);
  const CorrelatedState* text = nullptr;
  for (const CorrelatedState& state : states) {
    const auto value = parse_json(state.correlation);
    if (!value) continue;
    if (meant && *meant == *value) return &state;
    if (value->is_string() && value->get_ref<const std::string&>() == given) text = &state;
  }
  return text;
}

// "these wait: 5, 'late day' and 7 more".
std::string waiting_values(const std::vector<CorrelatedState>& states) {
  if (states.empty()) return "nothing waits";
  const std::size_t shown = std::min(states.size(), kShownValues);
  std::string list = "these wait: ";
  for (std::size_t i = 0; i < shown; ++i) list += (i > 0 ? ", " : "") + correlation_word(states[i].correlation);
  if (shown < states.size()) list += fmt::format(" and {} more", states.size() - shown);
  return list;
}

// Nothing waits. A token of a leg would wait for ever without the value that the other legs' events have.
Result<std::string> own_correlation(const Trigger& trigger, const Trigger& joining, const Event& activation) {
  const Result<std::string> own = correlation_of(joining, EventScope(activation));
  if (own || &trigger == &joining) return own.value_or(std::string());
  return fail(ErrorKind::kInvalid,
              fmt::format("{} waits for legs with one value of `correlate`, which this activation has not: {}",
                          joining.id().text(), own.error().message),
              "activate it when another leg waits");
}

Result<std::string> chosen_correlation(Store& store, const DeployedFlow& flow, const Trigger* trigger,
                                       const std::optional<std::string>& given, const Event& activation) {
  if (trigger == nullptr) return std::string();
  const Trigger& joining = trigger->joining();
  if (activation.type == "schedule") return correlation_of(joining, EventScope(activation));
  QFLOW_ASSIGN(const auto states, store.ledger().triggers().states(flow.key, joining.id()));
  const CorrelatedState* named = given ? find_named(states, *given) : nullptr;
  if (named != nullptr) return named->correlation;
  if (!given && states.size() == 1) return states.front().correlation;
  if (!given && !joining.rules().correlate) return std::string();
  if (!given && states.empty()) return own_correlation(*trigger, joining, activation);
  const std::string advice = waiting_values(states);
  if (given) return fail(ErrorKind::kInvalid, "nothing waits with the correlation value " + quoted(*given), advice);
  return fail(ErrorKind::kInvalid, fmt::format("several values wait for {}", trigger->id().text()),
              advice + "; choose one with --correlation");
}

Event activation_event(const DeployedFlow& flow, const Trigger* trigger, const ActivationRequest& request,
                       const std::optional<Run>& caller, Instant now) {
  Event event;
  event.name = fmt::format("{}{}", kActivations, flow.definition->id.text());
  if (request.trigger) event.name += "." + request.trigger->text();
  event.type = "cli";
  event.name_space = event_namespace(flow);
  event.timestamp = event.recorded_at = now;
  if (request.due) event = due_event(flow, *trigger, *request.due, now);
  event.id = make_event_id(now, random_bytes());
  event.context = request.context;
  if (caller) event.caused_by = caller->id;
  if (caller && !event.context) event.context = caller->context;
  if (!request.due) event.payload = {{"batch_id", request.batch_id.value_or(1)}};
  return event;
}

// An instant of a leg goes through the filters of its group too, and its values have to fit.
Status pass_filters(const DeployedFlow& flow, const Trigger& schedule, const Event& instant) {
  const Trigger& joining = schedule.joining();
  const EventScope scope(instant);
  for (const Trigger* trigger : {&schedule, &joining}) {
    if (auto refusal = refusal_by_when(*trigger, scope)) return fail(ErrorKind::kRefused, std::move(*refusal));
  }
  QFLOW_TRY(correlation_of(joining, scope).map([](const auto&) {}));
  QFLOW_TRY(run_context(joining, scope).map([](const auto&) {}));
  const ParameterMapping& mapping = source_of(schedule.subscriptions().front()).mapping;
  const ArtifactReader none = [](const Event&, std::string_view name) -> Result<Json> {
    return fail(ErrorKind::kNotFound, "an instant has no artifact " + quoted(name));
  };
  return map_event(mapping, flow.definition->parameters, instant, none).map([](const auto&) {});
}

Status add_batch_id(const std::vector<Parameter>& parameters, const ActivationRequest& request, Json& values) {
  const Parameter* parameter = find_parameter(parameters, "batch_id");
  if (parameter == nullptr || !request.batch_id) return {};
  QFLOW_ASSIGN(values[parameter->name.text()], convert_parameter(*parameter, Json(*request.batch_id)));
  return {};
}

Status refuse_by_type(const Engine::Activation& activation, const std::optional<std::int64_t>& batch_id) {
  if (activation.trigger == nullptr) return {};
  TriggerContext context;
  context.name_space = activation.flow->name_space;
  if (batch_id) context.batch_id = *batch_id;
  context.context = activation.context;
  context.parameters = activation.parameters;
  if (auto reason = refusal_by_type(*activation.trigger, context)) return fail(ErrorKind::kRefused, std::move(*reason));
  return {};
}

// A token of a leg has no place for them.
Status refuse_lost_parameters(const ActivationRequest& request) {
  if (request.parameters.empty() && request.values.empty()) return {};
  return fail(ErrorKind::kInvalid, "its group waits for other legs, so that parameters would be lost",
              "give them with the activation that starts the run");
}

// Takes the run for this process, or it waits for its turn: that would never come where a step, or a hook, starts a run
// that has to wait for its own.
Status claim_activated(Store& store, LedgerWriter& writer, const std::optional<Run>& caller, Instant now,
                       ActivatedRun& activated) {
  activated.signals = std::make_unique<StopSignals>();
  QFLOW_ASSIGN(activated.claimed, claim_run(store, writer, *activated.run, now));
  if (activated.claimed || !caller) return {};
  QFLOW_ASSIGN(const bool is_in_vain, waits_for_caller(store.ledger(), *activated.run, caller->id));
  if (!is_in_vain) return {};
  return fail(
      ErrorKind::kBusy,
      fmt::format("{} would wait for the end of {}, which waits for it", activated.run->flow.text(), caller->id.text()),
      "its turn comes when that run has ended; without --from, --detach does not wait for it");
}

// What became of a leg's activation, else what its group waits for. Its own outcome is missing where it stood for
// events that waited.
Result<std::string> why_no_run(Store& store, const Engine::Activation& activation, const Event& event) {
  TriggerLedger& ledger = store.ledger().triggers();
  QFLOW_ASSIGN(const std::vector<TriggerOutcome> outcomes, ledger.outcomes_of_event(event.id));
  for (const TriggerOutcome& outcome : outcomes) {
    const EventOutcome& what = outcome.outcome;
    if (what.outcome == Outcome::kWaiting) continue;
    return fmt::format("it is {} on the spot: {}", to_text(what.outcome), what.reason);
  }
  const Trigger& joining = activation.trigger->joining();
  QFLOW_ASSIGN(const TriggerState state, ledger.state(activation.flow->key, joining.id(), activation.correlation));
  return "its group waits for " + missing_sources(joining, state).text;
}

}  // namespace

Result<ActivatedRun> activate_flow(Store& store, const ActivationRequest& request, const Doors& doors) {
  QFLOW_ASSIGN(const std::optional<Run> caller, find_calling_run(store, doors));
  EventIntake intake(store, doors);
  ActivatedRun activated;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(live_deployment(store, request.deployment.key));
    QFLOW_ASSIGN(const auto flow, intake.flows().find(request.deployment.key));
    const std::vector<Parameter>& parameters = flow->definition->parameters;
    Engine::Activation activation;
    activation.flow = flow.get();
    QFLOW_ASSIGN(activation.trigger, wanted_trigger(*flow, request.trigger));
    const Instant now = doors.clock.now();
    const Event event = activation_event(*flow, activation.trigger, request, caller, now);
    QFLOW_ASSIGN(activation.correlation,
                 chosen_correlation(store, *flow, activation.trigger, request.correlation, event));
    QFLOW_TRY(add_batch_id(parameters, request, activation.parameters));
    QFLOW_TRY(add_parameters(parameters, request.parameters, activation.parameters));
    QFLOW_TRY(add_values(parameters, request.values, activation.parameters));
    activation.context = request.context;
    QFLOW_TRY(refuse_by_type(activation, request.batch_id));
    QFLOW_ASSIGN(activated.run, intake.activate(writer, activation, event));
    if (!activated.run) {
      QFLOW_ASSIGN(activated.reason, why_no_run(store, activation, event));
      return refuse_lost_parameters(request);
    }
    return request.start_here ? claim_activated(store, writer, caller, now, activated) : Status();
  }));
  return activated;
}

Result<Backfill> backfill_instants(Store& store, const TriggerRegistry& types, const Deployment& deployment,
                                   const TriggerId& trigger, Instant from, Instant until) {
  DeployedFlows flows(store, types);
  QFLOW_ASSIGN(const auto flow, flows.find(deployment.key));
  QFLOW_ASSIGN(const Trigger* named, named_trigger(*flow, trigger));
  const ScheduleSubscription* schedule = schedule_of(*named);
  if (schedule == nullptr) {
    return fail(ErrorKind::kInvalid, fmt::format("the trigger {} is no schedule", quoted(trigger.text())),
                "--from and --until are for schedules");
  }
  Backfill backfill;
  for (auto due = schedule->schedule->next_after(from - Duration(1)); due && *due < until;
       due = schedule->schedule->next_after(*due)) {
    const Event event = due_event(*flow, *named, *due, *due);
    if (const Status passed = pass_filters(*flow, *named, event); !passed) {
      backfill.filtered.emplace_back(*due, passed.error().message);
    } else {
      backfill.instants.push_back(*due);
    }
    if (backfill.instants.size() + backfill.filtered.size() > kMostInstants) return too_many_instants(*due);
  }
  if (!backfill.instants.empty() || !backfill.filtered.empty()) return backfill;
  return fail(ErrorKind::kInvalid,
              fmt::format("nothing is due from {} up to {}", format_instant(from), format_instant(until)),
              fmt::format("qflow next {}/{} shows what is", full_name(*flow), trigger.text()));
}

}  // namespace qflow
