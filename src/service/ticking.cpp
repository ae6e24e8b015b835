#include "qflow/service/ticking.h"

#include <algorithm>

#include "qflow/service/dispatch.h"
#include "qflow/service/event_intake.h"
#include "qflow/service/run_cancellation.h"
#include "qflow/service/run_recovery.h"

namespace qflow {

namespace {

// A run that was replaced while it ran: its process is asked, or what a crash has queued again is ended here.
Status end_replaced(Store& store, const Doors& doors, RunObserver& observer) {
  QFLOW_ASSIGN(const std::vector<RunId> runs, store.ledger().triggers().runs_to_cancel());
  for (const RunId& id : runs) {
    if (store.run_is_locked(id)) {
      ask_to_end(store, id, doors);
    } else {
      QFLOW_TRY(cancel_run(store, id, doors, observer));
    }
  }
  return {};
}

Result<int> end_debounces(Store& store, const Doors& doors) {
  const Instant now = doors.clock.now();
  QFLOW_ASSIGN(const std::vector<DueDebounce> due, store.ledger().triggers().due_debounces(now));
  if (due.empty()) return 0;
  EventIntake intake(store, doors);
  int ended = 0;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(ended, intake.end_debounces(writer, now));
    return {};
  }));
  return ended;
}

Result<bool> has_abandoned(Store& store) {
  RunFilter filter;
  filter.status = RunStatus::kRunning;
  QFLOW_ASSIGN(const std::vector<Run> running, store.ledger().list_runs(filter));
  return std::any_of(running.begin(), running.end(), [&](const Run& run) { return !store.run_is_locked(run.id); });
}

}  // namespace

Result<TickReport> tick(Store& store, const Doors& doors, RunObserver& observer) {
  TickReport report;
  QFLOW_TRY(recover_runs(store, doors, nullptr, observer));
  QFLOW_TRY(end_replaced(store, doors, observer));
  QFLOW_ASSIGN(report.debounces, end_debounces(store, doors));
  QFLOW_ASSIGN(report.started, dispatch_runs(store, doors));
  return report;
}

Result<bool> has_work(Store& store, const Doors& doors) {
  TriggerLedger& triggers = store.ledger().triggers();
  bool work = false;
  QFLOW_TRY(store.ledger().read([&]() -> Status {
    QFLOW_ASSIGN(const auto queued, triggers.startable_runs(1));
    QFLOW_ASSIGN(const auto due, triggers.due_debounces(doors.clock.now()));
    QFLOW_ASSIGN(const auto replaced, triggers.runs_to_cancel());
    QFLOW_ASSIGN(const bool abandoned, has_abandoned(store));
    work = !queued.empty() || !due.empty() || !replaced.empty() || abandoned;
    return {};
  }));
  return work;
}

Status note_tick(const StoreLayout& layout, FileSystem& files) {
  const Status touched = files.touch(layout.last_tick());
  if (touched || touched.error().kind != ErrorKind::kNotFound) return touched;
  return files.open(layout.last_tick(), OpenMode::kAppend).map([](const FileHandle&) {});
}

}  // namespace qflow
