#pragma once

#include <map>
#include <memory>
#include <string>

#include "qflow/service/run_execution.h"

namespace qflow {

// A run that the ledger has as running, and whose lock this process holds.
struct HeldRun {
  Run run;
  std::shared_ptr<const FlowDefinition> flow;
  std::map<std::string, std::string> secrets;
  EarlierResults earlier;
  FileHandle lock;
};

// Executes it, records its end and calls the hooks.
Result<RunResult> execute_held_run(HeldRun held, const ExecutionOptions& options, Store& store, const Doors& doors,
                                   StopSignals* signals, RunObserver& observer);

// What the runner needs of a run, without the trigger's files.
Result<RunPlan> plan_of(HeldRun& held, const ExecutionOptions& options, Store& store, const Doors& doors);

// What the ledger has of the run's steps.
Result<EarlierResults> earlier_results(Store& store, const RunId& run);

}  // namespace qflow
