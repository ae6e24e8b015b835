#include "cli/scheduled_trigger.h"

#include <fmt/format.h>

#include <optional>

#include "cli/deployed_argument.h"
#include "cli/flow_argument.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/service/event_intake.h"

namespace qflow {

namespace {

const ScheduleSubscription* schedule_of(const Trigger& trigger) {
  const std::vector<Subscription>& sources = trigger.subscriptions();
  return sources.empty() ? nullptr : std::get_if<ScheduleSubscription>(&sources.front());
}

std::optional<ScheduledTrigger> scheduled(const std::string& flow, const Trigger& trigger) {
  const ScheduleSubscription* subscription = schedule_of(trigger);
  if (subscription == nullptr) return std::nullopt;
  return ScheduledTrigger{flow, trigger.id().text(), subscription->schedule};
}

// The named trigger has to be a schedule.
Status check_trigger(const DeployedFlow& flow, const std::string& name, const TriggerId& wanted) {
  std::vector<std::string> known;
  for (const auto& trigger : flow.triggers) {
    if (trigger->id() == wanted && schedule_of(*trigger) == nullptr) {
      return fail(ErrorKind::kInvalid, fmt::format("{}/{} is no schedule", name, wanted.text()),
                  "it is of type " + trigger->rules().type);
    }
    if (trigger->id() == wanted) return {};
    known.push_back(trigger->id().text());
  }
  return fail(ErrorKind::kNotFound, fmt::format("{} has no trigger {}", name, quoted(wanted.text())),
              did_you_mean_or_list(wanted.text(), known));
}

}  // namespace

std::string heading_of(const ScheduledTrigger& trigger) {
  const ScheduleRules& rules = trigger.schedule->rules();
  const std::string name = trigger.flow.empty() ? "" : trigger.name() + "  ";
  if (const auto* every = std::get_if<Duration>(&rules.rhythm)) return name + "every " + format_duration(*every);
  const auto& cron = std::get<CronExpression>(rules.rhythm);
  return fmt::format("{}{}: {} ({})", name, cron.canonical(), cron.sentence(), rules.zone->name());
}

Result<std::vector<ScheduledTrigger>> schedules_of_file(Context& context, const std::string& file) {
  QFLOW_ASSIGN(const LoadedFlow flow, load_checked_flow(context, file));
  std::vector<ScheduledTrigger> schedules;
  for (const auto& trigger : flow.triggers) {
    auto one = scheduled(flow.definition->id.text(), *trigger);
    if (!one) continue;
    if (trigger->rules().enabled) {
      schedules.push_back(std::move(*one));
    } else {
      print_note(context, one->name() + " is disabled");
    }
  }
  return schedules;
}

Result<std::vector<ScheduledTrigger>> deployed_schedules(Context& context, Store& store, const std::string& argument) {
  QFLOW_ASSIGN(const DeployedArgument wanted, parse_deployed_argument(argument));
  QFLOW_ASSIGN(const Deployment deployment, find_deployment(store, wanted.flow));
  DeployedFlows flows(store);
  QFLOW_ASSIGN(const auto flow, flows.find(deployment.key));
  const std::string name = full_name(deployment);
  if (wanted.trigger) QFLOW_TRY(check_trigger(*flow, name, *wanted.trigger));
  std::vector<ScheduledTrigger> schedules;
  for (const auto& trigger : flow->triggers) {
    auto one = scheduled(name, *trigger);
    if (!one || (wanted.trigger && trigger->id() != *wanted.trigger)) continue;
    const bool enabled = is_enabled(*flow, *trigger);
    if (!enabled) print_note(context, one->name() + " is disabled");
    if (enabled || wanted.trigger) schedules.push_back(std::move(*one));
  }
  return schedules;
}

Result<std::vector<ScheduledTrigger>> all_deployed_schedules(Store& store) {
  QFLOW_ASSIGN(const std::vector<Deployment> deployments, store.ledger().triggers().deployments());
  DeployedFlows flows(store);
  std::vector<ScheduledTrigger> schedules;
  for (const Deployment& deployment : deployments) {
    QFLOW_ASSIGN(const auto flow, flows.find(deployment.key));
    for (const auto& trigger : flow->triggers) {
      auto one = scheduled(full_name(deployment), *trigger);
      if (one && is_enabled(*flow, *trigger)) schedules.push_back(std::move(*one));
    }
  }
  return schedules;
}

}  // namespace qflow
