#include "qflow/service/run_claim.h"

#include <thread>
#include <utility>

#include "service/free_workers.h"
#include "service/held_run.h"
#include "service/run_doors.h"

namespace qflow {

namespace {

constexpr std::int64_t kAtOnce = 16;  // candidates looked at in one go

// In the transaction: queued → running with the lock held; nothing when somebody else has the lock.
Result<std::optional<ClaimedRun>> take(Store& store, LedgerWriter& writer, const RunId& id, Instant now) {
  auto lock = store.lock_new_run(id);
  if (!lock && lock.error().kind == ErrorKind::kBusy) return std::optional<ClaimedRun>();
  if (!lock) return tl::make_unexpected(lock.error());
  QFLOW_TRY(writer.start_run(id, now));
  QFLOW_ASSIGN(Run run, store.ledger().find_run(id));
  return std::optional<ClaimedRun>(ClaimedRun{std::move(run), std::move(*lock)});
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

// A signal ends this process until it is about to take a run; what comes from then on is for that run, and waits in
// `signals`.
Result<std::optional<ClaimedRun>> claim_next(Store& store, const Doors& doors, std::optional<StopSignals>& signals) {
  std::optional<ClaimedRun> claimed;
  QFLOW_ASSIGN(const std::vector<RunId> hope, store.ledger().triggers().startable_runs(1));
  if (hope.empty()) return claimed;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(const std::int64_t free, free_workers(store, doors));
    if (free == 0) return {};
    QFLOW_ASSIGN(const std::vector<RunId> startable, store.ledger().triggers().startable_runs(kAtOnce));
    signals.emplace();
    for (const RunId& run : startable) {
      QFLOW_ASSIGN(claimed, take(store, writer, run, doors.clock.now()));
      if (claimed) break;
    }
    return {};
  }));
  return claimed;
}

}  // namespace

Result<std::optional<ClaimedRun>> claim_run(Store& store, LedgerWriter& writer, const RunId& run, Instant now) {
  QFLOW_ASSIGN(const bool startable, store.ledger().triggers().may_start(run));
  if (!startable) return std::optional<ClaimedRun>();
  return take(store, writer, run, now);
}

Result<RunResult> execute_claimed_run(Store& store, ClaimedRun claimed, const ExecutionOptions& options,
                                      const Doors& doors, StopSignals* signals, RunObserver& observer) {
  QFLOW_ASSIGN(const auto own, RunDoors::of(claimed.run, store, doors));
  return execute_started_run(store, std::move(claimed.run), std::move(claimed.lock), options, own->doors(), signals,
                             observer);
}

Status execute_waiting_runs(Store& store, const Doors& doors, RunObserver& observer) {
  while (true) {
    std::optional<StopSignals> signals;
    QFLOW_ASSIGN(auto claimed, claim_next(store, doors, signals));
    if (!claimed) return {};
    const auto result = execute_claimed_run(store, std::move(*claimed), {}, doors, &*signals, observer);
    if (!result) observer.note(to_text(result.error()));
    // Whoever ends this process means more than the run.
    if ((result && result->signal) || signals->take_for_process()) return {};
  }
}

Result<RunResult> execute_in_turn(Store& store, const RunId& id, RunDispatcher& dispatcher, const Doors& doors,
                                  StopSignals& signals, RunObserver& observer) {
  observer.note(id.text() + " waits for earlier runs");
  while (true) {
    QFLOW_ASSIGN(const Run run, store.ledger().find_run(id));
    if (has_ended(run.status)) return RunResult{id, run.status, run.reason, std::nullopt};
    QFLOW_ASSIGN(auto claimed, claim_in_turn(store, id, doors));
    if (claimed) {
      auto result = execute_claimed_run(store, std::move(*claimed), {}, doors, &signals, observer);
      // Others have waited for the place that it had.
      if (const Status started = dispatcher.start_queued(observer); !started) {
        dispatcher.note_once(started.error(), observer);
      }
      return result;
    }
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
