#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/namespace_options.h"
#include "cli/run_foreground.h"
#include "cli/run_view.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/service/activation.h"
#include "qflow/service/deployment_reference.h"
#include "qflow/service/run_claim.h"

namespace qflow {

namespace {

constexpr std::int64_t kMostBatches = 9'000'000'000'000'000;

constexpr OptionSpec kOwnOptions[] = {
    {.name = "flow-id", .value = "F", .help = "the deployed flow", .completes = Completes::kDeployedFlow},
    {.name = "trigger-id",
     .value = "T",
     .help = "one of its triggers: its condition counts as met",
     .completes = Completes::kTriggerId},
    {.name = "batch-id", .value = "N", .help = "event.payload.batch_id, and the parameter of that name (1)"},
    {.name = "context", .value = "C", .help = "the context of the run"},
    {.name = "correlation", .value = "V", .help = "which of the correlation values that wait"},
    {.name = "param",
     .short_name = 'p',
     .value = "K=V",
     .help = "the value of a parameter; wins over what events set",
     .repeats = OptionSpec::Repeats::kYes,
     .completes = Completes::kParameter},
    {.name = "from", .value = "TIME", .help = "a schedule: run its instants from then on, one after the other"},
    {.name = "until", .value = "TIME", .help = "and before then"},
    {.name = "detach", .help = "print the run's id and return; the run goes on by itself"},
    kResultAsJsonOption,
};

constexpr auto kOptions = with_namespace_options(kOwnOptions);

Result<Deployment> wanted_deployment(Context& context, const Arguments& arguments, Store& store) {
  const std::optional<std::string> flow = arguments.value("flow-id");
  if (!flow) return fail(ErrorKind::kUsage, "qflow trigger needs --flow-id", "see qflow help trigger");
  QFLOW_ASSIGN(const NamespaceOverride options, read_namespace(arguments));
  QFLOW_ASSIGN(Deployment deployment, find_deployment(store, *flow, options, context.environment));
  if (!options.empty()) {
    const auto known = options.project ? std::nullopt : project_of(deployment.name_space);
    QFLOW_ASSIGN(const auto project, override_project(known, options));
    print_namespace_note(context, project);
  }
  return deployment;
}

Result<ActivationRequest> read_request(Context& context, const Arguments& arguments, Store& store) {
  ActivationRequest request;
  QFLOW_ASSIGN(request.deployment, wanted_deployment(context, arguments, store));
  if (const auto trigger = arguments.value("trigger-id")) {
    QFLOW_ASSIGN(request.trigger, TriggerId::parse(*trigger));
  }
  QFLOW_ASSIGN(request.batch_id, arguments.integer("batch-id", 0, kMostBatches));
  QFLOW_ASSIGN(request.context, arguments.text("context"));
  request.parameters = arguments.values("param");
  QFLOW_ASSIGN(request.correlation, arguments.text("correlation"));
  if (request.correlation && !request.trigger) {
    return fail(ErrorKind::kUsage, "--correlation needs the --trigger-id of the trigger whose events wait",
                "see qflow help trigger");
  }
  return request;
}

Result<ExitStatus> detach(Context& context, Store& store, const RunId& run, OutputForm form) {
  const Doors doors = doors_of(context);
  RunView view(context, StepOutput::kToErr);
  if (form == OutputForm::kJson) {
    print_json(context.out, {{"run", run.text()}, {"status", to_text(RunStatus::kQueued)}, {"reason", Json()}});
  } else {
    context.out.write(run.text() + "\n");
  }
  // The run is there, whatever keeps it from being started now.
  context.out.flush();
  QFLOW_TRY(RunDispatcher(store, doors).start_queued(view));
  return ExitStatus::kOk;
}

Result<ExitStatus> follow_activation(Context& context, Store& store, ActivatedRun activated, OutputForm form) {
  const auto execute = [&](const Doors& doors, StopSignals& signals, RunObserver& observer) {
    if (activated.claimed) return execute_by_hand(store, std::move(*activated.claimed), doors, signals, observer);
    RunDispatcher dispatcher(store, doors);
    return execute_in_turn(store, *activated.run, dispatcher, doors, signals, observer);
  };
  return run_in_foreground(context, form, execute, std::move(activated.signals));
}

void print_without_run(Context& context, OutputForm form, const std::string& reason) {
  if (form == OutputForm::kText) return;
  print_json(context.out, {{"run", Json()}, {"status", Json()}, {"reason", reason}});
}

Result<ExitStatus> activate_once(Context& context, const Arguments& arguments, Store& store,
                                 const ActivationRequest& request) {
  const OutputForm form = output_form(arguments);
  auto tried = activate_flow(store, request, doors_of(context));
  if (!tried && tried.error().kind == ErrorKind::kBusy) print_without_run(context, form, tried.error().message);
  QFLOW_ASSIGN(ActivatedRun activated, std::move(tried));
  if (!activated.run) {
    print_without_run(context, form, activated.reason);
    print_note(context, fmt::format("{}; see qflow explain {}", activated.reason, full_name(request.deployment)));
    return ExitStatus::kNothingMatched;
  }
  if (!request.start_here) return detach(context, store, *activated.run, form);
  return follow_activation(context, store, std::move(activated), form);
}

Result<Backfill> wanted_instants(const Context& context, const Arguments& arguments, Store& store,
                                 const ActivationRequest& request) {
  const auto from = arguments.value("from"), until = arguments.value("until");
  if (!from || !until) return fail(ErrorKind::kUsage, "--from and --until belong together", "see qflow help trigger");
  if (!request.trigger) return fail(ErrorKind::kUsage, "--from needs the schedule's --trigger-id");
  if (!request.start_here) {
    return fail(ErrorKind::kUsage, "--detach does not go with --from",
                "the runs come one after the other while this command lasts");
  }
  QFLOW_ASSIGN(const Instant first, parse_datetime(*from));
  QFLOW_ASSIGN(const Instant end, parse_datetime(*until));
  if (end <= first) return fail(ErrorKind::kUsage, "option --until: it is not later than --from");
  return backfill_instants(store, context.trigger_types, request.deployment, *request.trigger, first, end);
}

bool was_ended_by_user(ExitStatus status) {
  return status == ExitStatus::kHangup || status == ExitStatus::kInterrupted || status == ExitStatus::kTerminated;
}

void note_left(Context& context, const std::vector<Instant>& instants, std::size_t next, const std::string& until) {
  if (next == instants.size()) return;
  print_note(context, fmt::format("{} of {} instants were not run; --from {} --until {} goes on with them",
                                  instants.size() - next, instants.size(), format_instant(instants[next]), until));
}

// A run that fails does not keep the later instants from running.
Result<ExitStatus> backfill(Context& context, const Arguments& arguments, Store& store, ActivationRequest request) {
  QFLOW_ASSIGN(const Backfill wanted, wanted_instants(context, arguments, store, request));
  for (const auto& [instant, reason] : wanted.filtered) {
    const std::string note = fmt::format("{} is filtered: {}", format_instant(instant), reason);
    print_without_run(context, output_form(arguments), note);
    print_note(context, note);
  }
  const std::vector<Instant>& instants = wanted.instants;
  ExitStatus worst = instants.empty() ? ExitStatus::kNothingMatched : ExitStatus::kOk;
  for (std::size_t i = 0; i < instants.size(); ++i) {
    print_note(context, fmt::format("{} of {}: {}", i + 1, instants.size(), format_instant(instants[i])));
    request.due = instants[i];
    QFLOW_ASSIGN(const ExitStatus status, activate_once(context, arguments, store, request));
    if (was_ended_by_user(status)) {
      note_left(context, instants, i + 1, *arguments.value("until"));
      return status;
    }
    if (status != ExitStatus::kOk) worst = status;
  }
  return worst;
}

std::string excess_advice(const Arguments& arguments) {
  if (arguments.flag("flow-id")) return {};
  return "write qflow trigger --flow-id " + printable(arguments.positionals().front());
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(ActivationRequest request, read_request(context, arguments, *store));
  request.start_here = !arguments.flag("detach");
  const bool is_backfill = arguments.value("from") || arguments.value("until");
  return is_backfill ? backfill(context, arguments, *store, std::move(request))
                     : activate_once(context, arguments, *store, request);
}

}  // namespace

const Command kTriggerCommand = {
    .name = "trigger",
    .group = CommandGroup::kTriggers,
    .summary = "start a deployed flow, or one of its triggers, by hand",
    .description =
        "The run is a deployed one, starts at once and is followed as with qflow run. With --trigger-id the condition "
        "of that trigger counts as met, with the events that wait for it. It obeys when_busy (skip: status 5), and "
        "does not wait for a debounce. A leg of a group that still waits for others makes no run: status 4. In a step its "
        "run is the cause of the new one; without --detach one that would have to wait for the end of the step's own "
        "run is refused: status 5.\n\n"
        "With --from and --until a schedule's instants in that span run in order, one after the other, also those that "
        "ran before (a backfill), but for those that its `when` filters. A run that fails does not stop it.",
    .json =
        "one object: {run, status, reason}; of a backfill one for each instant; without a run, run and status are null",

    .examples =
        "  $ qflow trigger --flow-id PredictionFlow\n"
        "  $ qflow trigger --flow-id NightlyFlow --trigger-id nightly --from 2026-11-01 --until 2026-11-08\n"
        "  $ qflow trigger --flow-id DailyFlow --trigger-id all_hours --correlation 2026-11-20\n",
    .options = kOptions,
    .run = run,
    .excess_advice = excess_advice,
};

}  // namespace qflow
