#include "store/event_roll_up.h"

#include <utility>

#include "store/event_rows.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"

namespace qflow {

namespace {

// Of an event e. The ends of runs and steps stay whole, since they may be named at any time, as Flow/34.
#define QFLOW_NO_RUN_NAMES_IT \
  "e.name NOT GLOB 'qflow.*' AND NOT EXISTS (SELECT 1 FROM trigger_sources t WHERE t.event = e.event)"

#define QFLOW_NOTHING_WAITS "NOT EXISTS (SELECT 1 FROM outcomes w WHERE w.event = e.event AND w.outcome = 'waiting')"

constexpr std::int64_t kMicrosecondsOfDay = std::chrono::microseconds(std::chrono::days(1)).count();

Status count_outcomes(SqliteConnection& ledger, std::int64_t event) {
  return ledger.run(
      "INSERT INTO daily_outcomes(trigger, day, outcome, events) SELECT o.trigger, e.recorded_at / ?, o.outcome, 1"
      " FROM outcomes o JOIN events e ON e.event = o.event WHERE o.event = ?"
      " ON CONFLICT(trigger, day, outcome) DO UPDATE SET events = events + 1",
      kMicrosecondsOfDay, event);
}

}  // namespace

Result<std::vector<OutdatedEvent>> outdated_events(SqliteConnection& ledger, Instant recorded_before) {
  Query query = ledger.query_once(
      "SELECT e.event, CASE WHEN e.payload <> '{}' AND " QFLOW_NO_RUN_NAMES_IT
      " THEN length(CAST(e.payload AS BLOB)) ELSE 0 END FROM events e"
      " WHERE e.recorded_at < ? AND e.rolled_up_at IS NULL AND e.simulated = 0 AND " QFLOW_NOTHING_WAITS
      " AND ((" QFLOW_NO_RUN_NAMES_IT
      ") OR EXISTS (SELECT 1 FROM outcomes o WHERE o.event = e.event))"
      " ORDER BY e.event");
  query.bind(recorded_before);
  return read_rows(std::move(query), [](const Query& row) -> Result<OutdatedEvent> {
    return OutdatedEvent{row.integer(0), static_cast<std::uint64_t>(row.integer(1))};
  });
}

Result<bool> LedgerWriter::roll_up_event(std::int64_t order) {
  QFLOW_TRY(
      database_.run("UPDATE events AS e SET rolled_up_at = ?, payload = CASE WHEN e.payload <> '{}'"
                    " AND " QFLOW_NO_RUN_NAMES_IT " THEN 'null' ELSE e.payload END"
                    " WHERE e.event = ? AND e.rolled_up_at IS NULL AND " QFLOW_NOTHING_WAITS,
                    clock_.now(), order));
  if (database_.changes() == 0) return false;
  QFLOW_TRY(count_outcomes(database_, order));
  QFLOW_TRY(database_.run("DELETE FROM outcomes WHERE event = ?", order));
  return true;
}

Result<std::vector<EventKey>> outdated_keys(SqliteConnection& ledger, Instant recorded_before) {
  Query query = ledger.query_once(
      "SELECT k.name, k.key FROM idempotency_keys k JOIN events e ON e.event = k.event"
      " WHERE e.recorded_at < ? AND " QFLOW_NO_RUN_NAMES_IT " AND " QFLOW_NOTHING_WAITS);
  query.bind(recorded_before);
  return read_rows(std::move(query), [](const Query& row) -> Result<EventKey> {
    return EventKey{row.text(0), row.text(1)};
  });
}

Status LedgerWriter::remove_key(const EventKey& key) {
  return database_.run("DELETE FROM idempotency_keys WHERE name = ? AND key = ?", key.name, key.key);
}

Result<std::optional<Instant>> TriggerLedger::rolled_up_at(std::string_view event_id) {
  Query query = database_.query("SELECT rolled_up_at FROM events WHERE id = ?", event_id);
  QFLOW_ASSIGN(const bool known, query.next());
  return known ? query.optional_instant(0) : std::nullopt;
}

Result<std::vector<DailyCount>> TriggerLedger::daily_counts(std::int64_t deployment, const TriggerId& trigger) {
  Query query = database_.query(
      "SELECT d.day, d.outcome, d.events FROM triggers t JOIN daily_outcomes d ON d.trigger = t.trigger"
      " WHERE t.deployment = ? AND t.id = ? ORDER BY d.day, d.outcome",
      deployment, trigger.text());
  return read_rows(std::move(query), [](const Query& row) -> Result<DailyCount> {
    DailyCount count;
    count.day = std::chrono::sys_days(std::chrono::days(row.integer(0)));
    QFLOW_ASSIGN(count.outcome, stored_choice(row.text(1), parse_outcome));
    count.events = row.integer(2);
    return count;
  });
}

}  // namespace qflow
