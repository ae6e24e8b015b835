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

// Executes a run that has just been put down as running, with its lock, from where it stands.
Result<RunResult> execute_started_run(Store& store, Run run, FileHandle lock, const ExecutionOptions& options,
                                      const Doors& doors, StopSignals* signals, RunObserver& observer);

// What a process gets that will execute runs: nothing of the run whose step may have called this one, or it would count
// as a part of that; but which secrets it was given.
std::vector<std::string> environment_of_executors(const Environment& environment);

// What the runner needs of a run, without the trigger's files.
Result<RunPlan> plan_of(HeldRun& held, const ExecutionOptions& options, Store& store, const Doors& doors);

// What the ledger has of the run's steps.
Result<EarlierResults> earlier_results(Store& store, const RunId& run);

}  // namespace qflow
