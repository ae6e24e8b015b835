#include "runner/run_executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/expression/expression.h"
#include "runner/run_signals.h"
#include "runner/step_events.h"

namespace qflow {

namespace {

// What only says that a task has started waits this long for company: most short tasks end before it is written.
constexpr std::chrono::milliseconds kReportDelay{10};

Error expression_error(std::string_view key, const ExpressionProblem& problem) {
  return {ErrorKind::kInvalid, std::string(key) + ": " + problem.message, problem.advice};
}

}  // namespace

RunExecutor::RunExecutor(const RunPlan& plan, const RunnerDoors& doors, RunReporter& reporter, RunObserver& observer)
    : plan_(plan),
      doors_(doors),
      reporter_(reporter),
      observer_(observer),
      graph_(std::make_shared<const StepGraph>(plan.flow->steps)),
      progress_(*graph_),
      inputs_(doors.store, plan.run.id),
      launcher_(plan, doors, observer) {
  if (plan.flow->run.timeout) deadline_ = doors.clock.monotonic() + *plan.flow->run.timeout;
}

Result<RunOutcome> RunExecutor::run() {
  QFLOW_TRY(launcher_.prepare());
  restore();
  while (true) {
    // Tasks of steps that have begun need nothing of what has just ended.
    start_tasks();
    // A step that begins must be able to read what others left: their artifacts are in the ledger first.
    if (must_report_ && !held_up_) QFLOW_TRY(flush());
    QFLOW_TRY(begin_ready_steps());
    start_tasks();
    const bool goes_on = progress_.has_ready() || !publishing_.empty();
    if (goes_on && !held_up_) continue;
    if (is_through()) break;
    if (!changes_.empty() && !report_at_) report_at_ = doors_.clock.monotonic() + kReportDelay;
    prepare_next();
    wait();
    if (report_at_ && doors_.clock.monotonic() >= *report_at_) QFLOW_TRY(flush());
    // What has ended by itself has, however late that is seen: a report may have waited for other writers.
    QFLOW_TRY(advance());
    if (is_through()) continue;
    take_signal();
    check_deadlines();
  }
  drop_next();
  if (!publishing_.empty()) QFLOW_TRY(flush_at_last());
  end_open_steps();
  QFLOW_TRY(flush_at_last());
  inputs_.link_results(
      ArtifactsObject(doors_.store, plan_.flow, graph_, graph_->last_steps(), artifacts_, task_counts_));
  return outcome_;
}

// Whether nothing is left to be started or waited for.
bool RunExecutor::is_through() const {
  if (progress_.has_ready() || !running_.empty() || !retries_.empty()) return false;
  if (!publishing_.empty() && !ending_) return false;
  return startable_.empty() || progress_.stopped();
}

Status RunExecutor::begin_ready_steps() {
  while (true) {
    // A step that has failed as it began may have left what its followers read.
    if (!changes_.artifacts.empty() && !held_up_) QFLOW_TRY(flush());
    if (held_up_) return {};
    const std::vector<std::size_t> ready = progress_.take_ready();
    if (ready.empty()) return {};
    for (const std::size_t step : ready) QFLOW_TRY(begin_step(step));
    skip_followers();
  }
}

Status RunExecutor::begin_step(std::size_t index) {
  const Step& step = plan_.flow->steps[index];
  auto& execution = *(executions_[index] = std::make_unique<StepExecution>());
  execution.step = index;
  execution.state.step = step.id;
  execution.artifacts = artifacts_for(index);
  const auto earlier = earlier_steps_.find(index);
  if (earlier != earlier_steps_.end()) {
    execution.state.status = StepStatus::kRunning;
    execution.state.started_at = earlier->second.started_at;
    observer_.step_changed(execution.state);
  } else {
    auto holds = condition_holds(execution);
    if (!holds) {
      fail_step(execution, holds.error());
      return {};
    }
    if (!*holds) return {};
  }
  if (const Status expanded = expand(execution); !expanded) {
    fail_step(execution, expanded.error());
    return {};
  }
  if (execution.state.tasks == 0) {
    end_step(execution, StepStatus::kSucceeded, "");
    return {};
  }
  auto inputs = inputs_.build(step.id, *execution.artifacts);
  if (!inputs) {
    const Status readable = inputs_.readable(*execution.artifacts);
    if (readable) return tl::make_unexpected(inputs.error());
    fail_step(execution, readable.error());
    return {};
  }
  execution.inputs = std::move(*inputs);
  restore_tasks(execution);
  if (execution.unstarted > 0) startable_.push_back(&execution);
  if (execution.unstarted == 0) task_settled(execution);
  return {};
}

// False also ends the step as skipped, with the term that decided it.
Result<bool> RunExecutor::condition_holds(StepExecution& execution) {
  const auto& when = step(execution).when;
  if (!when) return true;
  const auto expression = Expression::parse(when->value);
  if (!expression) return tl::make_unexpected(expression_error("when", expression.error()));
  const RunScope scope = scope_of(execution, std::nullopt);
  const auto holds = expression->evaluate_bool(scope);
  if (!holds) return tl::make_unexpected(with_context("when", holds.error()));
  if (!*holds) end_step(execution, StepStatus::kSkipped, expression->explain(scope));
  return *holds;
}

Status RunExecutor::expand(StepExecution& execution) {
  const auto& foreach = step(execution).foreach;
  if (!foreach) return {};
  const auto expression = Expression::parse(foreach->value);
  if (!expression) return tl::make_unexpected(expression_error("foreach", expression.error()));
  const auto value = expression->evaluate(scope_of(execution, std::nullopt));
  if (!value) return tl::make_unexpected(with_context("foreach", value.error()));
  QFLOW_ASSIGN(Json items, value->to_json());
  if (!items.is_array()) {
    return fail(ErrorKind::kInvalid,
                "foreach: " + foreach->value + " is not a list but " + std::string(type_name(items)));
  }
  execution.state.tasks = execution.unstarted = static_cast<std::int64_t>(items.size());
  execution.items = std::move(items);
  task_counts_[execution.state.step] = execution.state.tasks;
  return {};
}

// A step that ends without an attempt was not shown before; to search for it would take time by the number of steps.
void RunExecutor::show(const StepState& state) {
  const bool was_shown = state.ended_at && state.attempts > 0;
  if (was_shown) {
    changes_.set(state);
  } else {
    changes_.steps.push_back(state);
  }
  observer_.step_changed(state);
}

void RunExecutor::close(StepState& state, StepStatus status, const std::string& reason) {
  state.status = status;
  state.reason = launcher_.mask().masked(reason);
  state.ended_at = doors_.clock.now();
  if (!state.started_at) state.started_at = state.ended_at;
  must_report_ = true;
}

void RunExecutor::end_step(StepExecution& execution, StepStatus status, const std::string& reason) {
  StepState& state = execution.state;
  close(state, status, reason);
  show(state);
  settle(execution.step, status, state.reason);
  skip_followers();
}

// The end of a step is one transaction with what it publishes, which may be refused in it: only then is it known
// whether the step has succeeded. False when others keep it out of the ledger.
Result<bool> RunExecutor::end_publishing_steps() {
  while (!publishing_.empty()) {
    StepExecution& execution = *publishing_.front().execution;
    StepState ended = execution.state;
    close(ended, StepStatus::kSucceeded, "");
    RunChanges changes = changes_;
    changes.set(ended);
    changes.published = publishing_.front().events;
    const Result<bool> reported = report(changes);
    if (reported ? !*reported : reported.error().kind != ErrorKind::kInvalid) return reported;
    publishing_.pop_front();
    if (!reported) {
      fail_step(execution, with_context("publish", reported.error()));
      continue;
    }
    changes_ = {};
    execution.state = ended;
    observer_.step_changed(ended);
    settle(execution.step, StepStatus::kSucceeded, "");
    skip_followers();
  }
  return true;
}

// Of a step that fails outside of its tasks.
void RunExecutor::fail_step(StepExecution& execution, const Error& error) {
  const std::string reason = to_text(error);
  const Step& step = this->step(execution);
  if (step.allow_failure) {
    const Json left = {{"reason", launcher_.mask().masked(reason)},
                       {"attempt", nullptr},
                       {"exit_status", nullptr},
                       {"signal", nullptr}};
    add_error(execution, std::nullopt, left, doors_.store.layout().step(plan_.run.id, step.id) / "error");
  }
  end_step(execution, StepStatus::kFailed, reason);
}

// Of steps that do not count as done nobody sees what their tasks left.
void RunExecutor::forget_artifacts(const StepId& step) {
  std::erase_if(artifacts_, [&](const Artifact& artifact) { return artifact.step == step; });
}

void RunExecutor::settle(std::size_t index, StepStatus status, const std::string& reason) {
  const Step& step = plan_.flow->steps[index];
  switch (status) {
    case StepStatus::kSucceeded:
      progress_.succeed(index);
      break;
    case StepStatus::kSkipped:
      progress_.skip(index);
      break;
    case StepStatus::kFailed:
      if (step.allow_failure) {
        progress_.fail(index, RunProgress::FailureAllowed::kYes);
      } else {
        progress_.fail(index, RunProgress::FailureAllowed::kNo);
        forget_artifacts(step.id);
        fail_run_by(step, reason);
      }
      break;
    default:
      forget_artifacts(step.id);
      progress_.stop();
      break;
  }
}

void RunExecutor::skip_followers() {
  for (const std::size_t index : progress_.take_skipped()) {
    if (earlier_steps_.contains(index)) continue;
    StepState state;
    state.step = plan_.flow->steps[index].id;
    state.status = StepStatus::kSkipped;
    state.reason = "every step that it needs was skipped";
    state.started_at = state.ended_at = doors_.clock.now();
    show(state);
  }
}

std::shared_ptr<const ArtifactsObject> RunExecutor::artifacts_for(std::size_t step) const {
  return std::make_shared<ArtifactsObject>(doors_.store, plan_.flow, graph_, graph_->needs(step), artifacts_,
                                           task_counts_);
}

RunScope RunExecutor::scope_of(const StepExecution& execution, std::optional<std::int64_t> index) const {
  RunScope scope(plan_.run, plan_.trigger, execution.artifacts);
  if (index) scope.set_item((*execution.items)[static_cast<std::size_t>(*index)], *index);
  return scope;
}

// Whether the changes are in the ledger now. Others may write for long: meanwhile no further step begins, and the tasks
// are looked after between the tries.
Result<bool> RunExecutor::report(const RunChanges& changes) {
  Status reported = reporter_.report(changes);
  if (!reported && reported.error().kind == ErrorKind::kBusy) {
    if (!held_up_)
      observer_.note(
          fmt::format("{} goes on when it can be recorded: {}", plan_.run.id.text(), reported.error().message));
    held_up_ = std::move(reported.error());
    report_at_ = doors_.clock.monotonic() + kReportDelay;
    return false;
  }
  QFLOW_TRY(reported);
  held_up_.reset();
  objects_ = FileHandle();
  return true;
}

Status RunExecutor::flush() {
  QFLOW_ASSIGN(bool reported, end_publishing_steps());
  if (reported && !changes_.empty()) {
    QFLOW_ASSIGN(reported, report(changes_));
    if (reported) changes_ = {};
  }
  if (!reported) return {};
  must_report_ = false;
  report_at_.reset();
  return {};
}

// With all tasks ended, only the second signal ends the waiting.
Status RunExecutor::flush_at_last() {
  QFLOW_TRY(flush());
  while (held_up_) {
    if (interrupted_by_ && doors_.signals->take_for_process()) return tl::make_unexpected(*held_up_);
    take_signal();
    QFLOW_TRY(flush());
  }
  return {};
}

void RunExecutor::wait() {
  std::vector<int> descriptors{doors_.signals != nullptr ? doors_.signals->descriptor() : -1};
  std::optional<std::chrono::microseconds> wake = ending_ ? std::nullopt : deadline_;
  const auto wake_by = [&](std::optional<std::chrono::microseconds> at) {
    if (at) wake = wake ? std::min(*wake, *at) : *at;
  };
  for (const auto& task : running_) {
    for (const int descriptor : task->launched.process->descriptors()) descriptors.push_back(descriptor);
    wake_by(task->launched.process->wake_at());
    wake_by(task->deadline);
  }
  // What could start and has not was held up by a congested observer. Without a free place nothing is waited for but an
  // end.
  if (static_cast<int>(running_.size()) < plan_.jobs && !ending_) {
    const auto soon =
        doors_.clock.monotonic() + (observer_.is_congested() ? kCongestionPause : std::chrono::milliseconds(0));
    if (!startable_.empty()) wake_by(soon);
    for (const WaitingRetry& retry : retries_) wake_by(std::max(retry.at, soon));
  }
  wake_by(report_at_);
  std::optional<std::chrono::microseconds> limit;
  if (wake) limit = *wake - doors_.clock.monotonic();
  wait_readable(descriptors, limit);
}

Status RunExecutor::advance() {
  for (const auto& task : running_) QFLOW_TRY(task->launched.process->advance());
  std::vector<std::unique_ptr<RunningTask>> ended;
  for (auto& task : running_) {
    if (task->launched.process->finished()) ended.push_back(std::move(task));
  }
  std::erase(running_, nullptr);
  for (const auto& task : ended) task_ended(*task);
  return {};
}

// The first signal asks the tasks to end, the second one ends them.
void RunExecutor::take_signal() {
  if (doors_.signals == nullptr) return;
  while (const auto signal = doors_.signals->take()) {
    if (interrupted_by_ && *signal == kReplaceSignal) continue;
    const auto reason = stop_reason(*signal, plan_.run.id, doors_.store);
    if (!reason) continue;
    // Whoever looks for runs that are to end may have passed on what the canceller asks for before he did.
    const bool is_known = interrupted_by_ == kReplaceSignal && *signal == kCancelSignal;
    if (is_known) interrupted_by_ = signal;
    if (is_known) continue;
    if (interrupted_by_) {
      end_running(std::chrono::microseconds(0));
      continue;
    }
    interrupted_by_ = signal;
    note_signal(outcome_, *signal, *reason);
    observer_.note("stopping: the steps have " + format_duration(kGraceTime) + " to end; once more ends them at once");
    end_running(kGraceTime);
  }
}

void RunExecutor::check_deadlines() {
  const auto now = doors_.clock.monotonic();
  if (deadline_ && now >= *deadline_ && !ending_) {
    fail_run("timed out");
    end_running(kGraceTime);
  }
  for (const auto& task : running_) {
    if (!task->deadline || now < *task->deadline) continue;
    task->deadline.reset();
    end_task(*task, EndedBecause::kTimeout, kGraceTime);
  }
}

// How a task whose first process has ended came out is no longer for others to say, whatever its group still does.
void RunExecutor::end_task(RunningTask& task, EndedBecause why, std::chrono::microseconds grace) {
  TaskProcess& process = *task.launched.process;
  if (task.ended_because == EndedBecause::kNothing && !process.exited()) task.ended_because = why;
  process.end(grace);
}

void RunExecutor::end_running(std::chrono::microseconds grace) {
  ending_ = true;
  progress_.stop();
  retries_.clear();
  for (const auto& task : running_) end_task(*task, EndedBecause::kCancelled, grace);
}

// Steps of which tasks never started, or not again, because the run was ended.
void RunExecutor::end_open_steps() {
  for (const auto& [index, execution] : executions_) {
    const StepState& state = execution->state;
    if (state.status != StepStatus::kRunning) continue;
    const bool failed = has_failed(*execution);
    end_step(*execution, failed ? StepStatus::kFailed : StepStatus::kCancelled,
             failed ? state.reason : outcome_.reason);
  }
}

// The first reason stays: what comes after it is mostly its consequence.
void RunExecutor::fail_run(std::string reason) {
  if (outcome_.status != RunStatus::kSucceeded) return;
  outcome_.status = RunStatus::kFailed;
  outcome_.reason = std::move(reason);
  if (plan_.on_failure == OnFailure::kEndRunning) end_running(kGraceTime);
}

// No new step starts, even while tasks of this one go on.
void RunExecutor::fail_run_by(const Step& step, const std::string& reason) {
  progress_.stop();
  fail_run("step " + step.id.text() + ": " + reason);
}

Result<RunOutcome> execute_run(const RunPlan& plan, const RunnerDoors& doors, RunReporter& reporter,
                               RunObserver& observer) {
  RunExecutor executor(plan, doors, reporter, observer);
  return executor.run();
}

}  // namespace qflow
