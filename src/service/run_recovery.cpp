#include "qflow/service/run_recovery.h"

#include <fmt/format.h>

#include <set>
#include <tuple>
#include <utility>

#include "qflow/runner/hook.h"
#include "qflow/runner/leftovers.h"
#include "qflow/service/run_objects.h"
#include "service/held_run.h"
#include "service/run_ends.h"
#include "service/run_record.h"
#include "service/secrets.h"

namespace qflow {

namespace {

constexpr std::string_view kKilled = "the process that executed the run was killed";

using AttemptKey = std::tuple<StepId, std::optional<std::int64_t>, int>;

AttemptKey key_of(const Attempt& attempt) {
  return {attempt.step, attempt.index, attempt.number};
}

Attempt cut_off(Attempt attempt, const Run& run, Instant now) {
  attempt.status = StepStatus::kCancelled;
  attempt.reason = kKilled;
  attempt.ended_at = now;
  if (attempt.started_at == Instant()) attempt.started_at = run.started_at.value_or(now);
  return attempt;
}

// The attempts that were running: the ledger learns late of those that begin, the journal at once.
Result<std::vector<Attempt>> interrupted_attempts(Store& store, const Run& run, const Doors& doors) {
  QFLOW_ASSIGN(const std::vector<Attempt> recorded, store.ledger().attempts(run.id));
  std::set<AttemptKey> known;
  std::vector<Attempt> interrupted;
  for (const Attempt& attempt : recorded) {
    known.insert(key_of(attempt));
    if (!attempt.ended_at) interrupted.push_back(cut_off(attempt, run, doors.clock.now()));
  }
  for (const Attempt& attempt : journaled_attempts(run.id, store.layout(), doors.files)) {
    if (known.insert(key_of(attempt)).second) interrupted.push_back(cut_off(attempt, run, doors.clock.now()));
  }
  return interrupted;
}

class Recovery {
 public:
  Recovery(Store& store, const Doors& doors, RunObserver& observer)
      : store_(store), doors_(doors), observer_(observer) {}

  Status recover(const RunId& id) {
    auto lock = store_.lock_run(id);
    // Somebody else was quicker, or executes it after all.
    if (!lock && lock.error().kind == ErrorKind::kBusy) return {};
    if (!lock) return tl::make_unexpected(lock.error());
    QFLOW_ASSIGN(Run run, store_.ledger().find_run(id));
    if (has_ended(run.status)) return {};
    if (run.status == RunStatus::kQueued) return end_unstarted(run);
    if (!end_leftovers({run.id, store_.layout(), doors_.files, doors_.processes, doors_.clock})) {
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
    RunChanges changes;
    QFLOW_ASSIGN(changes.attempts, interrupted_attempts(store_, run, doors_));
    QFLOW_ASSIGN(const std::shared_ptr<const FlowDefinition> flow, recorded_flow(store_, run));
    const bool goes_on = run.origin == RunOrigin::kDeployed && flow->run.on_crash == OnCrash::kResume;
    RunRecord record(store_, doors_, run, observer_);
    if (goes_on && run.crashes + 1 < kMostCrashes) {
      observer_.note(run.id.text() + " was cut off; it waits to go on");
      return record.requeue(changes);
    }
    QFLOW_ASSIGN(RunChanges cut_off_steps, cancelled_steps(store_, run.id, kKilled, doors_.clock.now()));
    changes.steps = std::move(cut_off_steps.steps);
    RunOutcome outcome{RunStatus::kCrashed, std::string(kKilled), std::nullopt};
    if (goes_on) outcome = {RunStatus::kFailed, fmt::format("crashed {} times", kMostCrashes), std::nullopt};
    QFLOW_TRY(record.end(outcome, changes));
    observer_.note(
        fmt::format("{0} {1}; qflow resume {0} goes on with what it has done", run.id.text(), to_text(outcome.status)));
    HeldRun held{std::move(run), flow, {}, {}, std::move(lock)};
    return hooks(std::move(held), outcome);
  }

  // Secrets are for steps; a hook of a crashed run has none, but they are masked where they can be found.
  Status hooks(HeldRun held, const RunOutcome& outcome) {
    if (auto secrets = find_secrets(*held.flow, doors_.environment, store_.layout(), doors_.files)) {
      held.secrets = std::move(*secrets);
    }
    QFLOW_ASSIGN(const RunPlan plan, plan_of(held, {}, store_, doors_));
    const RunnerDoors runner_doors{store_, doors_.clock, doors_.launcher, nullptr};
    call_hooks(plan, runner_doors, outcome, observer_);
    return {};
  }

  Store& store_;
  const Doors& doors_;
  RunObserver& observer_;
};

// A deployed run that is queued waits for the next tick; a local one is started by whoever made it.
Result<std::vector<RunId>> abandoned_runs(Store& store) {
  std::vector<RunId> abandoned;
  for (const RunStatus status : {RunStatus::kRunning, RunStatus::kQueued}) {
    RunFilter filter;
    filter.status = status;
    QFLOW_ASSIGN(const std::vector<Run> runs, store.ledger().list_runs(filter));
    for (const Run& run : runs) {
      const bool waits = status == RunStatus::kQueued && run.origin == RunOrigin::kDeployed;
      if (!waits && !store.run_is_locked(run.id)) abandoned.push_back(run.id);
    }
  }
  return abandoned;
}

}  // namespace

Status recover_runs(Store& store, const Doors& doors, RunObserver& observer) {
  QFLOW_ASSIGN(const std::vector<RunId> abandoned, abandoned_runs(store));
  Recovery recovery(store, doors, observer);
  for (const RunId& run : abandoned) QFLOW_TRY(recovery.recover(run));
  return {};
}

}  // namespace qflow
