#pragma once

#include <optional>
#include <string>

#include "qflow/os/stop_signals.h"
#include "qflow/runner/runner.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// How a run is executed, beside what its flow says.
struct ExecutionOptions {
  std::optional<int> jobs;  // tasks at once; 0: the number of processors
  OnFailure on_failure = OnFailure::kFinishRunning;
};

struct RunResult {
  RunId run;
  RunStatus status = RunStatus::kSucceeded;
  std::string reason;
  std::optional<int> signal;  // that ended it
};

// Executes a run that waits in the ledger, from where it stands: what an earlier process recorded of it is not done
// again. `lock` is the run's, when the caller has it already. kBusy when another process executes the run, or it does
// not wait.
Result<RunResult> execute_queued_run(Store& store, const RunId& run, FileHandle lock, const ExecutionOptions& options,
                                     const Doors& doors, StopSignals* signals, RunObserver& observer);

// Starts a process of its own that executes the queued run: in a session of its own, without a terminal, with the
// lock, which so is never free in between. Its notes are in executor.log in the run's folder.
Status start_executor(Store& store, const RunId& run, const FileHandle& lock, const ExecutionOptions& options,
                      const Doors& doors);

}  // namespace qflow
