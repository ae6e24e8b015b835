#include "qflow/service/run_cancellation.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "qflow/os/stop_signals.h"
#include "qflow/runner/leftovers.h"
#include "qflow/runner/run_journal.h"
#include "qflow/service/run_objects.h"
#include "qflow/service/run_recovery.h"
#include "service/interrupted_work.h"
#include "service/run_record.h"

namespace qflow {

namespace {

constexpr std::chrono::seconds kCancelPatience{20};
constexpr std::chrono::milliseconds kCancelPause{10};
constexpr const char* kReason = "qflow cancel";

Status refuse_ended(const Run& run) {
  if (!has_ended(run.status)) return {};
  return fail(ErrorKind::kRefused,
              run.id.text() + " has ended already: it " +
                  (run.status == RunStatus::kCancelled ? "was cancelled" : std::string(to_text(run.status))));
}

// Nobody executes the run: this process holds its lock.
Status end_here(Store& store, const Run& run, const Doors& doors, RunObserver& observer) {
  (void)end_leftovers(remains_of(run.id, store.layout(), doors.files, doors.processes), doors.processes, doors.clock);
  QFLOW_ASSIGN(const auto asked_because, store.ledger().triggers().cancel_reason(run.id));
  const std::string reason = asked_because.value_or(kReason);
  QFLOW_ASSIGN(const RunChanges changes, interrupted_work(store, run, doors, reason));
  return RunRecord(store, doors, run, observer).end({RunStatus::kCancelled, reason, std::nullopt}, changes);
}

// Who asked for the end is content with one that came from elsewhere meanwhile: an undeploy, an event that replaced it.
Status end_held(Store& store, const RunId& id, const Doors& doors, RunObserver& observer) {
  QFLOW_ASSIGN(Run run, store.ledger().find_run(id));
  if (!has_ended(run.status)) {
    const Status ended = end_here(store, run, doors, observer);
    if (ended || ended.error().kind != ErrorKind::kRefused) return ended;
    QFLOW_ASSIGN(run, store.ledger().find_run(id));
  }
  return run.status == RunStatus::kCancelled ? Status() : refuse_ended(run);
}

// Whoever executes the run now, and has announced itself: the last line may still be that of an earlier process.
std::optional<ProcessInfo> executor_of(Store& store, const RunId& run, const Doors& doors) {
  const std::string journal = read_file(doors.files, store.layout().run_lock(run)).value_or("");
  return parse_run_journal(journal).executor;
}

// Whoever executes it may have begun another run when the signal comes: the ledger says which one is meant.
Status note_cancellation(Store& store, const RunId& id) {
  TriggerLedger& triggers = store.ledger().triggers();
  QFLOW_ASSIGN(const auto known, triggers.cancel_reason(id));
  if (known) return {};
  return store.ledger().write(Durability::kProcess, [&](LedgerWriter&) -> Status {
    QFLOW_ASSIGN(const Run run, store.ledger().run_without_sources(id));
    return has_ended(run.status) ? Status() : triggers.ask_to_cancel(id, kReason);
  });
}

Status end_replaced_run(Store& store, const RunId& run, const Doors& doors, std::vector<RunId>& asked,
                        RunObserver& observer) {
  QFLOW_ASSIGN(const bool is_locked, store.run_is_locked(run));
  if (!is_locked) {
    const Status ended = cancel_run(store, run, doors, observer);
    return ended || ended.error().kind == ErrorKind::kRefused ? Status() : ended;  // it may have ended otherwise
  }
  if (std::find(asked.begin(), asked.end(), run) != asked.end()) return {};
  const std::optional<ProcessInfo> executor = executor_of(store, run, doors);
  if (!executor || !store.run_is_locked(run).value_or(false)) return {};
  doors.processes.signal(*executor, kReplaceSignal);
  asked.push_back(run);
  return {};
}

}  // namespace

Status end_replaced_runs(Store& store, const Doors& doors, std::vector<RunId>& asked, RunObserver& observer) {
  QFLOW_ASSIGN(const std::vector<RunId> runs, store.ledger().triggers().runs_to_cancel());
  Status first_failure;
  for (const RunId& run : runs) {
    const Status done = end_replaced_run(store, run, doors, asked, observer);
    if (first_failure && !done) first_failure = tl::make_unexpected(with_context(run.text(), done.error()));
  }
  return first_failure;
}

Status cancel_run(Store& store, const RunId& id, const Doors& doors, RunObserver& observer) {
  auto began = doors.clock.monotonic();
  QFLOW_ASSIGN(const Run before, store.ledger().find_run(id));
  if (has_ended(before.status)) QFLOW_TRY(end_hooks(store, before, doors, observer));
  QFLOW_TRY(refuse_ended(before));
  if (status_now(store, id, before.status) == RunStatus::kCrashed) {
    QFLOW_TRY(recover_run(store, id, doors, nullptr, observer));
    QFLOW_ASSIGN(const Run recovered, store.ledger().find_run(id));
    QFLOW_TRY(refuse_ended(recovered));
  }
  for (pid_t asked = 0; doors.clock.monotonic() - began < kCancelPatience; std::this_thread::sleep_for(kCancelPause)) {
    auto lock = store.lock_run(id);
    if (!lock && lock.error().kind != ErrorKind::kBusy) return tl::make_unexpected(lock.error());
    if (lock) return end_held(store, id, doors, observer);
    const std::optional<ProcessInfo> executor = executor_of(store, id, doors);
    if (!executor || executor->id == std::exchange(asked, executor->id)) continue;
    QFLOW_TRY(note_cancellation(store, id));
    if (store.run_is_locked(id).value_or(false)) doors.processes.signal(*executor, kCancelSignal);
    began = doors.clock.monotonic();  // the steps have their time from now on
  }
  return fail(ErrorKind::kBusy, id.text() + " has not ended yet",
              "its steps may not heed SIGTERM; call qflow cancel once more to end them at once");
}

}  // namespace qflow
