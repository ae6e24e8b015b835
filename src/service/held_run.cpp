#include "service/held_run.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "qflow/runner/hook.h"
#include "qflow/runner/leftovers.h"
#include "qflow/runner/run_journal.h"
#include "qflow/runner/run_variables.h"
#include "qflow/service/run_objects.h"
#include "service/git_probe.h"
#include "service/interrupted_work.h"
#include "service/outlast_writers.h"
#include "service/run_record.h"
#include "service/secrets.h"
#include "service/store_settings.h"
#include "service/trigger_files.h"

namespace qflow {

namespace {

int jobs_of(const ExecutionOptions& options, const FlowDefinition& flow) {
  const int jobs = options.jobs.value_or(flow.run.jobs);
  return jobs > 0 ? jobs : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// What steps and hooks read of the run.
Status write_run_files(const RunPlan& plan, Store& store) {
  const Path parameters = store.layout().run_parameters(plan.run.id);
  QFLOW_TRY(write_file(store.files(), parameters, to_compact(plan.run.params) + "\n"));
  if (plan.run.trigger) return write_trigger_files(store, plan.run, plan.trigger);
  return {};
}

Result<RunOutcome> execute(const RunPlan& plan, const RunnerDoors& doors, RunReporter& reporter,
                           RunObserver& observer) {
  QFLOW_TRY(write_run_files(plan, doors.store));
  return execute_run(plan, doors, reporter, observer);
}

RunPlan plan_with(StoreConfig config, HeldRun& held, const ExecutionOptions& options, Store& store,
                  const Doors& doors) {
  RunPlan plan;
  plan.flow = held.flow;
  plan.trigger = trigger_object(store, held.run.trigger);
  plan.run = std::move(held.run);
  plan.jobs = jobs_of(options, *held.flow);
  plan.on_failure = options.on_failure;
  plan.environment = doors.environment;
  plan.program = doors.program;
  plan.secrets = std::move(held.secrets);
  plan.earlier = std::move(held.earlier);
  plan.journal = held.lock.descriptor();
  plan.max_log = config.max_log;
  plan.any_failure = std::move(config.on_failure);
  return plan;
}

// Tells others who executes the run, and makes its plan.
Result<RunPlan> announced_plan(HeldRun& held, const ExecutionOptions& options, Store& store, const Doors& doors) {
  QFLOW_ASSIGN(const std::string origin,
               journal_origin(store.layout().run_lock(held.run.id), doors.files, doors.processes));
  QFLOW_TRY(doors.files.write_all(held.lock, executor_line(doors.processes.self(), origin)));
  return plan_of(held, options, store, doors);
}

// Who asked the run to end before it was announced could not tell whom.
Status hear_of_requests(const Run& run, Store& store, const Doors& doors, const StopSignals* signals) {
  if (signals == nullptr || !run.deployment) return {};
  QFLOW_ASSIGN(const std::optional<std::string> asked, store.ledger().triggers().cancel_reason(run.id));
  if (asked) doors.processes.signal(doors.processes.self(), kReplaceSignal);
  return {};
}

// The run can't go on. What it had begun has been ended, here or with an earlier process.
tl::unexpected<Error> record_failure(const Run& run, const Error& error, Store& store, const Doors& doors,
                                     RunObserver& observer) {
  const std::string reason = to_text(error);
  const auto changes = interrupted_work(store, run, doors, reason);
  (void)RunRecord(store, doors, run, observer)
      .end({RunStatus::kFailed, reason, std::nullopt}, changes.value_or(RunChanges()));
  return tl::make_unexpected(with_context(run.id.text(), error));
}

// The same for a run that has come as far as its steps.
tl::unexpected<Error> fail_with_hooks(const RunPlan& plan, const Error& error, const RunnerDoors& runner_doors,
                                      const Doors& doors, RunObserver& observer) {
  auto failed = record_failure(plan.run, error, runner_doors.store, doors, observer);
  call_hooks(plan, runner_doors, {RunStatus::kFailed, to_text(error), std::nullopt}, observer);
  return failed;
}

// The same for one that has not: its hooks find what can be made of what they are promised.
tl::unexpected<Error> fail_unplanned(HeldRun held, const Error& error, const RunnerDoors& runner_doors,
                                     const Doors& doors, RunObserver& observer) {
  Store& store = runner_doors.store;
  auto config = load_store_config(store.layout(), doors.files);
  held.secrets = known_secrets(*held.flow, doors.environment, store.layout(), doors.files);
  const RunPlan plan = plan_with(std::move(config).value_or(StoreConfig()), held, {}, store, doors);
  (void)write_run_files(plan, store);
  return fail_with_hooks(plan, error, runner_doors, doors, observer);
}

// What only tasks use; what a killed one left stays. gc would find it too, but a crontab makes thousands of runs before
// anybody thinks of gc. Not for local runs, whose end somebody waits for: a file system takes longer to remove a folder
// than to make it.
void remove_workspace(const RunId& run, Store& store) {
  FileSystem& files = store.files();
  (void)remove_tree(files, store.layout().run_items(run));
  const Path outputs = store.layout().run_outputs(run);
  const auto folders = files.list(outputs);
  if (!folders) return;
  for (const FolderEntry& folder : *folders) (void)files.remove(outputs / folder.name);
  (void)files.remove(outputs);
}

}  // namespace

std::vector<std::string> environment_of_executors(const Environment& environment) {
  std::vector<std::string> result;
  for (const auto& [name, value] : environment) {
    if (!is_run_variable(name) || name == kGivenSecrets) result.push_back(name + "=" + value);
  }
  return result;
}

Result<EarlierResults> earlier_results(Store& store, const RunId& run) {
  EarlierResults earlier;
  QFLOW_ASSIGN(earlier.steps, store.ledger().steps(run));
  QFLOW_ASSIGN(earlier.attempts, store.ledger().attempts(run));
  QFLOW_ASSIGN(earlier.artifacts, store.ledger().artifacts(run));
  return earlier;
}

Result<RunPlan> plan_of(HeldRun& held, const ExecutionOptions& options, Store& store, const Doors& doors) {
  QFLOW_ASSIGN(StoreConfig config, load_store_config(store.layout(), doors.files));
  return plan_with(std::move(config), held, options, store, doors);
}

Result<RunResult> execute_held_run(HeldRun held, const ExecutionOptions& options, Store& store, const Doors& doors,
                                   StopSignals* signals, RunObserver& observer) {
  const RunnerDoors runner_doors{store, doors.clock, doors.launcher, signals};
  auto made = announced_plan(held, options, store, doors);
  if (!made) return fail_unplanned(std::move(held), made.error(), runner_doors, doors, observer);
  const RunPlan plan = std::move(*made);
  QFLOW_TRY(hear_of_requests(plan.run, store, doors, signals));
  GitProbe git(doors, plan.flow->folder);
  RunRecord record(store, doors, plan.run, observer);
  auto outcome = execute(plan, runner_doors, record, observer);
  // Asked twice to end while others keep it from recording that: who looks next finds a crash, no failure.
  if (!outcome && was_kept_out(store.ledger(), outcome.error())) return tl::make_unexpected(outcome.error());
  if (!outcome) return fail_with_hooks(plan, outcome.error(), runner_doors, doors, observer);
  const auto commit = git.take();
  heed_signals(plan.run.id, runner_doors, *outcome);  // git may have taken a while
  // Who ends a run does not want to find parts of it later, in whatever session they are.
  if (outcome->status == RunStatus::kCancelled) {
    const Remains remains = remains_of(plan.run.id, store.layout(), doors.files, doors.processes);
    (void)end_leftovers(remains, doors.processes, doors.clock);
  }
  QFLOW_TRY(outlast_writers(store.ledger(), signals, [&] { return record.end(*outcome, {}, commit); }));
  call_hooks(plan, runner_doors, *outcome, observer);
  if (plan.run.origin == RunOrigin::kDeployed) remove_workspace(plan.run.id, store);
  return RunResult{plan.run.id, outcome->status, outcome->reason, outcome->signal};
}

Result<RunResult> execute_started_run(Store& store, Run run, FileHandle lock, const ExecutionOptions& options,
                                      const Doors& doors, StopSignals* signals, RunObserver& observer) {
  const RunnerDoors runner_doors{store, doors.clock, doors.launcher, signals};
  HeldRun held;
  held.lock = std::move(lock);
  held.run = std::move(run);
  auto flow = recorded_flow(store, held.run);
  if (!flow) return record_failure(held.run, flow.error(), store, doors, observer);
  held.flow = std::move(*flow);
  auto secrets = required_secrets(*held.flow, doors.environment, store.layout(), doors.files);
  if (!secrets) return fail_unplanned(std::move(held), secrets.error(), runner_doors, doors, observer);
  held.secrets = std::move(*secrets);
  auto earlier = earlier_results(store, held.run.id);
  if (!earlier) return fail_unplanned(std::move(held), earlier.error(), runner_doors, doors, observer);
  held.earlier = std::move(*earlier);
  return execute_held_run(std::move(held), options, store, doors, signals, observer);
}

}  // namespace qflow
