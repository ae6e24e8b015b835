#include "cli/run_foreground.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>

#include "cli/run_view.h"
#include "cli/store_access.h"
#include "cli/terminal.h"

namespace qflow {

namespace {

// With a reader that has stalled, for whoever has ended the run by a signal and waits for the end of qflow.
constexpr std::chrono::seconds kPatience{1};

ExitStatus status_of(const RunResult& result) {
  const bool by_user = result.signal == SIGHUP || result.signal == SIGINT || result.signal == SIGTERM;
  if (by_user) return status_of_signal(*result.signal);
  return result.status == RunStatus::kSucceeded ? ExitStatus::kOk : ExitStatus::kFailed;
}

void print_failure(Context& context, const RunResult& result) {
  const std::string reason = result.reason.empty() ? "" : ": " + result.reason;
  const std::string advice =
      result.status == RunStatus::kFailed ? fmt::format("see qflow logs {} --failed", result.run.text()) : "";
  const std::string what = fmt::format("{} {}{}", result.run.text(), to_text(result.status), reason);
  print_error(context, {ErrorKind::kFailed, what, advice});
}

void print_result(Context& context, const RunResult& result, OutputForm form) {
  if (result.status != RunStatus::kSucceeded) print_failure(context, result);
  if (form == OutputForm::kJson) {
    const Json reason = result.reason.empty() ? Json() : Json(result.reason);
    print_json(context.out, {{"run", result.run.text()}, {"status", to_text(result.status)}, {"reason", reason}});
  } else {
    context.out.write(result.run.text() + "\n");
  }
}

Result<RunResult> execute_watched(Context& context, StepOutput step_output, const ExecuteRun& execute,
                                  std::unique_ptr<StopSignals> signals) {
  if (!signals) signals = std::make_unique<StopSignals>();
  RunView view(context, step_output);
  const Doors doors = doors_of(context);
  return execute(doors, *signals, view);
}

}  // namespace

ExitStatus status_of_signal(int signal) {
  if (signal == SIGHUP) return ExitStatus::kHangup;
  return signal == SIGTERM ? ExitStatus::kTerminated : ExitStatus::kInterrupted;
}

Result<ExecutionOptions> read_execution_options(const Arguments& arguments) {
  ExecutionOptions options;
  QFLOW_ASSIGN(const std::optional<std::int64_t> jobs, arguments.integer("jobs", 0, RunPolicy::kMostJobs));
  if (jobs) options.jobs = static_cast<int>(*jobs);
  if (arguments.flag("fail-fast")) options.on_failure = OnFailure::kEndRunning;
  return options;
}

Result<ExitStatus> run_in_foreground(Context& context, OutputForm form, const ExecuteRun& execute,
                                     std::unique_ptr<StopSignals> signals) {
  context.out.keep_unread();
  context.err.keep_unread();
  const StepOutput step_output = form == OutputForm::kJson ? StepOutput::kToErr : StepOutput::kToOut;
  QFLOW_ASSIGN(const RunResult result, execute_watched(context, step_output, execute, std::move(signals)));
  print_result(context, result, form);
  if (result.signal) {
    context.out.settle(kPatience);
    context.err.settle(kPatience);
  }
  return status_of(result);
}

}  // namespace qflow
