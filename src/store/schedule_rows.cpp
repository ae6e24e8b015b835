#include <utility>

#include "qflow/store/trigger_ledger.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/sqlite_connection.h"
#include "store/trigger_row_ids.h"

namespace qflow {

namespace {

Result<std::vector<DueSchedule>> read_due(Query query) {
  return read_rows(std::move(query), [](const Query& row) -> Result<DueSchedule> {
    QFLOW_ASSIGN(TriggerId trigger, stored_name<TriggerId>(row.text(1)));
    return DueSchedule{row.integer(0), std::move(trigger), row.instant(2)};
  });
}

}  // namespace

// In one statement: preparing one costs more than running it.
Result<bool> TriggerLedger::has_due(Instant now) {
  Query query = database_.query(
      "SELECT EXISTS(SELECT 1 FROM debounces WHERE due <= ?1) OR EXISTS(SELECT 1 FROM schedules WHERE due <= ?1 AND"
      " paused = 0)"
      " OR EXISTS(SELECT 1 FROM sensors WHERE due <= ?1) OR EXISTS(SELECT 1 FROM sensors WHERE set_at > ?1 AND due IS"
      " NOT NULL)"
      " OR EXISTS(SELECT 1 FROM runs INDEXED BY runs_active WHERE deployment IS NOT NULL AND ended_at IS NULL"
      " AND (status = 'queued' OR cancel IS NOT NULL))",
      now);
  QFLOW_ASSIGN(const bool row, query.next());
  return row && query.boolean(0);
}

Result<std::optional<Instant>> TriggerLedger::next_due() {
  Query query = database_.query(
      "SELECT min(due) FROM (SELECT min(due) AS due FROM debounces UNION ALL SELECT min(due) FROM schedules WHERE paused = 0"
      " UNION ALL SELECT min(due) FROM sensors)");
  QFLOW_ASSIGN(const bool row, query.next());
  return row ? query.optional_instant(0) : std::nullopt;
}

Result<std::vector<DueSchedule>> TriggerLedger::due_schedules(Instant now, std::int64_t limit) {
  return read_due(
      database_.query("SELECT t.deployment, t.id, s.due FROM schedules s JOIN triggers t ON t.trigger = s.trigger"
                      " WHERE s.due <= ? AND s.paused = 0 ORDER BY s.due, s.trigger LIMIT ?",
                      now, limit));
}

Result<std::optional<KnownSchedule>> TriggerLedger::schedule(std::int64_t deployment, const TriggerId& trigger) {
  Query query = database_.query(
      "SELECT s.rhythm, s.due, s.paused FROM schedules s JOIN triggers t ON t.trigger = s.trigger WHERE t.deployment = ? AND "
      "t.id = ?",
      deployment, trigger.text());
  QFLOW_ASSIGN(const bool known, query.next());
  if (!known) return std::optional<KnownSchedule>();
  return std::optional<KnownSchedule>({query.text(0), query.instant(1), query.boolean(2)});
}

Status TriggerLedger::save_schedule(std::int64_t deployment, const TriggerId& trigger,
                                    const std::optional<KnownSchedule>& schedule) {
  QFLOW_ASSIGN(const std::int64_t key, trigger_key(database_, deployment, trigger));
  if (!schedule) return database_.run("DELETE FROM schedules WHERE trigger = ?", key);
  return database_.run("INSERT OR REPLACE INTO schedules(trigger, rhythm, due, paused) VALUES(?, ?, ?, ?)", key,
                       schedule->rhythm, schedule->due, schedule->paused);
}

Status TriggerLedger::move_schedule(std::int64_t deployment, const TriggerId& trigger,
                                    const std::optional<Instant>& due) {
  if (!due) return save_schedule(deployment, trigger, std::nullopt);
  return database_.run(
      "UPDATE schedules SET due = ? WHERE trigger = (SELECT trigger FROM triggers WHERE deployment = ? AND id = ?)",
      *due, deployment, trigger.text());
}

}  // namespace qflow
