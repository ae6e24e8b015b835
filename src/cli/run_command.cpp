#include <fmt/format.h>

#include <csignal>

#include "cli/command_table.h"
#include "cli/flow_argument.h"
#include "cli/run_view.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/service/local_run.h"

namespace qflow {

namespace {

constexpr std::int64_t kMostJobs = 4096;

constexpr PositionalSpec kPositionals[] = {{.name = "FILE", .help = "the flow file", .completes = Completes::kFile}};

constexpr OptionSpec kOptions[] = {
    {.name = "trigger",
     .value = "X",
     .help = "as if X had triggered it: a run, an event by name, JSON, @FILE or id (qflow help runs)",
     .repeats = OptionSpec::Repeats::kYes,
     .completes = Completes::kRun},
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
    {.name = "jobs", .value = "N", .help = "tasks at once (default: the flow's, else the number of processors)"},
    {.name = "fail-fast", .help = "end running steps when one has failed"},
    {.name = "json", .help = "the result as JSON; what steps print goes to standard error"},
};

Result<LocalRunRequest> read_request(const Arguments& arguments) {
  LocalRunRequest request;
  request.triggers = arguments.values("trigger");
  request.parameters = arguments.values("param");
  request.tags = arguments.values("tag");
  request.context = arguments.value("context");
  QFLOW_ASSIGN(const std::optional<std::int64_t> jobs, arguments.integer("jobs", 1, kMostJobs));
  if (jobs) request.jobs = static_cast<int>(*jobs);
  if (arguments.flag("fail-fast")) request.on_failure = OnFailure::kEndRunning;
  return request;
}

ExitStatus status_of(const RunResult& result) {
  if (result.signal == SIGHUP) return ExitStatus::kHangup;
  if (result.signal == SIGINT) return ExitStatus::kInterrupted;
  if (result.signal == SIGTERM) return ExitStatus::kTerminated;
  return result.status == RunStatus::kSucceeded ? ExitStatus::kOk : ExitStatus::kFailed;
}

void print_failure(Context& context, const RunResult& result) {
  const std::string reason = result.reason.empty() ? "" : ": " + result.reason;
  const std::string advice =
      result.status == RunStatus::kFailed ? fmt::format("see qflow logs {} --failed", result.run.text()) : "";
  const std::string what = fmt::format("{} {}{}", result.run.text(), to_text(result.status), reason);
  print_error(context, {ErrorKind::kFailed, what, advice});
}

void print_result(Context& context, const RunResult& result, bool as_json) {
  if (result.status != RunStatus::kSucceeded) print_failure(context, result);
  if (as_json) {
    const Json reason = result.reason.empty() ? Json() : Json(result.reason);
    print_json(context.out, {{"run", result.run.text()}, {"status", to_text(result.status)}, {"reason", reason}});
  } else {
    context.out.write(result.run.text() + "\n");
  }
}

Result<RunResult> run_in_foreground(Context& context, const LoadedFlow& flow, const LocalRunRequest& request,
                                    StepOutput step_output) {
  StopSignals signals;
  RunView view(context, step_output);
  const Doors doors = doors_of(context);
  return run_locally(flow, request, doors, &signals, view);
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const bool as_json = arguments.flag("json");
  QFLOW_ASSIGN(const LocalRunRequest request, read_request(arguments));
  QFLOW_ASSIGN(const LoadedFlow flow, load_checked_flow(context, arguments.positionals().front()));
  QFLOW_ASSIGN(const RunResult result,
               run_in_foreground(context, flow, request, as_json ? StepOutput::kToErr : StepOutput::kToOut));
  print_result(context, result, as_json);
  return status_of(result);
}

}  // namespace

const Command kRunCommand = {
    .name = "run",
    .group = CommandGroup::kRunning,
    .summary = "run a flow now, in the foreground, as a local run",
    .description =
        "Everything is checked before the first step starts; nothing is left behind by a wrong parameter or trigger. "
        "The store is made in the working directory if there is none.\n\n"
        "Each line that a step prints is shown as `step | line`; the last line of standard output is the run's id. "
        "After a failure no new step starts, and running ones finish. Ctrl-C ends the run as cancelled, a second one "
        "at once. The end of a local run triggers nothing.",
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
