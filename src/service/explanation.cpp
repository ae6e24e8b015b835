#include "qflow/service/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/engine/arrival.h"
#include "qflow/engine/due_instants.h"
#include "qflow/engine/trigger_kind.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"
#include "qflow/trigger/trigger_sentence.h"

namespace qflow {

namespace {

constexpr std::int64_t kLookedAt = 200;   // outcomes
constexpr std::size_t kShownRefused = 5;  // of them

std::string why_disabled(const DeployedFlow& flow, const Deployment& deployment, const Trigger& trigger) {
  if (is_enabled(flow, trigger)) return {};
  const auto with_reason = [](std::string_view what, const std::string& reason) {
    return reason.empty() ? std::string(what) : fmt::format("{}: {}", what, reason);
  };
  if (!deployment.enabled) return with_reason("the flow is disabled", deployment.disabled_reason);
  for (const DeployedTrigger& one : deployment.triggers) {
    if (one.id == trigger.id() && !one.enabled) return with_reason("the trigger is disabled", one.disabled_reason);
  }
  return "the flow file disables it";
}

std::string activation_command(const DeployedFlow& flow, const Trigger& trigger,
                               const std::vector<CorrelatedState>& states) {
  std::string command = fmt::format("qflow trigger --flow-id {} --trigger-id {}", full_name(flow), trigger.id().text());
  if (states.size() < 2) return command;
  const auto value = parse_json(states.front().correlation);
  return command + " --correlation '" + (value ? to_plain_text(*value) : states.front().correlation) + "'";
}

// What a person could type to meet the sources that are missing, else to start it by hand. Which payload would belong
// to what waits, only the publisher can know.
std::string firing_command(const DeployedFlow& flow, const Trigger& trigger,
                           const std::vector<CorrelatedState>& states) {
  const TriggerState state = states.size() == 1 ? states.front().state : TriggerState();
  const std::string missing = missing_sources(trigger, flow.triggers, state);
  std::vector<std::string> commands;
  for (const Trigger* part : source_triggers(trigger, flow.triggers)) {
    for (const Subscription& subscription : part->subscriptions()) {
      const auto* event = std::get_if<EventSubscription>(&subscription);
      const bool simple = event != nullptr && event->source.count == 1 && !trigger.rules().correlate;
      if (!simple) return activation_command(flow, trigger, states);
      if (missing.find(event->source.name) == std::string::npos) continue;
      commands.push_back("qflow publish " + listened_name(*part, subscription, flow.name_space));
    }
  }
  const bool any = trigger.rules().match.kind() == MatchExpression::Kind::kAny;
  if (any && !commands.empty()) commands.resize(1);
  if (commands.empty()) return activation_command(flow, trigger, states);
  return fmt::format("{}", fmt::join(commands, " && "));
}

class Explainer {
 public:
  Explainer(Store& store, const Deployment& deployment, const DeployedFlow& flow)
      : ledger_(store.ledger().triggers()), deployment_(deployment), flow_(flow) {}

  Result<TriggerExplanation> explain(const Trigger& trigger) {
    TriggerExplanation result;
    result.deployment = deployment_;
    result.trigger = trigger.id();
    result.type = trigger.rules().type;
    result.sentence = describe(trigger, flow_.triggers);
    result.description = trigger.rules().description;
    result.flow_description = flow_.definition->description;
    result.disabled = why_disabled(flow_, deployment_, trigger);
    if (trigger.type() != TriggerType::kSchedule && trigger.type() != TriggerType::kSensor)
      result.missing = missing_sources(trigger, flow_.triggers, {});
    QFLOW_ASSIGN(const std::vector<CorrelatedState> states, ledger_.states(flow_.key, trigger.id()));
    for (const CorrelatedState& state : states) {
      QFLOW_ASSIGN(result.waiting.emplace_back(), waiting_group(trigger, state));
    }
    result.would_fire = firing_command(flow_, trigger, states);
    for (const Trigger* part : source_triggers(trigger, flow_.triggers)) {
      QFLOW_TRY(add_outcomes(part->id(), result));
      QFLOW_TRY(add_daily_counts(part->id(), result.rolled_up));
      QFLOW_TRY(add_next(part->id(), result));
      QFLOW_TRY(add_sensor(part->id(), result));
      if (part != &trigger && !is_enabled(flow_, *part)) result.disabled_legs.push_back(part->id().text());
    }
    return result;
  }

