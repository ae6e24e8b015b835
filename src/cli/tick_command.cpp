#include <fmt/format.h>

#include <utility>

#include "cli/command_table.h"
#include "cli/run_view.h"
#include "cli/shifted_context.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "cli/wait_option.h"
#include "qflow/engine/due_instants.h"
#include "qflow/model/deployment.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/idle_note.h"
#include "qflow/service/ticking.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

constexpr OptionSpec kOptions[] = {
    kWaitOption,
    {.name = "dry-run", .help = "say what is due, and do nothing"},
    {.name = "at", .value = "TIME", .help = "as if it were then, for the runs too: for trying things out"},
    {.name = "json", .help = "with --dry-run: one JSON object per line"},
};

constexpr std::size_t kShownInstants = 1000;  // of one schedule

// One thing that a tick would do.
struct DueThing {
  std::string_view kind;
  std::string name = {};    // "foo.prod.bar.Flow/trigger", or a run
  std::string detail = {};  // the instant, or which were missed
  Json flow = {}, name_space = {}, trigger = {}, run = {}, missed = {};
};

// What a tick would do, in its order.
class DueList {
 public:
  DueList(Store& store, const TriggerRegistry& types, Instant now)
      : triggers_(store.ledger().triggers()), now_(now), flows_(store, types) {}

  Result<std::vector<DueThing>> read() {
    QFLOW_ASSIGN(const auto debounces, triggers_.due_debounces(now_));
    for (const DueDebounce& due : debounces) QFLOW_TRY(add("debounce", due.deployment, due.trigger));
    QFLOW_ASSIGN(const auto schedules, triggers_.due_schedules(now_, -1));
    for (const DueSchedule& due : schedules) QFLOW_TRY(add_instants(due));
    QFLOW_ASSIGN(const auto sensors, triggers_.due_sensors(now_));
    for (const DueSensor& due : sensors) QFLOW_TRY(add("sensor", due.deployment, due.trigger));
    QFLOW_ASSIGN(const auto replaced, triggers_.runs_to_cancel());
    for (const RunId& run : replaced) add_run("cancel", run);
    QFLOW_ASSIGN(const auto startable, triggers_.startable_runs(-1));
    for (const RunId& run : startable) add_run("run", run);
    return std::move(things_);
  }

  std::vector<std::string> passed_over() const { return flows_.passed_over(); }

 private:
  void add_run(std::string_view kind, const RunId& run) {
    things_.push_back({.kind = kind, .name = run.text(), .flow = run.flow.text(), .run = run.text()});
  }

  Status add(std::string_view kind, std::int64_t key, const TriggerId& trigger, std::string detail = {}) {
    QFLOW_ASSIGN(const Deployment deployment, triggers_.deployment(key));
    things_.push_back({kind, full_name(deployment) + "/" + trigger.text(), std::move(detail), deployment.flow.text(),
                       text_or_null(deployment.name_space), trigger.text()});
    return {};
  }

  Status add_instants(const DueSchedule& due) {
    QFLOW_ASSIGN(const auto flow, flows_.find_readable(due.deployment));
    if (!flow) return {};
    const Trigger* trigger = find_trigger(flow->triggers, due.trigger);
    const ScheduleSubscription* schedule = trigger != nullptr ? schedule_of(*trigger) : nullptr;
    if (schedule == nullptr) return {};
    const DueInstants instants = due_instants(*schedule, due.due, now_, kShownInstants);
    if (instants.missed) {
      QFLOW_TRY(add("missed", due.deployment, due.trigger, missed_span(*instants.missed)));
      things_.back().missed = to_json(*instants.missed);
    }
    for (const Instant at : instants.firing) {
      QFLOW_TRY(add("schedule", due.deployment, due.trigger, format_instant(at)));
    }
    return {};
  }

  TriggerLedger& triggers_;
  Instant now_;
  DeployedFlows flows_;
  std::vector<DueThing> things_;
};

Result<ExitStatus> say_what_is_due(Context& context, Store& store, OutputForm form) {
  DueList due(store, context.trigger_types, context.clock.now());
  QFLOW_ASSIGN(const std::vector<DueThing> things, due.read());
  for (const std::string& note : due.passed_over()) print_note(context, note);
  for (const DueThing& thing : things) {
    if (form == OutputForm::kJson) {
      print_json_line(context.out, {{"kind", thing.kind},
                                    {"flow", thing.flow},
                                    {"namespace", thing.name_space},
                                    {"trigger", thing.trigger},
                                    {"run", thing.run},
                                    {"at", thing.kind == "schedule" ? Json(thing.detail) : Json()},
                                    {"missed", thing.missed}});
    } else {
      const std::string detail = thing.detail.empty() ? "" : "\t" + thing.detail;
      context.out.write(fmt::format("{}\t{}{}\n", thing.kind, thing.name, detail));
    }
  }
  return ExitStatus::kOk;
}

