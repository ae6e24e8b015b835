#include "cli/scheduled_trigger.h"

#include <fmt/format.h>

#include <optional>

#include "cli/deployed_argument.h"
#include "cli/flow_argument.h"
#include "cli/terminal.h"
#include "qflow/engine/due_instants.h"
#include "qflow/model/project_namespace.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/deployment_reference.h"
#include "qflow/trigger/trigger_sentence.h"

namespace qflow {

namespace {

std::optional<ScheduledTrigger> scheduled(const FlowId& flow, const std::string& name_space, const Trigger& trigger) {
  const ScheduleSubscription* subscription = schedule_of(trigger);
  if (subscription == nullptr) return std::nullopt;
  return ScheduledTrigger{flow, name_space, trigger.id().text(), subscription->schedule};
}

Result<std::optional<ScheduledTrigger>> deployed_schedule(Store& store, const DeployedFlow& flow,
                                                          const Trigger& trigger) {
  auto one = scheduled(flow.definition->id, flow.name_space, trigger);
  if (!one) return one;
  QFLOW_ASSIGN(const auto known, store.ledger().triggers().schedule(flow.key, trigger.id()));
  if (known && !known->paused) one->due = known->due;
  return one;
}

// The named trigger has to be a schedule.
Status check_trigger(const DeployedFlow& flow, const TriggerId& wanted) {
  QFLOW_ASSIGN(const Trigger* trigger, named_trigger(flow, wanted));
  if (schedule_of(*trigger) != nullptr) return {};
  return fail(ErrorKind::kInvalid, fmt::format("{}/{} is no schedule", full_name(flow), wanted.text()),
              "it is of type " + trigger->rules().type);
}

}  // namespace

std::string ScheduledTrigger::name() const {
  return flow ? qualified_name(name_space, *flow) + "/" + trigger : "";
}

std::string heading_of(const ScheduledTrigger& trigger) {
  const ScheduleRules& rules = trigger.schedule->rules();
  const std::string name = trigger.flow ? trigger.name() + "  " : "";
  const std::string span = describe_span(rules);
  if (const auto* every = std::get_if<Duration>(&rules.rhythm)) return name + "every " + format_duration(*every) + span;
  const auto& cron = std::get<CronExpression>(rules.rhythm);
  return fmt::format("{}{}: {} ({}){}", name, cron.canonical(), cron.sentence(), rules.zone->name(), span);
}

Result<std::vector<ScheduledTrigger>> schedules_of_file(Context& context, const std::string& file) {
  QFLOW_ASSIGN(const LoadedFlow flow, load_checked_flow(context, file));
  std::vector<ScheduledTrigger> schedules;
  bool has_schedule = false;
  for (const auto& trigger : flow.triggers) {
    auto one = scheduled(flow.definition->id, "", *trigger);
    if (!one) continue;
    has_schedule = true;
    if (trigger->rules().enabled) {
      schedules.push_back(std::move(*one));
    } else {
      print_note(context, one->name() + " is disabled");
    }
  }
  if (!has_schedule) print_note(context, file + " has no schedule");
  return schedules;
}

Result<std::vector<ScheduledTrigger>> deployed_schedules(Context& context, Store& store, const std::string& argument) {
  QFLOW_ASSIGN(const DeployedArgument wanted, parse_deployed_argument(argument));
  QFLOW_ASSIGN(const Deployment deployment, find_deployment(store, wanted.flow));
  DeployedFlows flows(store, context.trigger_types);
  QFLOW_ASSIGN(const auto flow, flows.find(deployment.key));
  if (wanted.trigger) QFLOW_TRY(check_trigger(*flow, *wanted.trigger));
  std::vector<ScheduledTrigger> schedules;
  bool has_schedule = false;
  for (const auto& trigger : flow->triggers) {
    QFLOW_ASSIGN(auto one, deployed_schedule(store, *flow, *trigger));
    if (!one || (wanted.trigger && trigger->id() != *wanted.trigger)) continue;
    has_schedule = true;
    const bool enabled = is_enabled(*flow, *trigger);
    if (!enabled) print_note(context, one->name() + " is disabled");
    if (enabled || wanted.trigger) schedules.push_back(std::move(*one));
  }
  if (!has_schedule) print_note(context, argument + " has no schedule");
  return schedules;
}

Result<std::vector<ScheduledTrigger>> all_deployed_schedules(Context& context, Store& store) {
  DeployedFlows deployed(store, context.trigger_types);
  QFLOW_ASSIGN(const auto flows, deployed.all_readable());
  for (const std::string& note : deployed.passed_over()) print_note(context, note);
  std::vector<ScheduledTrigger> schedules;
  for (const auto& flow : flows) {
    for (const auto& trigger : flow->triggers) {
      QFLOW_ASSIGN(auto one, deployed_schedule(store, *flow, *trigger));
      if (one && is_enabled(*flow, *trigger)) schedules.push_back(std::move(*one));
    }
  }
  return schedules;
}

}  // namespace qflow
