#include "qflow/service/ticking.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "qflow/runner/hook.h"
#include "qflow/service/dispatch.h"
#include "qflow/service/event_intake.h"
#include "qflow/service/idle_note.h"
#include "qflow/service/run_cancellation.h"
#include "qflow/service/run_recovery.h"
#include "qflow/service/sensor_polling.h"
#include "service/due_schedules.h"

namespace qflow {

namespace {

struct Prospect {
  bool work = false;
  bool runs_in_hand = false;      // executed, or their hooks called, by a process that may die at any time
  std::optional<Instant> next{};  // when something comes due
};

Result<Prospect> look_ahead(Store& store, Instant now) {
  Prospect prospect;
  QFLOW_TRY(store.ledger().read([&]() -> Status {
    QFLOW_ASSIGN(prospect.work, store.ledger().triggers().has_due(now));
    if (prospect.work) return {};
    QFLOW_ASSIGN(std::vector<RunId> runs, store.ledger().runs_in_hand());
    QFLOW_ASSIGN(const auto hooks, runs_with_hooks(store.layout(), store.files()));
    runs.insert(runs.end(), hooks.begin(), hooks.end());
    prospect.runs_in_hand = !runs.empty();
    prospect.work = std::any_of(runs.begin(), runs.end(),
                                [&](const RunId& run) { return !store.run_is_locked(run).value_or(false); });
    QFLOW_ASSIGN(prospect.next, store.ledger().triggers().next_due());
    return {};
  }));
  return prospect;
}

Result<int> end_debounces(Store& store, EventIntake& intake, const Doors& doors) {
  const Instant now = doors.clock.now();
  QFLOW_ASSIGN(const std::vector<DueDebounce> due, store.ledger().triggers().due_debounces(now));
  if (due.empty()) return 0;
  int ended = 0;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(ended, intake.end_debounces(writer, now));
    return {};
  }));
  return ended;
}

// In several transactions, so that others can write in between.
Result<int> take_due_instants(Store& store, EventIntake& intake, const Doors& doors) {
  const Instant now = doors.clock.now();
  DueSchedules schedules(store, intake);
  int taken = 0;
  while (true) {
    QFLOW_ASSIGN(const auto due, store.ledger().triggers().due_schedules(now, 1));
    if (due.empty()) return taken;
    int more = 0;
    QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
      QFLOW_ASSIGN(more, schedules.take(writer, now));
      return {};
    }));
    if (more == 0) return taken;
    taken += more;
  }
}

}  // namespace

Result<TickReport> tick(Store& store, const Doors& doors, RunDispatcher& dispatcher, RunObserver& observer) {
  TickReport report;
  // The hooks of a run that is recovered may take long.
  const Result<int> started_first = dispatcher.dispatch();
  const Status recovered = recover_runs(store, doors, nullptr, observer);
  std::vector<RunId> asked;
  const Status ended = end_replaced_runs(store, doors, asked, observer);
  EventIntake intake(store, doors);
  // Each instant ends the debounces of its flow that were over before it.
  QFLOW_ASSIGN(report.schedules, take_due_instants(store, intake, doors));
  QFLOW_ASSIGN(report.debounces, end_debounces(store, intake, doors));
  for (const std::string& note : intake.flows().passed_over()) observer.note(note);
  const Status ended_since = end_replaced_runs(store, doors, asked, observer);
  const Result<int> started = dispatcher.dispatch();
  report.started = started_first.value_or(0) + started.value_or(0);
  QFLOW_ASSIGN(const PollReport polled, poll_sensors(store, doors, dispatcher));
  report.looks = polled.looks;
  report.changes = polled.changes;
  report.started += polled.started;
  // One run that nobody can look at holds nothing else up.
  for (const Status& status : {recovered, ended, ended_since}) QFLOW_TRY(status);
  for (const Result<int>& status : {started_first, started}) QFLOW_TRY(status);
  return report;
}

Result<bool> has_work(Store& store, const Doors& doors) {
  const Instant now = doors.clock.now();
  QFLOW_ASSIGN(const std::string stamp, ledger_stamp(store.layout(), doors.files));
  QFLOW_ASSIGN(const Prospect prospect, look_ahead(store, now));
  // What changes without a change to the ledger, or on another machine, is not to be noted.
  const bool stays = !prospect.work && !prospect.runs_in_hand && store.notes().empty();
  if (stays) note_idle(store.layout(), doors.files, stamp, now, prospect.next);
  return prospect.work;
}

}  // namespace qflow
