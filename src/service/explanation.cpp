#include "qflow/service/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/engine/arrival.h"
#include "qflow/engine/due_instants.h"
#include "qflow/engine/trigger_declaration.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/trigger/trigger_registry.h"
#include "qflow/trigger/trigger_sentence.h"
#include "service/firing_command.h"

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
  const Trigger& joining = trigger.joining();
  const std::string group = fmt::format("its group {}", joining.id().text());
  for (const DeployedTrigger& one : deployment.triggers) {
    if (one.enabled) continue;
    if (one.id == trigger.id()) return with_reason("the trigger is disabled", one.disabled_reason);
    if (one.id == joining.id()) return with_reason(group + " is disabled", one.disabled_reason);
  }
  return trigger.rules().enabled ? "the flow file disables " + group : "the flow file disables it";
}

std::string sentence_of(const Trigger& trigger, const Trigger& joining) {
  const std::string sentence = describe(joining);
  if (&trigger == &joining) return sentence;
  return fmt::format("{} is a leg of the group {} and does not fire alone. {}", trigger.id().text(),
                     joining.id().text(), sentence);
}

const WaitingEvent* find_waiting(const TriggerState& state, std::int64_t event, const TriggerId& heard) {
  const auto found = std::find_if(state.waiting.begin(), state.waiting.end(),
                                  [&](const WaitingEvent& one) { return one.event == event && one.trigger == heard; });
  return found != state.waiting.end() ? &*found : nullptr;
}

// What nobody waits for: it comes by itself, or a person does it.
bool comes_by_itself(const Trigger& trigger) {
  return schedule_of(trigger) != nullptr || sensor_of(trigger) != nullptr || trigger.type() == TriggerType::kCli;
}

class TriggerExplainer {
 public:
  TriggerExplainer(Store& store, const Deployment& deployment, const DeployedFlow& flow, Instant now)
      : ledger_(store.ledger()), triggers_(ledger_.triggers()), deployment_(deployment), flow_(flow), now_(now) {}

  // Of a leg: what its group waits for, and what arrived for the leg.
  Result<TriggerExplanation> explain(const Trigger& trigger) {
    const Trigger& joining = trigger.joining();
    TriggerExplanation result;
    result.flow = deployment_.flow;
    result.name_space = deployment_.name_space;
    result.trigger = trigger.id();
    if (&joining != &trigger) result.group = joining.id();
    result.type = trigger.rules().type;
    result.sentence = sentence_of(trigger, joining);
    result.description = trigger.rules().description;
    result.flow_description = flow_.definition->description;
    result.disabled = why_disabled(flow_, deployment_, trigger);
    if (!comes_by_itself(joining)) result.missing = missing_sources(joining, {}).text;
    QFLOW_ASSIGN(const std::vector<CorrelatedState> states, triggers_.states(flow_.key, joining.id()));
    for (const CorrelatedState& state : states) {
      result.waiting.push_back(waiting_group(trigger, joining, state));
    }
    result.would_fire = firing_command(flow_, joining, states, now_);
    if (result.would_fire.empty()) result.to_enable = enabling_advice(flow_, joining);
    for (const Trigger* part : source_triggers(trigger)) {
      QFLOW_TRY(add_part(*part, result));
      if (part != &trigger && is_off(*part)) result.disabled_legs.push_back(part->id().text());
    }
    keep_newest_refused(result);
    QFLOW_TRY(add_last(joining, result));
    if (flow_.definition->run.when_busy == WhenBusy::kSkip) {
      QFLOW_ASSIGN(const std::vector<ActiveRun> active, triggers_.active_runs(flow_.key));
      if (!active.empty()) result.busy_with = active.front().run;
    }
    return result;
  }

 private:
  // By itself, whatever its group and its flow are.
  bool is_off(const Trigger& leg) const { return !leg.rules().enabled || flow_.disabled.contains(leg.id()); }

