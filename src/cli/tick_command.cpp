#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/run_view.h"
#include "cli/shifted_context.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "cli/wait_option.h"
#include "qflow/engine/due_instants.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/deployment.h"
#include "qflow/service/idle_note.h"
#include "qflow/service/ticking.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

constexpr OptionSpec kOptions[] = {
    kWaitOption,
    {.name = "dry-run", .help = "say what is due, and do nothing"},
    {.name = "at", .value = "TIME", .help = "as if it were then, for the runs too: for trying things out"},
};

constexpr std::size_t kShownInstants = 1000;  // of one schedule

Status say_which_instants_are_due(Context& context, Store& store) {
  const Instant now = context.clock.now();
  DeployedFlows flows(store);
  QFLOW_ASSIGN(const auto schedules, store.ledger().triggers().due_schedules(now, -1));
  for (const DueSchedule& due : schedules) {
    QFLOW_ASSIGN(const auto flow, flows.find(due.deployment));
    const Trigger* trigger = find_trigger(flow->triggers, due.trigger);
    const ScheduleSubscription* schedule = trigger != nullptr ? schedule_of(*trigger) : nullptr;
    if (schedule == nullptr) continue;
    const DueInstants instants = due_instants(*schedule, due.due, now, kShownInstants);
    const std::string name = full_name(*flow) + "/" + due.trigger.text();
    if (instants.missed) {
      context.out.write(fmt::format("missed\t{}\t{}\n", name, missed_span(*instants.missed)));
    }
    for (const Instant at : instants.firing) {
      context.out.write(fmt::format("schedule\t{}\t{}\n", name, format_instant(at)));
    }
  }
  return {};
}

Result<ExitStatus> say_what_is_due(Context& context, Store& store) {
  TriggerLedger& triggers = store.ledger().triggers();
  QFLOW_ASSIGN(const auto debounces, triggers.due_debounces(context.clock.now()));
  for (const DueDebounce& due : debounces) {
    QFLOW_ASSIGN(const Deployment deployment, triggers.deployment(due.deployment));
    context.out.write(fmt::format("debounce\t{}/{}\n", deployment.flow.text(), due.trigger.text()));
  }
  QFLOW_TRY(say_which_instants_are_due(context, store));
  QFLOW_ASSIGN(const auto sensors, triggers.due_sensors(context.clock.now()));
  for (const DueSensor& due : sensors) {
    QFLOW_ASSIGN(const Deployment deployment, triggers.deployment(due.deployment));
    context.out.write(fmt::format("sensor\t{}/{}\n", full_name(deployment), due.trigger.text()));
  }
  QFLOW_ASSIGN(const auto replaced, triggers.runs_to_cancel());
  for (const RunId& run : replaced) context.out.write(fmt::format("cancel\t{}\n", run.text()));
  QFLOW_ASSIGN(const auto startable, triggers.startable_runs(-1));
  for (const RunId& run : startable) context.out.write(fmt::format("run\t{}\n", run.text()));
  return ExitStatus::kOk;
}

// An idle tick opens the ledger for reading only, if at all.
Result<bool> is_idle(Context& context) {
  QFLOW_ASSIGN(const StoreLayout layout, find_store(context, StoreAccess::kRead));
  // Why it can't be confined is said by who opens it.
  if (context.files.confine(layout.root()) && is_noted_idle(layout, context.files, context.clock.now())) {
    return note_tick(layout, context.files).map([] { return true; });
  }
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  QFLOW_TRY(note_tick(store->layout(), context.files));
  return has_work(*store, doors_of(context)).map([](bool work) { return !work; });
}

Result<ExitStatus> tick_now(Context& context, const Arguments& arguments) {
  if (arguments.flag("dry-run")) {
    QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
    return say_what_is_due(context, *store);
  }
  QFLOW_ASSIGN(const bool idle, is_idle(context));
  if (idle && !arguments.value("wait")) return ExitStatus::kOk;
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  RunView view(context, StepOutput::kToErr);
  QFLOW_ASSIGN(const WaitBegin begin, begin_if_asked(context, arguments, *store));
  QFLOW_ASSIGN(const TickReport report, tick(*store, doors_of(context), view));
  if (context.options.verbosity == Verbosity::kVerbose) {
    print_note(
        context,
        fmt::format("debounces over: {}; schedules due: {}; looks at sensors: {}, changes: {}; processes started: {}",
                    report.debounces, report.schedules, report.looks, report.changes, report.started));
  }
  return wait_if_asked(context, arguments, *store, begin);
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_TRY(check_wait_option(arguments));
  const auto at = arguments.value("at");
  if (!at) return tick_now(context, arguments);
  QFLOW_ASSIGN(const Instant instant, parse_datetime(*at));
  ShiftedContext shifted(context, instant - context.clock.now());
  return tick_now(shifted.context(), arguments);
}

}  // namespace

const Command kTickCommand = {
    .name = "tick",
    .group = CommandGroup::kTriggers,
    .summary = "do what is due, and return: made for cron",
    .description =
        "Fires the schedules whose instants have come, and what a debounce held back; looks at the sensors that are "
        "due; starts the queued runs, each in "
        "a "
        "process of its own, at most max_workers of config.toml at once; recovers runs whose process was killed. Any "
        "number of ticks may run at once: each instant, and each change that a sensor sees, starts exactly one run.\n\n"
        "With --wait it returns when no deployed run is queued or running any more; its status is 1 when one of them "
        "failed.\n\n"
        "With --at the clock of this command and of its runs goes on from TIME. Instants that have come once do not "
        "come "
        "again, so try that out in a store of its own (--store).",
    .examples =
        "  * * * * * cd /srv/project && qflow tick        # in the crontab\n"
        "  $ qflow tick --wait=10m\n"
        "  $ qflow tick --dry-run --at 2026-11-22T03:00:30Z\n",
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
