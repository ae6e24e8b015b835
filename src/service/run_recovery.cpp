#include "qflow/service/run_recovery.h"

#include <fmt/format.h>

#include <utility>

#include "qflow/runner/hook.h"
#include "qflow/runner/leftovers.h"
#include "qflow/service/run_objects.h"
#include "service/held_run.h"
#include "service/interrupted_work.h"
#include "service/run_doors.h"
#include "service/run_record.h"
#include "service/secrets.h"

namespace qflow {

namespace {

// A local one is started by whoever made it.
bool waits_for_tick(const Run& run) {
  return run.status == RunStatus::kQueued && run.origin == RunOrigin::kDeployed;
}

bool is_resumed(const Run& run, const FlowDefinition& flow) {
  return run.origin == RunOrigin::kDeployed && flow.run.on_crash == OnCrash::kResume;
}

class Recovery {
 public:
  Recovery(Store& store, const Doors& doors, StopSignals* signals, RunObserver& observer)
      : store_(store), doors_(doors), signals_(signals), observer_(observer) {}

  Status recover(const RunId& id) {
    auto lock = store_.lock_run(id);
    // Somebody else was quicker, or executes it after all.
    if (!lock && lock.error().kind == ErrorKind::kBusy) return {};
    if (!lock) return tl::make_unexpected(lock.error());
    QFLOW_ASSIGN(Run run, store_.ledger().find_run(id));
    if (has_ended(run.status) || waits_for_tick(run)) return {};  // another recovery was here in between
    if (run.status == RunStatus::kQueued) return end_unstarted(run);
    const Remains remains = remains_of(run.id, store_.layout(), doors_.files, doors_.processes);
    if (!end_leftovers(remains, doors_.processes, doors_.clock)) {
      observer_.note("some processes of " + run.id.text() + " could not be ended");
    }
    return record(std::move(run), std::move(*lock));
  }

 private:
  Status end_unstarted(const Run& run) {
    RunRecord record(store_, doors_, run, observer_);
    QFLOW_TRY(record.end({RunStatus::kCrashed, "it was never started", std::nullopt}));
    observer_.note(run.id.text() + " was never started; run it again");
    return {};
  }

  Status record(Run run, FileHandle lock) {
    QFLOW_ASSIGN(const std::shared_ptr<const FlowDefinition> flow, recorded_flow(store_, run));
    RunRecord record(store_, doors_, run, observer_);
    if (goes_on_after_crash(run, *flow)) {
      observer_.note(run.id.text() + " was cut off; it waits to go on");
      RunChanges changes;
      QFLOW_ASSIGN(changes.attempts, interrupted_attempts(store_, run, doors_, kCutOff));
      return record.requeue(changes);
    }
    QFLOW_ASSIGN(const RunChanges changes, interrupted_work(store_, run, doors_, kCutOff));
    RunOutcome outcome{RunStatus::kCrashed, std::string(kCutOff), std::nullopt};
    if (is_resumed(run, *flow))
      outcome = {RunStatus::kFailed, fmt::format("crashed {} times", kMostCrashes), std::nullopt};
    QFLOW_TRY(record.end(outcome, changes));
    observer_.note(
        fmt::format("{0} {1}; qflow resume {0} goes on with what it has done", run.id.text(), to_text(outcome.status)));
    HeldRun held{std::move(run), flow, {}, {}, std::move(lock)};
    return hooks(std::move(held), outcome);
  }

  // Secrets are for steps; a hook of a crashed run has none, but they are masked where they can be found.
  Status hooks(HeldRun held, const RunOutcome& outcome) {
    QFLOW_ASSIGN(const auto own, RunDoors::of(held.run, store_, doors_));
    const Doors& doors = own->doors();
    held.secrets = known_secrets(*held.flow, doors.environment, store_.layout(), doors.files);
    QFLOW_ASSIGN(const RunPlan plan, plan_of(held, {}, store_, doors));
    const RunnerDoors runner_doors{store_, doors.clock, doors.launcher, signals_};
    call_hooks(plan, runner_doors, outcome, observer_);
    return {};
  }

  Store& store_;
  const Doors& doors_;
  StopSignals* signals_;
  RunObserver& observer_;
};

}  // namespace

bool goes_on_after_crash(const Run& run, const FlowDefinition& flow) {
  return is_resumed(run, flow) && run.crashes + 1 < kMostCrashes;
}

Result<std::vector<RunId>> abandoned_runs(Store& store) {
  QFLOW_ASSIGN(std::vector<RunId> runs, store.ledger().runs_in_hand());
  // Where that can't be learnt, recovery says why: it takes the lock.
  std::erase_if(runs, [&](const RunId& run) { return store.run_is_locked(run).value_or(false); });
  return runs;
}

Result<std::vector<RunId>> abandoned_hooks(Store& store) {
  QFLOW_ASSIGN(std::vector<RunId> runs, runs_with_hooks(store.layout(), store.files()));
  std::erase_if(runs, [&](const RunId& run) { return store.run_is_locked(run).value_or(true); });
  return runs;
}

Status end_hooks(Store& store, const Run& run, const Doors& doors, RunObserver& observer) {
  const Path mark = store.layout().hook_mark(run.id);
  QFLOW_ASSIGN(const bool any, exists(doors.files, mark));
  if (!any) return {};
  const Remains remains = remains_of_hooks(run.id, run.status, store.layout(), doors.files, doors.processes);
  const bool ended = end_leftovers(remains, doors.processes, doors.clock);
  observer.note(fmt::format("{} of {} {}", ended ? "the hooks" : "some processes of the hooks", run.id.text(),
                            ended ? "were ended" : "could not be ended"));
  // Who still calls them takes it away.
  const auto lock = store.lock_run(run.id);
  if (lock) (void)doors.files.remove(mark);
  return {};
}

Status recover_run(Store& store, const RunId& run, const Doors& doors, StopSignals* signals, RunObserver& observer) {
  return Recovery(store, doors, signals, observer).recover(run);
}

namespace {

Status end_abandoned_hooks(Store& store, const Doors& doors, RunObserver& observer) {
  QFLOW_ASSIGN(const std::vector<RunId> hooks, abandoned_hooks(store));
  for (const RunId& id : hooks) {
    const auto run = store.ledger().find_run(id);
    if (!run && run.error().kind != ErrorKind::kNotFound) return tl::make_unexpected(run.error());
    // A ledger that was restored from a backup may not know the run.
    if (!run) (void)doors.files.remove(store.layout().hook_mark(id));
    if (run) QFLOW_TRY(end_hooks(store, *run, doors, observer));
  }
  return {};
}

}  // namespace

Status recover_runs(Store& store, const Doors& doors, StopSignals* signals, RunObserver& observer) {
  QFLOW_ASSIGN(const std::vector<RunId> abandoned, abandoned_runs(store));
  Recovery recovery(store, doors, signals, observer);
  Status first_failure;
  for (const RunId& run : abandoned) {
    const Status recovered = recovery.recover(run);
    if (first_failure && !recovered) first_failure = tl::make_unexpected(with_context(run.text(), recovered.error()));
  }
  const Status ended = end_abandoned_hooks(store, doors, observer);
  return first_failure ? ended : first_failure;
}

}  // namespace qflow
