#include "qflow/runner/hook.h"

#include <utility>

#include "qflow/error/printable.h"
#include "qflow/runner/run_journal.h"
#include "runner/run_environment.h"
#include "runner/task_process.h"

namespace qflow {

namespace {

// The run has ended, so that a signal is for the hook: the first one asks it to end, the second one ends it.
Status wait_for(TaskProcess& hook, const RunnerDoors& doors) {
  for (bool asked = false; !hook.finished();) {
    std::optional<std::chrono::microseconds> limit;
    if (const auto wake = hook.wake_at()) limit = *wake - doors.clock.monotonic();
    const auto of_hook = hook.descriptors();
    std::vector<int> descriptors{of_hook.begin(), of_hook.end()};
    if (doors.signals != nullptr) descriptors.push_back(doors.signals->descriptor());
    wait_readable(descriptors, limit);
    while (doors.signals != nullptr && doors.signals->take()) {
      hook.end(std::exchange(asked, true) ? std::chrono::seconds(0) : kGraceTime);
    }
    QFLOW_TRY(hook.advance());
  }
  return {};
}

Result<std::vector<std::string>> shell_arguments(const std::string& text, const RunPlan& plan, Store& store) {
  if (text.size() <= kLongestInlineScript) return std::vector<std::string>{"sh", "-eu", "-c", text, "sh"};
  const Path script = store.layout().run_hook_script(plan.run.id);
  QFLOW_TRY(write_file(store.files(), script, text));
  return std::vector<std::string>{"sh", "-eu", script.string()};
}

// A run may have failed because the flow's folder is gone: whoever is to be told of that must hear it.
std::string folder_of_hooks(const RunPlan& plan, Store& store) {
  const bool is_there = exists(store.files(), plan.flow->folder).value_or(true);
  return is_there ? plan.flow->folder : store.layout().root().string();
}

Status run_shell(const std::string& text, const RunPlan& plan, const RunnerDoors& doors, const RunOutcome& outcome,
                 RunObserver& observer) {
  ProcessSpec spec;
  spec.program = "sh";
  QFLOW_ASSIGN(spec.arguments, shell_arguments(text, plan, doors.store));
  spec.environment = run_environment(plan, doors.store.layout());
  add_variable(spec.environment, "QFLOW_STATUS", to_text(outcome.status));
  add_value(spec.environment, "QFLOW_REASON", outcome.reason);
  spec.folder = folder_of_hooks(plan, doors.store);
  spec.with_parent = ProcessSpec::WithParent::kDies;
  spec.journal = plan.journal;
  spec.journal_note = kHookNote;
  const auto log_place = [&] { return doors.store.layout().run_hook_log(plan.run.id); };
  AttemptLog log(doors.store.files(), doors.clock, log_place, plan.max_log);
  QFLOW_ASSIGN(const std::unique_ptr<TaskProcess> hook,
               TaskProcess::start(doors.launcher, doors.clock, std::move(spec), "hook", std::move(log), run_mask(plan),
                                  observer));
  QFLOW_TRY(wait_for(*hook, doors));
  if (hook->exit().exit_status == 0) return {};
  return fail(ErrorKind::kFailed, "it failed", "its output is in " + printable(log_place().native()));
}

// The flow's own hook first, then the store's.
std::vector<std::string> hooks_for(const RunPlan& plan, RunStatus status) {
  const bool failed = status == RunStatus::kFailed || status == RunStatus::kCrashed;
  std::vector<std::string> hooks;
  if (status == RunStatus::kSucceeded && plan.flow->hooks.on_success)
    hooks.push_back(plan.flow->hooks.on_success->value);
  if (failed && plan.flow->hooks.on_failure) hooks.push_back(plan.flow->hooks.on_failure->value);
  if (failed && plan.any_failure) hooks.push_back(*plan.any_failure);
  return hooks;
}

// A hook without a mark is better than none.
void mark_hooks(const RunId& run, Store& store) {
  const Status made = store.files().make_folder(store.layout().hooks());
  if (made) (void)write_file(store.files(), store.layout().hook_mark(run), "");
}

}  // namespace

void call_hooks(const RunPlan& plan, const RunnerDoors& doors, const RunOutcome& outcome, RunObserver& observer) {
  const std::vector<std::string> hooks = hooks_for(plan, outcome.status);
  if (hooks.empty()) return;
  mark_hooks(plan.run.id, doors.store);
  for (const std::string& hook : hooks) {
    const Status called = run_shell(hook, plan, doors, outcome, observer);
    if (!called) observer.note(to_text(with_context("a hook of " + plan.run.id.text(), called.error())));
  }
  (void)doors.store.files().remove(doors.store.layout().hook_mark(plan.run.id));
}

Result<std::vector<RunId>> runs_with_hooks(const StoreLayout& layout, FileSystem& files) {
  std::vector<RunId> runs;
  const auto marks = files.list(layout.hooks());
  if (!marks && marks.error().kind == ErrorKind::kNotFound) return runs;
  if (!marks) return tl::make_unexpected(marks.error());
  for (const FolderEntry& mark : *marks) {
    if (const auto run = StoreLayout::marked_run(mark.name)) runs.push_back(*run);
  }
  return runs;
}

}  // namespace qflow