 private:
  Result<WaitingGroup> waiting_group(const Trigger& trigger, const CorrelatedState& state) {
    WaitingGroup group;
    group.correlation = state.correlation;
    std::optional<Instant> oldest;
    for (const WaitingEvent& waiting : state.state.waiting) {
      QFLOW_ASSIGN(Event event, ledger_.event_at(waiting.event));
      group.arrived.push_back({std::move(event), waiting.source, waiting.held});
      if (!waiting.held && (!oldest || waiting.time < *oldest)) oldest = waiting.time;
    }
    if (oldest) group.missing = missing_sources(trigger, flow_.triggers, state.state);
    if (oldest && trigger.rules().within) group.window_closes = *oldest + *trigger.rules().within;
    if (state.state.held) group.due = state.state.held->due;
    return group;
  }

  Status add_outcomes(const TriggerId& heard, TriggerExplanation& result) {
    QFLOW_ASSIGN(const auto outcomes, ledger_.outcomes_of_trigger(flow_.key, heard, kLookedAt));
    for (const TriggerOutcome& outcome : outcomes) {
      const Outcome what = outcome.outcome.outcome;
      const bool fired = what == Outcome::kFired || what == Outcome::kCoalesced;
      if (fired && !result.last_firing) result.last_firing = outcome;
      if (fired || what == Outcome::kWaiting || result.refused.size() >= kShownRefused) continue;
      result.refused.push_back(outcome);
    }
    return {};
  }

  // The legs of a group are counted together.
  Status add_daily_counts(const TriggerId& heard, std::vector<DailyCount>& all) {
    QFLOW_ASSIGN(const std::vector<DailyCount> counts, ledger_.daily_counts(flow_.key, heard));
    for (const DailyCount& count : counts) {
      const auto same = [&](const DailyCount& one) { return one.day == count.day && one.outcome == count.outcome; };
      const auto known = std::find_if(all.begin(), all.end(), same);
      if (known != all.end()) {
        known->events += count.events;
      } else {
        all.push_back(count);
      }
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.day < b.day; });
    return {};
  }

  Status add_next(const TriggerId& part, TriggerExplanation& result) {
    QFLOW_ASSIGN(const auto schedule, ledger_.schedule(flow_.key, part));
    if (schedule && (!result.next || schedule->due < *result.next)) result.next = schedule->due;
    return {};
  }

  Status add_sensor(const TriggerId& part, TriggerExplanation& result) {
    QFLOW_ASSIGN(auto known, ledger_.sensor(flow_.key, part));
    if (known) result.sensors.push_back({part, std::move(*known)});
    return {};
  }

  TriggerLedger& ledger_;
  const Deployment& deployment_;
  const DeployedFlow& flow_;
};

}  // namespace

Result<std::vector<TriggerExplanation>> explain_triggers(Store& store, const Deployment& deployment,
                                                         const std::optional<TriggerId>& wanted) {
  DeployedFlows flows(store);
  QFLOW_ASSIGN(const auto flow, flows.find(deployment.key));
  Explainer explainer(store, deployment, *flow);
  std::vector<TriggerExplanation> explanations;
  if (wanted) {
    QFLOW_ASSIGN(const Trigger* trigger, named_trigger(*flow, *wanted));
    QFLOW_ASSIGN(explanations.emplace_back(), explainer.explain(*trigger));
    return explanations;
  }
  for (const auto& trigger : flow->triggers) {
    if (group_of(flow->triggers, trigger->id()) != nullptr) continue;
    QFLOW_ASSIGN(explanations.emplace_back(), explainer.explain(*trigger));
  }
  return explanations;
}

}  // namespace qflow
