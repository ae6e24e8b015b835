#include "qflow/service/run_claim.h"

#include <thread>
#include <utility>

#include "qflow/service/calling_run.h"
#include "service/caller_wait.h"
#include "service/free_workers.h"
#include "service/held_run.h"
#include "service/outlast_writers.h"
#include "service/run_doors.h"

namespace qflow {

namespace {

constexpr std::int64_t kAtOnce = 16;  // candidates looked at in one go

// A run that goes on after a crash has in its folder what it goes on with.
Result<FileHandle> lock_to_start(Store& store, const RunId& id) {
  QFLOW_ASSIGN(const Run run, store.ledger().run_without_sources(id));
  return run.started_at ? store.lock_run(id) : store.lock_new_run(id);
}

// In the transaction: queued → running.
Result<ClaimedRun> start_locked(Store& store, LedgerWriter& writer, const RunId& id, FileHandle lock, Instant now) {
  QFLOW_TRY(writer.start_run(id, now));
  QFLOW_ASSIGN(Run run, store.ledger().find_run(id));
  return ClaimedRun{std::move(run), std::move(lock)};
}

// Who waits for a run's turn asks often: others can write all the while.
Result<std::optional<ClaimedRun>> claim_in_turn(Store& store, const RunId& run, const Doors& doors) {
  std::optional<ClaimedRun> claimed;
  QFLOW_ASSIGN(const bool startable, store.ledger().triggers().may_start(run));
  if (!startable) return claimed;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(claimed, claim_run(store, writer, run, doors.clock.now()));
    return {};
  }));
  return claimed;
}

// The first of so many candidates that can be locked: one that can't holds no other up.
Status claim_among(Store& store, LedgerWriter& writer, std::int64_t candidates, Instant now,
                   std::optional<ClaimedRun>& claimed) {
  QFLOW_ASSIGN(const std::vector<RunId> startable, store.ledger().triggers().startable_runs(candidates));
  Status first_failure;
  for (const RunId& run : startable) {
    auto lock = lock_to_start(store, run);
    if (lock) {
      QFLOW_ASSIGN(claimed, start_locked(store, writer, run, std::move(*lock), now));
      return {};
    }
    const bool is_failure = lock.error().kind != ErrorKind::kBusy;
    if (first_failure && is_failure) first_failure = tl::make_unexpected(with_context(run.text(), lock.error()));
  }
  return first_failure;
}

// A signal ends this process until it is about to take a run; what comes from then on is for that run, and waits in
// `signals`.
Result<std::optional<ClaimedRun>> claim_next(Store& store, const Doors& doors, WorkerPlace place,
                                             std::optional<StopSignals>& signals) {
  std::optional<ClaimedRun> claimed;
  QFLOW_ASSIGN(const std::vector<RunId> hope, store.ledger().triggers().startable_runs(1));
  if (hope.empty()) return claimed;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(const std::int64_t free, free_workers(store, doors.files));
    if (free == 0 && place == WorkerPlace::kFree) return {};
    signals.emplace();
    const Instant now = doors.clock.now();
    // To look for further ones takes time by the number that waits.
    (void)claim_among(store, writer, 1, now, claimed);
    return claimed ? Status() : claim_among(store, writer, kAtOnce, now, claimed);
  }));
  return claimed;
}

}  // namespace

Result<std::optional<ClaimedRun>> claim_run(Store& store, LedgerWriter& writer, const RunId& run, Instant now) {
  QFLOW_ASSIGN(const bool startable, store.ledger().triggers().may_start(run));
  if (!startable) return std::optional<ClaimedRun>();
  auto lock = lock_to_start(store, run);
  if (!lock && lock.error().kind == ErrorKind::kBusy) return std::optional<ClaimedRun>();
  if (!lock) return tl::make_unexpected(lock.error());
  return start_locked(store, writer, run, std::move(*lock), now).map([](ClaimedRun claimed) {
    return std::optional<ClaimedRun>(std::move(claimed));
  });
}

Result<RunResult> execute_claimed_run(Store& store, ClaimedRun claimed, const ExecutionOptions& options,
                                      const Doors& doors, StopSignals* signals, RunObserver& observer) {
  QFLOW_ASSIGN(const auto own, RunDoors::of(claimed.run, store, doors));
  return execute_started_run(store, std::move(claimed.run), std::move(claimed.lock), options, own->doors(), signals,
                             observer);
}

Result<RunResult> execute_by_hand(Store& store, ClaimedRun claimed, const Doors& doors, StopSignals& signals,
                                  RunObserver& observer) {
  auto result = execute_claimed_run(store, std::move(claimed), {}, doors, &signals, observer);
  start_waiting_runs(store, doors, observer);
  return result;
}

Status execute_waiting_runs(Store& store, const Doors& doors, WorkerPlace place, RunObserver& observer) {
  while (true) {
    std::optional<StopSignals> signals;
    auto claimed = claim_next(store, doors, place, signals);
    if (!claimed && was_kept_out(store.ledger(), claimed.error())) continue;
    if (!claimed) return tl::make_unexpected(claimed.error());
    if (!*claimed) return {};
    place = WorkerPlace::kFree;
    const auto result = execute_claimed_run(store, std::move(**claimed), {}, doors, &*signals, observer);
    if (!result) observer.note(to_text(result.error()));
    // Whoever ends this process means more than the run.
    if ((result && result->signal) || signals->take_for_process()) return {};
  }
}

Result<RunResult> execute_in_turn(Store& store, const RunId& id, RunDispatcher& dispatcher, const Doors& doors,
                                  StopSignals& signals, RunObserver& observer) {
  QFLOW_ASSIGN(const std::optional<RunId> caller, calling_run(store, doors));
  QFLOW_TRY(lend_place_of(store, caller, dispatcher));
  observer.note(id.text() + " waits for earlier runs");
  while (true) {
    QFLOW_ASSIGN(const Run run, store.ledger().run_without_sources(id));
    if (has_ended(run.status)) return RunResult{id, run.status, run.reason, std::nullopt};
    QFLOW_ASSIGN(auto claimed, claim_in_turn(store, id, doors));
    if (claimed) return execute_by_hand(store, std::move(*claimed), doors, signals, observer);
    QFLOW_ASSIGN(const std::optional<Error> failure, dispatcher.move_on(&signals, observer));
    if (failure) dispatcher.note_once(*failure, observer);
    if (const auto signal = signals.take_for_process()) {
      const bool is_queued = run.status == RunStatus::kQueued;
      return RunResult{id, run.status, is_queued ? "qflow tick starts it in its turn" : "it goes on by itself",
                       *signal};
    }
    std::this_thread::sleep_for(RunDispatcher::kPause);
  }
}

}  // namespace qflow
