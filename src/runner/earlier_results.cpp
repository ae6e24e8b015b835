#include <utility>

#include "qflow/model/step_state.h"
#include "runner/run_executor.h"

namespace qflow {

namespace {

std::optional<std::size_t> index_of(const FlowDefinition& flow, const StepId& id) {
  for (std::size_t step = 0; step < flow.steps.size(); ++step) {
    if (flow.steps[step].id == id) return step;
  }
  return std::nullopt;
}

}  // namespace

void RunExecutor::restore() {
  artifacts_ = plan_.earlier.artifacts;
  task_counts_ = task_counts(plan_.earlier.steps);
  for (const Attempt& attempt : plan_.earlier.attempts) {
    Attempt& last = earlier_tasks_[attempt.step].try_emplace(attempt.index.value_or(0), attempt).first->second;
    if (attempt.number > last.number) last = attempt;
  }
  for (const StepState& state : plan_.earlier.steps) restore_step(state);
  skip_followers();
}

void RunExecutor::restore_step(const StepState& state) {
  const auto step = index_of(*plan_.flow, state.step);
  if (!step) return;
  earlier_steps_[*step] = state;
  const bool ended = state.status == StepStatus::kSucceeded || state.status == StepStatus::kSkipped ||
                     state.status == StepStatus::kFailed;
  if (ended) settle(*step, state.status, state.reason);
}

void RunExecutor::restore_tasks(StepExecution& execution) {
  const auto tasks = earlier_tasks_.find(execution.state.step);
  if (tasks == earlier_tasks_.end()) return;
  for (const auto& [task, last] : tasks->second) {
    if (task < execution.state.tasks) restore_task(execution, last);
  }
}

// A task that was cut off gets a further attempt, also where its last one was that: it was not the task that failed.
void RunExecutor::restore_task(StepExecution& execution, const Attempt& last) {
  execution.restarted.insert(last.index.value_or(0));
  execution.state.attempts += last.number;
  if (execution.unstarted > 0) --execution.unstarted;
  if (last.status == StepStatus::kSucceeded) return;
  if (last.status == StepStatus::kFailed && last.number > step(execution).retries) {
    task_failed(execution, last);
    return;
  }
  if (ending_) return;
  ++execution.open;
  retries_.push_back({&execution, last.index, last.number + 1, doors_.clock.monotonic()});
}

}  // namespace qflow