  WaitingGroup waiting_group(const Trigger& trigger, const Trigger& joining, const CorrelatedState& state) {
    WaitingGroup group;
    group.correlation = state.correlation;
    const TriggerState joins = still_joining(joining, state.state, now_);
    bool waits = false;
    for (const WaitingEvent& waiting : state.state.waiting) {
      waits = waits || !waiting.held;
      if (&trigger != &joining && waiting.trigger != trigger.id()) continue;
      const bool too_old = find_waiting(joins, waiting.event, waiting.trigger) == nullptr;
      group.arrived.push_back({waiting.event, waiting.source, waiting.held, too_old});
    }
    if (waits) group.missing = missing_sources(joining, joins);
    group.window_closes = window_close(joining, state.state);
    if (state.state.held) group.due = state.state.held->due;
    group.expires = state.state.held && !is_enabled(flow_, joining);
    group.ends_with_event = state.state.held && !joining.rules().debounce;
    return group;
  }

  Status add_part(const Trigger& part, TriggerExplanation& result) {
    QFLOW_TRY(add_refused(part.id(), result));
    QFLOW_TRY(add_daily_counts(part.id(), result.rolled_up));
    QFLOW_TRY(add_next(part, result));
    return add_sensor(part.id(), result);
  }

  Status add_refused(const TriggerId& heard, TriggerExplanation& result) {
    QFLOW_ASSIGN(const auto outcomes, triggers_.outcomes_of_trigger(flow_.key, heard, kLookedAt));
    for (const TriggerOutcome& outcome : outcomes) {
      const Outcome what = outcome.outcome.outcome;
      if (what == Outcome::kCoalesced && (!joined_ || joined_->order < outcome.order)) joined_ = outcome;
      if (what == Outcome::kFired || what == Outcome::kCoalesced || what == Outcome::kWaiting) continue;
      result.refused.push_back(outcome);
    }
    return {};
  }

  // The run that it started last, or one that an event has joined since.
  Status add_last(const Trigger& joining, TriggerExplanation& result) {
    const std::optional<TriggerOutcome> joined = std::exchange(joined_, std::nullopt);
    QFLOW_ASSIGN(result.last_run, triggers_.last_run(flow_.key, joining.id()));
    if (!result.last_run) return {};
    QFLOW_ASSIGN(const Run run, ledger_.run_without_sources(*result.last_run));
    result.last_fired = run.created_at;
    if (!joined || !joined->outcome.run) return {};
    QFLOW_ASSIGN(const Event event, triggers_.event_at(joined->order));
    if (event.recorded_at <= run.created_at) return {};
    result.last_run = joined->outcome.run;
    result.last_fired = event.recorded_at;
    return {};
  }

  static void keep_newest_refused(TriggerExplanation& result) {
    std::stable_sort(result.refused.begin(), result.refused.end(),
                     [](const TriggerOutcome& a, const TriggerOutcome& b) { return a.order > b.order; });
    result.refused_more = result.refused.size() > kShownRefused;
    if (result.refused_more) result.refused.resize(kShownRefused);
  }

