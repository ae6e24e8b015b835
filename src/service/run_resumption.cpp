#include "qflow/service/run_resumption.h"

#include <fmt/format.h>

#include <map>
#include <utility>
#include <vector>

#include "qflow/engine/busy_policy.h"
#include "qflow/model/step_graph.h"
#include "qflow/model/step_state.h"
#include "qflow/service/calling_run.h"
#include "qflow/service/run_objects.h"
#include "qflow/service/run_recovery.h"
#include "service/foreach_list.h"
#include "service/held_run.h"
#include "service/run_doors.h"
#include "service/secrets.h"
#include "service/store_settings.h"

namespace qflow {

namespace {

// What becomes of each step of the earlier run, by its index.
enum class Reuse {
  kNothing,
  kFinishedTasks,  // it begins anew, but its tasks that succeeded are not done again
  kWhole,
};

Result<Run> find_ended_run(Store& store, const RunId& id) {
  QFLOW_ASSIGN(Run run, store.ledger().find_run(id));
  if (has_ended(run.status)) return run;
  return fail(ErrorKind::kBusy, id.text() + " is " + std::string(to_text(run.status)),
              "wait for its end, or end it with qflow cancel " + id.text());
}

// A step can be taken over when all that it needs is: else it would see other artifacts than it saw.
class ReusePlan {
 public:
  ReusePlan(const FlowDefinition& flow, const std::vector<StepState>& steps, std::optional<std::size_t> again)
      : flow_(flow), graph_(flow.steps), again_(again) {
    for (const StepState& state : steps) states_[state.step] = state;
  }

  Reuse of(std::size_t step) {
    const auto known = found_.find(step);
    if (known != found_.end()) return known->second;
    const Reuse reuse = find(step);
    found_[step] = reuse;
    return reuse;
  }

  const StepState& state(std::size_t step) const { return states_.at(flow_.steps[step].id); }

 private:
  Reuse find(std::size_t step) {
    if (again_ == step) return Reuse::kNothing;
    for (const std::size_t needed : graph_.needs(step)) {
      if (of(needed) != Reuse::kWhole) return Reuse::kNothing;
    }
    const auto state = states_.find(flow_.steps[step].id);
    if (state == states_.end()) return Reuse::kNothing;
    const StepStatus status = state->second.status;
    const bool whole = status == StepStatus::kSucceeded || status == StepStatus::kSkipped;
    return whole ? Reuse::kWhole : Reuse::kFinishedTasks;
  }

  const FlowDefinition& flow_;
  StepGraph graph_;
  std::optional<std::size_t> again_;
  std::map<StepId, StepState> states_;
  std::map<std::size_t, Reuse> found_;
};

Run successor_of(const Run& earlier, Instant now) {
  Run run = earlier;
  run.status = RunStatus::kRunning;
  run.reason.clear();
  run.created_at = now;
  run.started_at = now;
  run.ended_at.reset();
  run.git_commit.clear();
  run.git_dirty = false;
  run.crashes = 0;
  run.removed_at.reset();
  run.resumes = earlier.id;
  return run;
}

Status take_over(Store& store, LedgerWriter& writer, const Run& run, const FlowDefinition& flow, ReusePlan& plan) {
  QFLOW_ASSIGN(const Run earlier, store.ledger().find_run(*run.resumes));
  for (std::size_t step = 0; step < flow.steps.size(); ++step) {
    const Reuse reuse = plan.of(step);
    if (reuse == Reuse::kNothing) continue;
    if (reuse == Reuse::kFinishedTasks) {
      // Else a task would count for an item that it never had.
      QFLOW_ASSIGN(const bool has_same, has_same_items(store, earlier, run, step));
      if (!has_same) continue;
    }
    QFLOW_TRY(writer.copy_results(*run.resumes, run.id, flow.steps[step].id));
    if (reuse != Reuse::kWhole) continue;
    StepState state = plan.state(step);
    if (state.status == StepStatus::kSucceeded) state.reason = "taken over from " + run.resumes->text();
    QFLOW_TRY(writer.save_step(run.id, state));
  }
  return {};
}

// It starts at once, or not at all: who resumes a run waits for it.
Status refuse_while_busy(Store& store, const Run& run, const RunPolicy& policy) {
  if (!run.deployment) return {};
  QFLOW_ASSIGN(std::vector<ActiveRun> active, store.ledger().triggers().active_runs(*run.deployment));
  std::erase_if(active, [](const ActiveRun& one) { return one.status != RunStatus::kRunning; });
  const std::string advice = "resume it when that has ended";
  if (policy.max_parallel && static_cast<std::int64_t>(active.size()) >= *policy.max_parallel) {
    return fail(ErrorKind::kBusy,
                fmt::format("{} is running, and max_parallel is {}", active.front().run.text(), *policy.max_parallel),
                advice);
  }
  if (!runs_one_by_one(policy.when_busy)) return {};
  QFLOW_ASSIGN(const std::vector<ActiveRun> same,
               store.ledger().triggers().active_runs(*run.deployment, run.context, {}));
  for (const ActiveRun& one : same) {
    if (one.status == RunStatus::kRunning) return fail(ErrorKind::kBusy, one.run.text() + " is running", advice);
  }
  return {};
}

Result<FileHandle> register_successor(Store& store, Run& run, const FlowDefinition& flow, ReusePlan& plan) {
  FileHandle lock;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(refuse_while_busy(store, run, flow.run));
    QFLOW_ASSIGN(run.id.number, writer.next_run_number(run.id.flow));
    QFLOW_ASSIGN(lock, store.lock_new_run(run.id));
    QFLOW_TRY(writer.insert_run(run, flow.text));
    return take_over(store, writer, run, flow, plan);
  }));
  return lock;
}

