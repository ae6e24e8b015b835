#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qflow/expression/value.h"
#include "qflow/model/artifact.h"
#include "qflow/model/flow_definition.h"
#include "qflow/model/run.h"
#include "qflow/model/step_state.h"
#include "qflow/os/clock.h"
#include "qflow/os/environment.h"
#include "qflow/os/process_launcher.h"
#include "qflow/os/stop_signals.h"
#include "qflow/runner/run_reporter.h"
#include "qflow/store/store.h"

namespace qflow {

enum class OnFailure { kFinishRunning, kEndRunning };

// What the ledger already has of a run that goes on after a crash, or that resumes another run. It is not done again:
// steps that ended stay as they are, of the others only the tasks that have not succeeded are executed, with the next
// attempt.
struct EarlierResults {
  std::vector<StepState> steps;
  std::vector<Attempt> attempts;  // of a task that was cut off, the last one is cancelled
  std::vector<Artifact> artifacts;
};

// One run to execute: it is in the ledger as running, and the caller holds its lock. The caller has written the file of
// its parameters into its folder and, when it was triggered, trigger.json and trigger_data/.
struct RunPlan {
  std::shared_ptr<const FlowDefinition> flow;
  Run run;
  int jobs = 1;  // tasks at once, at least 1
  OnFailure on_failure = OnFailure::kFinishRunning;
  Environment environment;                     // what steps inherit
  Path program;                                // QFLOW_BIN
  std::map<std::string, std::string> secrets;  // name → value of every secret that a step lists
  int journal = -1;                            // the run's lock, open for appending (run_journal.h)
  EarlierResults earlier;
  std::uint64_t max_log = 0;               // bytes of an attempt's log
  std::optional<std::string> any_failure;  // the store's on_failure hook: shell text
  Value trigger;                           // as expressions see it; JSON null when the run was not triggered
};

struct RunnerDoors {
  Store& store;
  Clock& clock;
  ProcessLauncher& launcher;
  StopSignals* signals = nullptr;  // null: nobody can interrupt
};

// How a run ended. `signal` is the one that cancelled it.
struct RunOutcome {
  RunStatus status = RunStatus::kSucceeded;
  std::string reason;
  std::optional<int> signal;
};

// Executes the steps of a run and reports each change; returns when no task is left. An error means that the run could
// not go on (the ledger refused a report): its tasks have been ended, its end is not recorded.
Result<RunOutcome> execute_run(const RunPlan& plan, const RunnerDoors& doors, RunReporter& reporter,
                               RunObserver& observer);

// What the signals that wait make of the outcome of a run whose tasks have ended: one that would have succeeded is
// cancelled.
void heed_signals(const RunId& run, const RunnerDoors& doors, RunOutcome& outcome);

// How long a task may take to end itself after SIGTERM before SIGKILL.
inline constexpr std::chrono::seconds kGraceTime{10};

}  // namespace qflow
