#include "qflow/runner/hook.h"

#include <utility>

#include "runner/run_environment.h"
#include "runner/task_process.h"

namespace qflow {

namespace {

const std::optional<Located<std::string>>* hook_for(const Hooks& hooks, RunStatus status) {
  if (status == RunStatus::kSucceeded) return &hooks.on_success;
  if (status == RunStatus::kFailed || status == RunStatus::kCrashed) return &hooks.on_failure;
  return nullptr;
}

Status run_shell(const std::string& text, const RunPlan& plan, const RunnerDoors& doors, const RunOutcome& outcome,
                 RunObserver& observer) {
  ProcessSpec spec;
  spec.program = "sh";
  spec.arguments = {"sh", "-eu", "-c", text, "sh"};
  spec.environment = run_environment(plan, doors.store.layout());
  add_variable(spec.environment, "QFLOW_STATUS", to_text(outcome.status));
  add_variable(spec.environment, "QFLOW_REASON", outcome.reason);
  spec.folder = plan.flow->folder;
  AttemptLog log(doors.store.files(), doors.clock, doors.store.layout().run(plan.run.id) / "hook.log", kLongestLog);
  QFLOW_ASSIGN(const std::unique_ptr<TaskProcess> hook,
               TaskProcess::start(doors.launcher, doors.clock, std::move(spec), "hook", std::move(log), run_mask(plan),
                                  observer));
  while (!hook->finished()) {
    std::optional<std::chrono::microseconds> limit;
    if (const auto wake = hook->wake_at()) limit = *wake - doors.clock.monotonic();
    const auto descriptors = hook->descriptors();
    wait_readable({descriptors.begin(), descriptors.end()}, limit);
    QFLOW_TRY(hook->advance());
  }
  if (hook->exit().exit_status == 0) return {};
  return fail(ErrorKind::kFailed, "the hook failed", "its output is in hook.log in the folder of the run");
}

}  // namespace

void call_hook(const RunPlan& plan, const RunnerDoors& doors, const RunOutcome& outcome, RunObserver& observer) {
  const auto* hook = hook_for(plan.flow->hooks, outcome.status);
  if (hook == nullptr || !hook->has_value()) return;
  const Status called = run_shell((*hook)->value, plan, doors, outcome, observer);
  if (!called) observer.note(to_text(called.error()));
}

}  // namespace qflow