  // The legs of a group are counted together.
  Status add_daily_counts(const TriggerId& heard, std::vector<DailyCount>& all) {
    QFLOW_ASSIGN(const std::vector<DailyCount> counts, triggers_.daily_counts(flow_.key, heard));
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

  void add_missed(const Trigger& part, const KnownSchedule& paused, TriggerExplanation& result) {
    if (paused.due > now_) return;
    result.missed.push_back({part.id(), all_missed(*schedule_of(part)->schedule, paused.due, now_)});
  }

  // A schedule that is enabled has a next instant for as long as there is one.
  Status add_next(const Trigger& part, TriggerExplanation& result) {
    QFLOW_ASSIGN(const auto schedule, triggers_.schedule(flow_.key, part.id()));
    if (schedule && schedule->paused) {
      add_missed(part, *schedule, result);
    } else if (schedule && (!result.next || schedule->due < *result.next)) {
      result.next = schedule->due;
    }
    if (!schedule && schedule_of(part) != nullptr && is_enabled(flow_, part)) result.ended.push_back(part.id());
    return {};
  }

  Status add_sensor(const TriggerId& part, TriggerExplanation& result) {
    QFLOW_ASSIGN(auto known, triggers_.sensor(flow_.key, part));
    if (known) result.sensors.push_back({part, std::move(*known)});
    return {};
  }

  Ledger& ledger_;
  TriggerLedger& triggers_;
  const Deployment& deployment_;
  const DeployedFlow& flow_;
  const Instant now_;
  std::optional<TriggerOutcome> joined_ = {};  // the newest event that joined a run, of the parts that were added
};

// What a waiting event waits for now. What was recorded when it arrived stands where there is nothing to say: in a
// debounce, and where the flow can't be read any more.
class WaitingReasons {
 public:
  WaitingReasons(Store& store, const TriggerRegistry& types)
      : triggers_(store.ledger().triggers()), flows_(store, types) {}

  Status renew(TriggerOutcome& outcome) {
    QFLOW_ASSIGN(const auto deployment, triggers_.find_deployed(outcome.flow, outcome.name_space));
    const auto flow = deployment ? flows_.find(deployment->key).value_or(nullptr) : nullptr;
    const Trigger* heard = flow ? find_trigger(flow->triggers, outcome.trigger) : nullptr;
    if (heard == nullptr) return {};
    const Trigger& joining = heard->joining();
    QFLOW_ASSIGN(const auto correlation,
                 triggers_.waiting_under(flow->key, joining.id(), outcome.order, outcome.trigger));
    if (!correlation) return {};
    QFLOW_ASSIGN(const TriggerState state, triggers_.state(flow->key, joining.id(), *correlation));
    const WaitingEvent* waiting = find_waiting(state, outcome.order, outcome.trigger);
    if (waiting != nullptr && !waiting->held) {
      outcome.outcome.reason = "for " + missing_sources(joining, state).text;
    }
    return {};
  }

 private:
  TriggerLedger& triggers_;
  DeployedFlows flows_;
};

}  // namespace

std::optional<Instant> next_of(const TriggerExplanation& trigger) {
  std::optional<Instant> next = trigger.next;
  for (const WaitingGroup& group : trigger.waiting) {
    if (group.due && !group.expires && (!next || *group.due < *next)) next = group.due;
  }
  return next;
}

Result<std::vector<TriggerExplanation>> explain_triggers(Store& store, const TriggerRegistry& types,
                                                         const Deployment& deployment,
                                                         const std::optional<TriggerId>& wanted, Instant now) {
  DeployedFlows flows(store, types);
  QFLOW_ASSIGN(const auto flow, flows.find(deployment.key));
  TriggerExplainer explainer(store, deployment, *flow, now);
  std::vector<TriggerExplanation> explanations;
  if (wanted) {
    QFLOW_ASSIGN(const Trigger* trigger, named_trigger(*flow, *wanted));
    QFLOW_ASSIGN(explanations.emplace_back(), explainer.explain(*trigger));
    return explanations;
  }
  for (const auto& trigger : flow->triggers) {
    if (trigger->group() != nullptr) continue;
    QFLOW_ASSIGN(explanations.emplace_back(), explainer.explain(*trigger));
  }
  return explanations;
}

Result<std::vector<TriggerOutcome>> outcomes_now(Store& store, const TriggerRegistry& types, const std::string& event) {
  QFLOW_ASSIGN(std::vector<TriggerOutcome> outcomes, store.ledger().triggers().outcomes_of_event(event));
  WaitingReasons reasons(store, types);
  for (TriggerOutcome& outcome : outcomes) {
    if (outcome.outcome.outcome == Outcome::kWaiting) QFLOW_TRY(reasons.renew(outcome));
  }
  return outcomes;
}

}  // namespace qflow
