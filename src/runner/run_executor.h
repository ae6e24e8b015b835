#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "qflow/model/step_state.h"
#include "qflow/runner/run_progress.h"
#include "qflow/runner/run_scope.h"
#include "qflow/runner/runner.h"
#include "runner/input_folders.h"
#include "runner/task_launch.h"

namespace qflow {

// A step whose tasks are being executed. Without foreach it has one task.
struct StepExecution {
  std::size_t step = 0;
  StepState state;
  std::optional<Json> items;  // of a foreach
  std::int64_t next_task = 0;
  std::int64_t unstarted = 1;        // tasks whose first attempt is to come
  std::int64_t open = 0;             // tasks that have started and not ended
  std::set<std::int64_t> restarted;  // tasks that an earlier process had started
  bool failed = false;
  std::shared_ptr<const ArtifactsObject> artifacts;
  StepInputs inputs;
  std::size_t unchecked = 0;  // tasks that ended since the inputs were compared
};

// Why a task was told to end.
enum class EndedBecause { kNothing, kTimeout, kCancelled };

struct RunningTask {
  StepExecution* execution = nullptr;
  Attempt attempt;
  LaunchedTask launched;
  std::optional<std::chrono::microseconds> deadline;
  EndedBecause ended_because = EndedBecause::kNothing;
};

// The first attempt of a task that is to start next, made ready while others are being executed.
struct NextTask {
  StepExecution* execution = nullptr;
  std::optional<std::int64_t> index;
  Result<PreparedTask> prepared;
};

// A step whose tasks have succeeded, until the ledger has its end and its events.
struct PublishingStep {
  StepExecution* execution = nullptr;
  std::vector<PublishedEvent> events;
};

struct WaitingRetry {
  StepExecution* execution = nullptr;
  std::optional<std::int64_t> index;
  int attempt = 2;
  std::chrono::microseconds at{0};
};

// The loop behind execute_run: starts what is ready, waits, takes in what has ended.
class RunExecutor {
 public:
  RunExecutor(const RunPlan& plan, const RunnerDoors& doors, RunReporter& reporter, RunObserver& observer);
  Result<RunOutcome> run();

 private:
  // What was done before (earlier_results.cpp).
  void restore();
  void restore_step(const StepState& state);
  void restore_tasks(StepExecution& execution);
  void restore_task(StepExecution& execution, const Attempt& last);

  // Steps (run_executor.cpp).
  Status begin_ready_steps();
  Status begin_step(std::size_t step);
  Result<bool> condition_holds(StepExecution& execution);
  Status expand(StepExecution& execution);
  void show(const StepState& state);
  void close(StepState& state, StepStatus status, const std::string& reason);
  void end_step(StepExecution& execution, StepStatus status, const std::string& reason);
  Result<bool> end_publishing_steps();
  void fail_step(StepExecution& execution, const Error& error);
  void forget_artifacts(const StepId& step);
  void settle(std::size_t step, StepStatus status, const std::string& reason);
  void skip_followers();
  std::shared_ptr<const ArtifactsObject> artifacts_for(std::size_t step) const;

  // Tasks (run_tasks.cpp).
  void start_tasks();
  void prepare_next();
  void drop_next();
  std::optional<std::int64_t> next_index(StepExecution& execution) const;
  Result<PreparedTask> prepared(StepExecution& execution, std::optional<std::int64_t> index, int attempt);
  void start_task(StepExecution& execution, std::optional<std::int64_t> index, int attempt);
  void keep_output(const RunningTask& task);
  bool start_due_retry();
  void task_ended(RunningTask& task);
  std::string take_results(RunningTask& task);
  Result<std::vector<NewArtifact>> take_in(const Path& folder);
  KnownFingerprint known_fingerprint() const;
  std::string compare_inputs(StepExecution& execution);
  std::string changed_objects(StepExecution& execution);
  std::string changed_input(const StepExecution& execution) const;
  std::string name_of_input(const StepExecution& execution, const std::string& sha256) const;
  Result<std::vector<PublishedEvent>> events_of(const StepExecution& execution) const;
  void attempt_ended(StepExecution& execution, Attempt& attempt, StepStatus status, const std::string& reason);
  bool has_failed(const StepExecution& execution) const;
  void task_failed(StepExecution& execution, const Attempt& attempt);
  void add_artifacts(const StepExecution& execution, std::optional<std::int64_t> index,
                     std::vector<NewArtifact> artifacts);
  void leave_error(const StepExecution& execution, const Attempt& attempt);
  void add_error(const StepExecution& execution, std::optional<std::int64_t> index, const Json& error,
                 const Path& folder);
  void task_settled(StepExecution& execution);
  RunScope scope_of(const StepExecution& execution, std::optional<std::int64_t> index) const;

  // The loop.
  bool is_through() const;
  Result<bool> report(const RunChanges& changes);
  Status flush();
  Status flush_at_last();
  void wait();
  Status advance();
  void take_signal();
  void check_deadlines();
  void end_running(std::chrono::microseconds grace);
  void end_task(RunningTask& task, EndedBecause why, std::chrono::microseconds grace);
  void end_open_steps();
  void fail_run(std::string reason);
  void fail_run_by(const Step& step, const std::string& reason);
  const Step& step(const StepExecution& execution) const { return plan_.flow->steps[execution.step]; }

  const RunPlan& plan_;
  const RunnerDoors& doors_;
  RunReporter& reporter_;
  RunObserver& observer_;
  std::shared_ptr<const StepGraph> graph_;
  RunProgress progress_;
  InputFolders inputs_;
  TaskLauncher launcher_;
  RunOutcome outcome_;
  RunChanges changes_;
  bool must_report_ = false;                            // before anything further begins: something has ended
  std::optional<std::chrono::microseconds> report_at_;  // when changes are to be reported at the latest
  std::optional<Error> held_up_;                        // why the last report could not be made yet
  FileHandle objects_;                                  // held while objects wait for the report that names them
  std::set<std::string> changed_;                       // objects that a step of this run has changed
  std::vector<Artifact> artifacts_;
  TaskCounts task_counts_;
  std::map<std::size_t, StepState> earlier_steps_;
  std::map<StepId, std::map<std::int64_t, Attempt>> earlier_tasks_;  // the last attempt of each; without foreach 0
  std::map<std::size_t, std::unique_ptr<StepExecution>> executions_;
  std::deque<StepExecution*> startable_;  // with tasks that have not started
  std::optional<NextTask> next_;
  std::vector<WaitingRetry> retries_;
  std::deque<PublishingStep> publishing_;
  std::vector<std::unique_ptr<RunningTask>> running_;
  std::optional<std::chrono::microseconds> deadline_;
  std::optional<int> interrupted_by_;  // the signal
  bool ending_ = false;                // no task starts any more, running ones are being ended
};

}  // namespace qflow
