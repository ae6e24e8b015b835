#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "qflow/runner/run_scope.h"
#include "qflow/runner/runner.h"
#include "runner/input_folders.h"
#include "runner/task_process.h"

namespace qflow {

// One attempt that is about to start.
struct TaskRequest {
  const Step& step;
  std::optional<std::int64_t> index;
  const Json* item = nullptr;  // of a foreach
  int attempt = 1;
  const StepInputs& inputs;
  const RunScope& scope;
};

// One attempt that only has to be started: its folder, environment and arguments are made.
struct PreparedTask {
  Path out;         // its QFLOW_OUT
  Path parameters;  // its QFLOW_PARAMS; "" where that is the run's
  std::string label;
  ProcessSpec spec;
  AttemptLog log;
};

// One attempt that runs.
struct LaunchedTask {
  std::unique_ptr<TaskProcess> process;
  Path out;  // its QFLOW_OUT
  Path parameters;
};

// Turns steps into processes: folders, environment, arguments. What all tasks of a run share is made once.
class TaskLauncher {
 public:
  TaskLauncher(const RunPlan& plan, const RunnerDoors& doors, RunObserver& observer);

  const SecretMask& mask() const { return mask_; }

  // Makes what the run's tasks share: the file of parameters, the Python module. Called once, before everything else.
  Status prepare();
  // An error of these two is one of the task (a template, a missing program, a folder that can't be made): the attempt
  // has failed.
  Result<PreparedTask> prepare(const TaskRequest& request);
  Result<LaunchedTask> launch(PreparedTask task);
  // Of an attempt of a foreach that has ended: what it leaves as it was made serves the next one under another name,
  // since a file system takes ten times as long, and a block on the disk, to make it anew. Steps, which are few, keep
  // their folder: they may have started what outlives them in it.
  void take_back(const LaunchedTask& task, bool left_nothing);

 private:
  Result<std::vector<std::string>> environment(const TaskRequest& request, const Path& out, const Path& parameters);
  Status provide_output(const Path& out);
  Result<Path> parameters_with_item(const TaskRequest& request);
  Status write_parameters(const Path& path, const std::string& text);
  Result<std::vector<std::string>> arguments(const TaskRequest& request);
  Result<std::vector<std::string>> shell_arguments(const Step& step);
  Status find_python_module();
  std::string with_module(const std::string& python_path) const;
  Result<std::string> working_folder(const TaskRequest& request);

  const RunPlan& plan_;
  const RunnerDoors& doors_;
  RunObserver& observer_;
  SecretMask mask_;
  Path outputs_;                        // the folder of every QFLOW_OUT
  Path items_;                          // the folder of what each task of a foreach finds in QFLOW_PARAMS
  std::vector<Path> spare_outputs_;     // taken back, empty
  std::vector<Path> spare_parameters_;  // taken back
  std::string python_path_;             // of the module qflow
  FileHandle python_folder_;            // its folder, where python_path_ leads through it
  std::set<StepId> with_script_;        // steps whose script is in its file
  std::vector<std::string> inherited_;  // of every task: the environment without run variables, and the run's own
};

}  // namespace qflow
