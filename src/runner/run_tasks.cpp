#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <utility>

#include "qflow/expression/template.h"
#include "qflow/model/step_state.h"
#include "runner/run_executor.h"
#include "runner/step_events.h"

namespace qflow {

namespace {

constexpr std::chrono::hours kLongestRetryDelay{1};

// After each task of a foreach its inputs are compared, unless they are many: then so many for each task, so that a
// step with thousands of both does not look at millions.
constexpr std::size_t kComparedPerTask = 8;

std::chrono::microseconds retry_delay(const Step& step, int failed_attempt) {
  const double factor = std::pow(step.retry_backoff, failed_attempt - 1);
  const double delay = static_cast<double>(step.retry_delay.count()) * factor;
  const auto longest = std::chrono::microseconds(kLongestRetryDelay);
  return delay < static_cast<double>(longest.count()) ? std::chrono::microseconds(std::llround(delay)) : longest;
}

// A step without a command succeeds at once.
bool is_executed(const Step& step) {
  return step.run || !step.exec.empty();
}

// "" for a process that ended well.
std::string exit_problem(const ProcessExit& exit) {
  if (exit.exit_status == 0) return "";
  if (exit.signal) return "signal " + std::to_string(*exit.signal) + " (" + signal_text(*exit.signal) + ")";
  return "exit status " + std::to_string(exit.exit_status.value_or(-1));
}

bool is_empty(FileSystem& files, const Path& folder) {
  const auto entries = files.list(folder);
  return entries && entries->empty();
}

}  // namespace

void RunExecutor::start_tasks() {
  while (static_cast<int>(running_.size()) < plan_.jobs && !ending_ && !observer_.is_congested()) {
    if (start_due_retry()) continue;
    if (startable_.empty()) return;
    StepExecution& execution = *startable_.front();
    // After a failure no new step starts; one that has begun goes on with its tasks.
    if (progress_.stopped() && execution.state.status == StepStatus::kPending) {
      startable_.pop_front();
      continue;
    }
    const std::optional<std::int64_t> index = next_index(execution);
    ++execution.next_task;
    ++execution.open;
    if (--execution.unstarted == 0) startable_.pop_front();
    start_task(execution, index, 1);
  }
}

// The index of the task that is to start next, for a foreach.
std::optional<std::int64_t> RunExecutor::next_index(StepExecution& execution) const {
  while (execution.restarted.contains(execution.next_task)) ++execution.next_task;
  return execution.items ? std::optional(execution.next_task) : std::nullopt;
}

// Its folders and environment cost as much as a shell's start; now a processor may be free for them.
void RunExecutor::prepare_next() {
  if (next_ || startable_.empty() || ending_ || progress_.stopped()) return;
  StepExecution& execution = *startable_.front();
  if (!is_executed(step(execution))) return;
  const std::optional<std::int64_t> index = next_index(execution);
  next_.emplace(NextTask{&execution, index, prepared(execution, index, 1)});
}

// One that never starts leaves no folder.
void RunExecutor::drop_next() {
  if (next_ && next_->prepared) (void)remove_tree(doors_.store.files(), next_->prepared->out);
  next_.reset();
}

Result<PreparedTask> RunExecutor::prepared(StepExecution& execution, std::optional<std::int64_t> index, int attempt) {
  if (next_ && next_->execution == &execution && next_->index == index && attempt == 1) {
    Result<PreparedTask> task = std::move(next_->prepared);
    next_.reset();
    return task;
  }
  const RunScope scope = scope_of(execution, index);
  const Json* item = index ? &(*execution.items)[static_cast<std::size_t>(*index)] : nullptr;
  return launcher_.prepare({step(execution), index, item, attempt, execution.inputs, scope});
}

bool RunExecutor::start_due_retry() {
  const auto now = doors_.clock.monotonic();
  const auto due = std::find_if(retries_.begin(), retries_.end(), [&](const auto& retry) { return retry.at <= now; });
  if (due == retries_.end()) return false;
  const WaitingRetry retry = *due;
  retries_.erase(due);
  start_task(*retry.execution, retry.index, retry.attempt);
  return true;
}

void RunExecutor::start_task(StepExecution& execution, std::optional<std::int64_t> index, int attempt) {
  const Step& step = this->step(execution);
  Attempt record;
  record.step = step.id;
  record.index = index;
  record.number = attempt;
  record.started_at = doors_.clock.now();
  ++execution.state.attempts;
  if (execution.state.status == StepStatus::kPending) {
    execution.state.status = StepStatus::kRunning;
    execution.state.started_at = record.started_at;
    show(execution.state);
  }
  changes_.attempts.push_back(record);
  if (!is_executed(step)) {
    attempt_ended(execution, record, StepStatus::kSucceeded, "");
    return;
  }
  if (const std::string changed = changed_input(execution); !changed.empty()) {
    attempt_ended(execution, record, StepStatus::kFailed, changed);
    return;
  }
  auto launched = prepared(execution, index, attempt).and_then([&](PreparedTask task) {
    return launcher_.launch(std::move(task));
  });
  if (!launched) {
    attempt_ended(execution, record, StepStatus::kFailed, to_text(launched.error()));
    return;
  }
  auto task = std::make_unique<RunningTask>();
  task->execution = &execution;
  task->attempt = std::move(record);
  task->launched = std::move(*launched);
  if (step.timeout) task->deadline = doors_.clock.monotonic() + *step.timeout;
  running_.push_back(std::move(task));
}

void RunExecutor::task_ended(RunningTask& task) {
  const ProcessExit& exit = task.launched.process->exit();
  task.attempt.exit_status = exit.exit_status;
  task.attempt.signal = exit.signal;
  const std::string changed = compare_inputs(*task.execution);
  const bool left_nothing = is_empty(doors_.store.files(), task.launched.out);
  if (task.ended_because == EndedBecause::kCancelled) {
    attempt_ended(*task.execution, task.attempt, StepStatus::kCancelled, "");
  } else {
    std::string problem = task.ended_because == EndedBecause::kTimeout ? "timed out" : exit_problem(exit);
    if (!changed.empty()) problem += problem.empty() ? changed : "; " + changed;
    if (problem.empty() && !left_nothing) problem = take_results(task);
    const StepStatus status = problem.empty() ? StepStatus::kSucceeded : StepStatus::kFailed;
    attempt_ended(*task.execution, task.attempt, status, problem);
  }
  if (task.attempt.status != StepStatus::kSucceeded && !left_nothing) keep_output(task);
  launcher_.take_back(task.launched, left_nothing);
}

// What an attempt left that counts for nothing lies beside its log, for whoever wants to know what happened.
void RunExecutor::keep_output(const RunningTask& task) {
  FileSystem& files = doors_.store.files();
  const Attempt& attempt = task.attempt;
  const Path folder = doors_.store.layout().attempt(plan_.run.id, attempt.step, attempt.index, attempt.number);
  if (make_folders(files, folder)) (void)files.rename(task.launched.out, folder / "out");
}

// Takes in what the task left; returns why the attempt has failed all the same, or "".
std::string RunExecutor::take_results(RunningTask& task) {
  StepExecution& execution = *task.execution;
  auto collected = take_in(task.launched.out);
  if (!collected) return to_text(collected.error());
  if (!collected->empty()) add_artifacts(execution, task.attempt.index, std::move(*collected));
  return "";
}

// No object goes away between its coming in and the report that names it.
Result<std::vector<NewArtifact>> RunExecutor::take_in(const Path& folder) {
  if (!objects_) {
    QFLOW_ASSIGN(objects_, doors_.store.share_objects());
  }
  return doors_.store.objects().collect(folder, known_fingerprint());
}

// What is in the store already is recognised without being hashed again.
KnownFingerprint RunExecutor::known_fingerprint() const {
  return [&ledger = doors_.store.ledger()](const std::string& sha256) -> std::optional<std::string> {
    const auto object = ledger.object(sha256);
    return object ? std::optional(object->fingerprint) : std::nullopt;
  };
}

// Of what a task could read after it has ended: which of it was changed, by this task or another one; "" when none was.
std::string RunExecutor::compare_inputs(StepExecution& execution) {
  const bool is_last = execution.open == 1 && execution.unstarted == 0;
  ++execution.unchecked;
  if (is_last || execution.inputs.objects.size() <= kComparedPerTask * execution.unchecked) {
    execution.unchecked = 0;
    if (std::string changed = changed_objects(execution); !changed.empty()) return changed;
  }
  return changed_input(execution);
}

// Objects are linked into QFLOW_IN, and a link does not stop a write.
std::string RunExecutor::changed_objects(StepExecution& execution) {
  std::string problem;
  for (ObjectRecord& object : execution.inputs.objects) {
    if (changed_.contains(object.sha256)) continue;
    const auto unchanged = doors_.store.objects().unchanged(object);
    if (!unchanged) problem = to_text(unchanged.error());
    if (!unchanged || *unchanged) continue;
    (void)doors_.store.objects().quarantine(object);
    changed_.insert(object.sha256);
    changes_.quarantined.emplace_back(object.sha256,
                                      "changed by step " + step(execution).id.text() + " of " + plan_.run.id.text());
    problem = fmt::format(
        "the step changed the artifact '{}' through QFLOW_IN; artifacts are immutable, write a new one to QFLOW_OUT",
        name_of_input(execution, object.sha256));
  }
  return problem;
}

// Why a task can't count on what it reads: another one, of this step or beside it, has changed it. "" when it can.
std::string RunExecutor::changed_input(const StepExecution& execution) const {
  if (changed_.empty()) return "";
  for (const ObjectRecord& object : execution.inputs.objects) {
    if (!changed_.contains(object.sha256)) continue;
    return fmt::format("the artifact '{}' was changed through QFLOW_IN meanwhile, and set aside",
                       name_of_input(execution, object.sha256));
  }
  return "";
}

std::string RunExecutor::name_of_input(const StepExecution& execution, const std::string& sha256) const {
  for (const Artifact& artifact : execution.artifacts->reachable()) {
    if (artifact.sha256 == sha256) return artifact.name.text();
  }
  return "";
}

void RunExecutor::attempt_ended(StepExecution& execution, Attempt& attempt, StepStatus status,
                                const std::string& reason) {
  const Step& step = this->step(execution);
  attempt.status = status;
  attempt.reason = launcher_.mask().masked(reason);
  attempt.ended_at = doors_.clock.now();
  must_report_ = true;
  changes_.set(attempt);
  const bool can_succeed_later = changed_input(execution).empty();
  if (status == StepStatus::kFailed && attempt.number <= step.retries && !ending_ && can_succeed_later) {
    observer_.note(task_label(step.id, attempt.index) + ": attempt " + std::to_string(attempt.number) + " failed (" +
                   attempt.reason + "); " + std::to_string(step.retries - attempt.number + 1) + " left");
    const auto at = doors_.clock.monotonic() + retry_delay(step, attempt.number);
    retries_.push_back({&execution, attempt.index, attempt.number + 1, at});
    return;
  }
  if (status == StepStatus::kFailed && step.allow_failure) {
    observer_.note(task_label(step.id, attempt.index) + " failed (" + attempt.reason + "), which is allowed");
  }
  --execution.open;
  if (status == StepStatus::kCancelled && !has_failed(execution)) {
    if (!execution.state.ended_at) end_step(execution, StepStatus::kCancelled, outcome_.reason);
    return;
  }
  if (status == StepStatus::kFailed) {
    task_failed(execution, attempt);
    if (step.allow_failure) leave_error(execution, attempt);
  }
  task_settled(execution);
}

// Whether a task has failed that must not: whatever becomes of the others, the step is going to end as failed.
bool RunExecutor::has_failed(const StepExecution& execution) const {
  return execution.failed && !step(execution).allow_failure;
}

void RunExecutor::task_failed(StepExecution& execution, const Attempt& attempt) {
  execution.failed = true;
  const std::string task = execution.items ? task_label(attempt.step, attempt.index) + ": " : "";
  if (execution.state.reason.empty()) execution.state.reason = task + attempt.reason;
  if (step(execution).allow_failure) return;
  // Of a foreach no further task starts; its running ones end, and then the step.
  std::erase(startable_, &execution);
  execution.unstarted = 0;
  fail_run_by(step(execution), launcher_.mask().masked(execution.state.reason));
}

// What an allowed failure leaves for the steps that follow.
void RunExecutor::leave_error(const StepExecution& execution, const Attempt& attempt) {
  Json error = {{"reason", attempt.reason}, {"attempt", attempt.number}};
  error["exit_status"] = json_or_null(attempt.exit_status);
  error["signal"] = json_or_null(attempt.signal);
  add_error(execution, attempt.index, error,
            doors_.store.layout().attempt(plan_.run.id, attempt.step, attempt.index, attempt.number) / "error");
}

// `folder` is made for it, and removed.
void RunExecutor::add_error(const StepExecution& execution, std::optional<std::int64_t> index, const Json& error,
                            const Path& folder) {
  FileSystem& files = doors_.store.files();
  if (!make_folders(files, folder) || !replace_file(files, folder / "error.json", to_compact(error) + "\n")) return;
  if (auto collected = take_in(folder)) {
    add_artifacts(execution, index, std::move(*collected));
  }
  (void)remove_tree(files, folder);
}

void RunExecutor::add_artifacts(const StepExecution& execution, std::optional<std::int64_t> index,
                                std::vector<NewArtifact> artifacts) {
  const StepId& id = step(execution).id;
  for (const NewArtifact& artifact : artifacts) {
    artifacts_.push_back(
        {id, index, artifact.name, artifact.object.kind, artifact.object.sha256, artifact.object.size});
  }
  changes_.artifacts.push_back({id, index, std::move(artifacts)});
}

void RunExecutor::task_settled(StepExecution& execution) {
  if (execution.open > 0 || execution.unstarted > 0 || execution.state.ended_at) return;
  if (execution.failed) {
    end_step(execution, StepStatus::kFailed, execution.state.reason);
    return;
  }
  auto events = events_of(execution);
  if (!events) {
    fail_step(execution, events.error());
    return;
  }
  if (events->empty()) {
    end_step(execution, StepStatus::kSucceeded, "");
    return;
  }
  publishing_.push_back({&execution, *std::move(events)});
  must_report_ = true;
}

Result<std::vector<PublishedEvent>> RunExecutor::events_of(const StepExecution& execution) const {
  const Step& step = this->step(execution);
  if (step.publish.empty()) return std::vector<PublishedEvent>();
  const auto artifacts = std::make_shared<ArtifactsObject>(
      doors_.store, plan_.flow, graph_, std::vector<std::size_t>{execution.step}, artifacts_, task_counts_);
  const RunScope scope(plan_.run, plan_.trigger, artifacts);
  QFLOW_ASSIGN(std::vector<PublishedEvent> events, step_events(step, scope, plan_.run, doors_.clock.now()));
  for (PublishedEvent& each : events) each.shown_payload = launcher_.mask().masked(to_compact(each.event.payload));
  return events;
}

}  // namespace qflow
