#pragma once

#include <optional>
#include <string>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/os/stop_signals.h"
#include "qflow/runner/runner.h"
#include "qflow/service/doors.h"
#include "qflow/service/flow_loading.h"

namespace qflow {

// `qflow run`: one run of a flow, here and now.
struct LocalRunRequest {
  std::vector<std::string> triggers;    // as `--trigger` takes them
  std::vector<std::string> parameters;  // "name=value"
  std::vector<std::string> tags;
  std::optional<std::string> context;
  std::optional<int> jobs;  // at least 1
  OnFailure on_failure = OnFailure::kFinishRunning;
};

struct RunResult {
  RunId run;
  RunStatus status = RunStatus::kSucceeded;
  std::string reason;
  std::optional<int> signal;  // that ended it
};

// Executes the flow (which has no errors) as a local run and returns when it has ended. The store is made where there
// is none, after all checks: bad parameters and triggers are errors that leave nothing behind.
Result<RunResult> run_locally(const LoadedFlow& flow, const LocalRunRequest& request, const Doors& doors,
                              StopSignals* signals, RunObserver& observer);

}  // namespace qflow