// An idle tick opens the ledger for reading only, if at all.
Result<bool> is_idle(Context& context) {
  QFLOW_ASSIGN(const StoreLayout layout, find_store(context, StoreAccess::kRead));
  // Why it can't be confined is said by who opens it.
  if (context.files.confine(layout.root()) && is_noted_idle(layout, context.files, context.clock.now())) {
    return note_tick(layout, context.files).map([] { return true; });
  }
  // One that an older qflow made can't be read before it was opened for writing; what else is wrong, that says too.
  const auto store = open_store(context, StoreAccess::kRead);
  if (!store) return false;
  QFLOW_TRY(note_tick((*store)->layout(), context.files));
  return has_work(**store, doors_of(context)).map([](bool work) { return !work; });
}

Result<ExitStatus> tick_now(Context& context, const Arguments& arguments) {
  if (arguments.flag("dry-run")) {
    QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
    return say_what_is_due(context, *store, output_form(arguments));
  }
  QFLOW_ASSIGN(const bool idle, is_idle(context));
  if (idle && !arguments.value("wait")) return ExitStatus::kOk;
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  RunView view(context, StepOutput::kToErr);
  QFLOW_ASSIGN(const WaitBegin begin, begin_if_asked(arguments, *store));
  const Doors doors = doors_of(context);
  RunDispatcher dispatcher(*store, doors);
  QFLOW_ASSIGN(const TickReport report, tick(*store, doors, dispatcher, view));
  if (context.options.verbosity == Verbosity::kVerbose) {
    print_note(
        context,
        fmt::format("debounces over: {}; schedules due: {}; looks at sensors: {}, changes: {}; processes started: {}",
                    report.debounces, report.schedules, report.looks, report.changes, report.started));
  }
  return wait_if_asked(context, arguments, *store, begin, dispatcher);
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_TRY(check_wait_option(arguments));
  if (arguments.flag("json") && !arguments.flag("dry-run")) {
    return fail(ErrorKind::kUsage, "option --json belongs to --dry-run",
                "a tick prints nothing; see qflow runs --json");
  }
  if (arguments.flag("wait") && arguments.flag("dry-run")) {
    return fail(ErrorKind::kUsage, "--wait and --dry-run exclude each other", "a dry run starts nothing to wait for");
  }
  const auto at = arguments.value("at");
  if (!at) return tick_now(context, arguments);
  QFLOW_ASSIGN(const Instant instant, parse_datetime(*at));
  const Duration shift = instant - context.clock.now();
  QFLOW_ASSIGN(Environment environment, with_further_shift(context.environment, shift));
  ShiftedContext shifted(context, shift, std::move(environment));
  return tick_now(shifted.context(), arguments);
}

}  // namespace

const Command kTickCommand = {
    .name = "tick",
    .group = CommandGroup::kTriggers,
    .summary = "do what is due, and return: made for cron",
    .description =
        "Fires the schedules whose instants have come, and what a debounce held back; looks at the sensors that are "
        "due; starts the queued runs, by processes of their own, at most max_workers of config.toml at once; recovers "
        "runs whose process was killed. Any number of ticks may run at once: each instant, and each change that a "
        "sensor sees, starts exactly one run.\n\n"
        "With --wait it returns when no deployed run is queued or running any more; its status is 1 when one of them "
        "failed.\n\n"
        "With --at the clock of this command and of its runs goes on from TIME. Instants that have come once do not "
        "come again, so try that out in a store of its own (--store).",
    .json =
        "(of --dry-run) one object per thing that would be done: {kind, flow, namespace, trigger, run, at, missed: "
        "{count, first, last}}; kind is debounce, schedule, missed, sensor, cancel or run (queued, with no other in "
        "its way; how many start at once is up to max_workers), and what does not belong to it is null",
    .examples =
        "  * * * * * cd /srv/project && qflow tick        # in the crontab\n"
        "  $ qflow tick --wait=10m\n"
        "  $ qflow tick --dry-run --at 2026-11-22T03:00:30Z\n",
    .options = kOptions,
    .run = run,
    .excess_advice = wait_advice,
};

}  // namespace qflow
