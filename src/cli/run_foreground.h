#pragma once

#include <functional>
#include <memory>

#include "cli/terminal.h"
#include "qflow/cli/command.h"
#include "qflow/service/run_execution.h"

namespace qflow {

// What commands that execute a run here have in common: their options, the stop signals, what is shown meanwhile, the
// result and the exit status.

inline constexpr OptionSpec kJobsOption = {
    .name = "jobs", .value = "N", .help = "tasks at once, 0: the number of processors (default: run.jobs of the flow)"};
inline constexpr OptionSpec kFailFastOption = {.name = "fail-fast", .help = "end running steps when one has failed"};
inline constexpr OptionSpec kResultAsJsonOption = {
    .name = "json", .help = "the result as JSON; what steps print goes to standard error"};

// The status of a command that a signal has ended.
ExitStatus status_of_signal(int signal);

Result<ExecutionOptions> read_execution_options(const Arguments& arguments);

using ExecuteRun = std::function<Result<RunResult>(const Doors&, StopSignals&, RunObserver&)>;

// `signals`: those that wait for the run already, where it has begun.
Result<ExitStatus> run_in_foreground(Context& context, OutputForm form, const ExecuteRun& execute,
                                     std::unique_ptr<StopSignals> signals = {});

}  // namespace qflow