bool has_work(const FlowDefinition& flow, ReusePlan& plan) {
  for (std::size_t step = 0; step < flow.steps.size(); ++step) {
    if (plan.of(step) != Reuse::kWhole) return true;
  }
  return false;
}

// A person who has mended the flow may mean the new one.
Status note_newer(Store& store, const Run& earlier, RunObserver& observer) {
  if (!earlier.deployment) return {};
  QFLOW_ASSIGN(const Deployment deployment, store.ledger().triggers().deployment(*earlier.deployment));
  if (deployment.undeployed_at || deployment.definition_hash == earlier.definition_hash) return {};
  observer.note(fmt::format("{} was deployed anew since (version {}); this goes on with what {} began with",
                            full_name(deployment), deployment.version, earlier.id.text()));
  return {};
}

}  // namespace

Result<RunResult> resume_run(Store& store, const RunId& id, const std::optional<StepId>& step,
                             const ExecutionOptions& options, const Doors& caller, StopSignals* signals,
                             RunObserver& observer) {
  QFLOW_TRY(recover_runs(store, caller, signals, observer));
  QFLOW_ASSIGN(const Run earlier, find_ended_run(store, id));
  QFLOW_ASSIGN(const auto own, RunDoors::of(earlier, store, caller));
  const Doors& doors = own->doors();
  QFLOW_TRY(note_newer(store, earlier, observer));
  HeldRun held;
  QFLOW_ASSIGN(held.flow, recorded_flow(store, earlier));
  std::optional<std::size_t> again;
  if (step) {
    QFLOW_ASSIGN(again, find_step(*held.flow, *step));
  }
  QFLOW_ASSIGN(std::vector<StepState> steps, store.ledger().steps(id));
  if (earlier.removed_at) {
    observer.note("qflow gc has removed the results of " + id.text() + "; every step is done again");
    steps.clear();
  }
  ReusePlan plan(*held.flow, steps, again);
  // One that was killed between its last step and its end has only to end.
  if (earlier.status == RunStatus::kSucceeded && !has_work(*held.flow, plan)) {
    return fail(ErrorKind::kInvalid, "every step of " + id.text() + " has succeeded",
                "name the step to begin with: qflow resume " + id.text() + " STEP");
  }
  QFLOW_ASSIGN(held.secrets, required_secrets(*held.flow, doors.environment, store.layout(), doors.files));
  QFLOW_TRY(load_store_config(store.layout(), doors.files));
  held.run = successor_of(earlier, doors.clock.now());
  QFLOW_TRY(descend_from_caller(held.run, Executed::kHere, store, caller));
  QFLOW_ASSIGN(held.lock, register_successor(store, held.run, *held.flow, plan));
  QFLOW_ASSIGN(held.earlier, earlier_results(store, held.run.id));
  return execute_held_run(std::move(held), options, store, doors, signals, observer);
}

}  // namespace qflow
