#include <fmt/format.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/flow_argument.h"
#include "cli/namespace_options.h"
#include "cli/run_foreground.h"
#include "cli/run_view.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/model/tag.h"
#include "qflow/service/local_run.h"
#include "qflow/service/trigger_arguments.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "FILE|FLOW",
     .help = "the flow file, or a flow of the store: as it is deployed, else as at its newest run",
     .completes = Completes::kFlowOrFile}};

constexpr OptionSpec kOwnOptions[] = {
    {.name = "trigger",
     .value = "X",
     .help = "as if X had triggered it: a run, an event by name, JSON, @FILE or id (qflow help runs)",
     .repeats = OptionSpec::Repeats::kYes,
     .completes = Completes::kSource},
    {.name = "param",
     .short_name = 'p',
     .value = "K=V",
     .help = "the value of a parameter; wins over what a trigger sets",
     .repeats = OptionSpec::Repeats::kYes,
     .completes = Completes::kParameter},
    {.name = "tag",
     .value = "T",
     .help = "a tag of the run",
     .repeats = OptionSpec::Repeats::kYes,
     .completes = Completes::kTag},
    {.name = "context", .value = "C", .help = "the context of the run"},
    kJobsOption,
    kFailFastOption,
    {.name = "detach", .help = "run in a process of its own; print the run's id and return"},
    kResultAsJsonOption,
};

constexpr auto kOptions = with_namespace_options(kOwnOptions);

Result<LocalRunRequest> read_request(const Arguments& arguments) {
  LocalRunRequest request;
  request.triggers = arguments.values("trigger");
  if (std::count(request.triggers.begin(), request.triggers.end(), "-") > 1) {
    return fail(ErrorKind::kUsage, "option --trigger: standard input can be read once only, and - is given twice",
                "write the events into files, and name them with --trigger @FILE");
  }
  request.parameters = arguments.values("param");
  request.tags = arguments.values("tag");
  for (const std::string& tag : request.tags) QFLOW_TRY(check_tag(tag));
  QFLOW_ASSIGN(request.context, arguments.text("context"));
  QFLOW_ASSIGN(request.execution, read_execution_options(arguments));
  return request;
}

Result<ExitStatus> run_in_background(Context& context, const LoadedFlow& flow, const LocalRunRequest& request,
                                     OutputForm form) {
  RunView view(context, StepOutput::kToErr);
  const Doors doors = doors_of(context);
  QFLOW_ASSIGN(const RunId run, run_detached(flow, request, doors, view));
  if (form == OutputForm::kJson) {
    print_json(context.out, {{"run", run.text()}, {"status", to_text(RunStatus::kQueued)}, {"reason", Json()}});
  } else {
    context.out.write(run.text() + "\n");
  }
  return ExitStatus::kOk;
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const OutputForm form = output_form(arguments);
  QFLOW_ASSIGN(LocalRunRequest request, read_request(arguments));
  QFLOW_ASSIGN(const NamespaceOverride changes, read_namespace(arguments));
  QFLOW_ASSIGN(const LoadedFlow flow, load_file_or_flow(context, arguments.positionals().front(), changes));
  QFLOW_ASSIGN(request.triggers, read_written_events(std::move(request.triggers), doors_of(context)));
  if (arguments.flag("detach")) return run_in_background(context, flow, request, form);
  return run_in_foreground(context, form, [&](const Doors& doors, StopSignals& signals, RunObserver& observer) {
    return run_locally(flow, request, doors, &signals, observer);
  });
}

}  // namespace

const Command kRunCommand = {
    .name = "run",
    .group = CommandGroup::kRunning,
    .summary = "run a flow now, as a local run",
    .description =
        "Everything is checked before the first step starts; nothing is left behind by a wrong parameter or trigger. "
        "The store is made in the working directory if there is none.\n\n"
        "Each line that a step prints is shown as `step | line`; the last line of standard output is the run's id. "
        "After a failure no new step starts, and running ones finish. Ctrl-C ends the run as cancelled, a second one "
        "at once. The end of a local run triggers nothing.\n\n"
        "Runs in the store whose process was killed are recorded as crashed first, and what is left of them is ended; "
        "qflow resume goes on with what they have done.",
    .json = "one object: {run, status, reason}",
    .examples =
        "  $ qflow run flow.toml -p name=Ada\n"
        "  $ qflow run prediction.toml --trigger TrainingFlow/34\n"
        "  $ qflow run data.toml --trigger first --trigger '{\"name\": \"second\", \"payload\": {\"x\": 1}}'\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
