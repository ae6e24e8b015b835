#pragma once

#include <optional>
#include <string>
#include <vector>

#include "qflow/service/flow_loading.h"
#include "qflow/service/run_execution.h"

namespace qflow {

// `qflow run`: one run of a flow, here and now.
struct LocalRunRequest {
  std::vector<std::string> triggers;    // as `--trigger` takes them, once read_written_events is through
  std::vector<std::string> parameters;  // "name=value"
  std::vector<std::string> tags;
  std::optional<std::string> context;
  ExecutionOptions execution;
};

// Executes the flow (which has no errors) as a local run and returns when it has ended. The store is made where there
// is none, after all checks: bad parameters and triggers are errors that leave nothing behind. Runs in the store that
// nobody executes any more are recovered first.
Result<RunResult> run_locally(const LoadedFlow& flow, const LocalRunRequest& request, const Doors& doors,
                              StopSignals* signals, RunObserver& observer);

// The same in a process of its own: returns once that has started.
Result<RunId> run_detached(const LoadedFlow& flow, const LocalRunRequest& request, const Doors& doors,
                           RunObserver& observer);

}  // namespace qflow
