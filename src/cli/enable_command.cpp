#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/deployed_argument.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/deployment.h"
#include "qflow/service/deployment_reference.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "FLOW[/TRIGGER]",
                                            .help = "a deployed flow, or one of its triggers",
                                            .completes = Completes::kDeployedTrigger}};

constexpr OptionSpec kDisableOptions[] = {
    {.name = "reason", .value = "TEXT", .help = "why; flows and explain show it"}};

// Its word stands until the next deploy.
Status refuse_if_file_disables(Store& store, const TriggerRegistry& types, const Deployment& deployment,
                               const TriggerId& trigger) {
  DeployedFlows flows(store, types);
  QFLOW_ASSIGN(const auto flow, flows.find(deployment.key));
  QFLOW_ASSIGN(const Trigger* known, named_trigger(*flow, trigger));
  if (known->rules().enabled) return {};
  if (is_web_hook(*known)) {
    return fail(
        ErrorKind::kRefused,
        fmt::format("{}/{} stays disabled: nothing serves web hooks yet", full_name(deployment), trigger.text()),
        fmt::format("qflow trigger --flow-id {} starts the flow", full_name(deployment)));
  }
  return fail(ErrorKind::kRefused,
              fmt::format("{}/{} stays disabled: its flow file says so", full_name(deployment), trigger.text()),
              fmt::format("set enabled = true in {}, and qflow deploy that", printable(deployment.flow_file)));
}

// Instants of a leg start nothing alone, and those of a disabled schedule nothing at all.
bool can_be_run(const DeployedFlow& flow, const TriggerId& schedule) {
  const Trigger* trigger = find_trigger(flow.triggers, schedule);
  return trigger != nullptr && &trigger->joining() == trigger && is_enabled(flow, *trigger);
}

Status note_missed(Context& context, Store& store, const Deployment& deployment,
                   const std::vector<MissedBySchedule>& all) {
  if (all.empty()) return {};
  DeployedFlows flows(store, context.trigger_types);
  QFLOW_ASSIGN(const auto known, flows.find(deployment.key));
  const std::string flow = full_name(deployment);
  for (const auto& [schedule, missed] : all) {
    std::string note = fmt::format("{}/{} missed {}", flow, schedule.text(), missed_span(missed));
    if (can_be_run(*known, schedule)) {
      note += fmt::format("; qflow trigger --flow-id {} --trigger-id {} --from {} --until {} runs that", flow,
                          schedule.text(), format_instant(missed.first),
                          format_instant(missed.last + std::chrono::seconds(1)));
    }
    print_note(context, note);
  }
  return {};
}

Result<ExitStatus> switch_to(Context& context, const Arguments& arguments, bool enabled, const std::string& reason) {
  QFLOW_ASSIGN(const DeployedArgument argument, parse_deployed_argument(arguments.positionals().front()));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(const Deployment deployment, find_deployment(*store, argument.flow));
  const Doors doors = doors_of(context);
  QFLOW_ASSIGN(const SwitchReport report,
               set_enabled(*store, deployment.key, argument.trigger, enabled, reason, doors));
  if (enabled && argument.trigger)
    QFLOW_TRY(refuse_if_file_disables(*store, context.trigger_types, deployment, *argument.trigger));
  const std::string trigger = argument.trigger ? "/" + argument.trigger->text() : "";
  context.out.write(fmt::format("{}{} is {}\n", full_name(deployment), trigger, enabled ? "enabled" : "disabled"));
  for (const std::string& note : report.notes) print_note(context, note);
  QFLOW_TRY(note_missed(context, *store, deployment, report.missed));
  return ExitStatus::kOk;
}

Result<ExitStatus> enable(Context& context, const Arguments& arguments) {
  return switch_to(context, arguments, true, "");
}

Result<ExitStatus> disable(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const std::optional<std::string> reason, arguments.text("reason"));
  return switch_to(context, arguments, false, reason.value_or(""));
}

}  // namespace

const Command kEnableCommand = {
    .name = "enable",
    .group = CommandGroup::kTriggers,
    .summary = "let events count again for a flow or one of its triggers",
    .description =
        "What happened while it was disabled stays filtered; what waited before goes on waiting. What a schedule missed "
        "is recorded as one event, which explain shows; qflow trigger --from --until runs it. A trigger that its flow "
        "file disables stays so: status 4.",
    .examples = "  $ qflow enable PredictionFlow/after_training\n",
    .positionals = kPositionals,
    .run = enable,
};

const Command kDisableCommand = {
    .name = "disable",
    .group = CommandGroup::kTriggers,
    .summary = "let no event count for a flow or one of its triggers",
    .description =
        "Events are filtered with the reason \"disabled\"; what waits keeps waiting, but a debounce that ends expires "
        "its events. It stays so across a redeploy, until qflow enable.",
    .examples = "  $ qflow disable PredictionFlow --reason 'the model is being moved'\n",
    .positionals = kPositionals,
    .options = kDisableOptions,
    .run = disable,
};

}  // namespace qflow
