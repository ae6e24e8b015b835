#include <utility>

#include "qflow/store/trigger_ledger.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/sqlite_connection.h"
#include "store/trigger_row_ids.h"

namespace qflow {

namespace {

Result<std::vector<DueSensor>> read_sensors(Query query) {
  return read_rows(std::move(query), [](const Query& row) -> Result<DueSensor> {
    QFLOW_ASSIGN(TriggerId trigger, stored_name<TriggerId>(row.text(2)));
    return DueSensor{row.integer(0), row.integer(1), std::move(trigger)};
  });
}

}  // namespace

// What was set by a clock that was ahead is due too.
Result<std::vector<DueSensor>> TriggerLedger::due_sensors(Instant now) {
  return read_sensors(
      database_.query("SELECT t.trigger, t.deployment, t.id FROM sensors s JOIN triggers t ON t.trigger = s.trigger"
                      " WHERE s.due <= ?1 OR (s.set_at > ?1 AND s.due IS NOT NULL) ORDER BY s.due, s.trigger",
                      now));
}

Result<std::vector<DueSensor>> TriggerLedger::overdue_sensors(Instant since) {
  return read_sensors(
      database_.query("SELECT t.trigger, t.deployment, t.id FROM sensors s JOIN triggers t ON t.trigger = s.trigger"
                      " WHERE s.due <= ? ORDER BY s.due, s.trigger",
                      since));
}

Result<std::vector<DueSensor>> TriggerLedger::sensors(std::int64_t deployment) {
  return read_sensors(
      database_.query("SELECT t.trigger, t.deployment, t.id FROM triggers t JOIN sensors s ON s.trigger = t.trigger"
                      " WHERE t.deployment = ?",
                      deployment));
}

Result<std::vector<DueSensor>> TriggerLedger::sensors_without_cursor(std::int64_t deployment) {
  return read_sensors(
      database_.query("SELECT t.trigger, t.deployment, t.id FROM triggers t JOIN sensors s ON s.trigger = t.trigger"
                      " WHERE t.deployment = ? AND s.due IS NOT NULL AND s.cursor IS NULL ORDER BY t.position",
                      deployment));
}

Result<std::optional<KnownSensor>> TriggerLedger::sensor(std::int64_t deployment, const TriggerId& trigger) {
  Query query = database_.query(
      "SELECT s.watched, s.due, s.set_at, s.looked_at, s.seen, s.failures, s.failing_since, s.error, s.baselined, "
      "s.revision"
      " FROM triggers t JOIN sensors s ON s.trigger = t.trigger WHERE t.deployment = ? AND t.id = ?",
      deployment, trigger.text());
  QFLOW_ASSIGN(const bool known, query.next());
  if (!known) return std::optional<KnownSensor>();
  return std::optional<KnownSensor>({.watched = query.text(0),
                                     .due = query.optional_instant(1),
                                     .set_at = query.optional_instant(2),
                                     .looked_at = query.optional_instant(3),
                                     .seen = query.text(4),
                                     .failures = query.integer(5),
                                     .failing_since = query.optional_instant(6),
                                     .error = query.text(7),
                                     .baselined = query.boolean(8),
                                     .revision = query.integer(9)});
}

Result<std::optional<std::string>> TriggerLedger::sensor_cursor(std::int64_t deployment, const TriggerId& trigger) {
  Query query = database_.query(
      "SELECT s.cursor FROM triggers t JOIN sensors s ON s.trigger = t.trigger WHERE t.deployment = ? AND t.id = ?",
      deployment, trigger.text());
  QFLOW_ASSIGN(const bool known, query.next());
  return known ? query.optional_text(0) : std::optional<std::string>();
}

Status TriggerLedger::save_sensor(std::int64_t deployment, const TriggerId& trigger, const KnownSensor& sensor) {
  QFLOW_ASSIGN(const std::int64_t key, trigger_key(database_, deployment, trigger));
  return database_.run(
      "INSERT INTO sensors(trigger, watched, due, set_at, looked_at, seen, failures, failing_since, error, baselined,"
      " revision) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(trigger) DO UPDATE SET"
      " watched = excluded.watched, due = excluded.due, set_at = excluded.set_at, looked_at = excluded.looked_at,"
      " seen = excluded.seen, failures = excluded.failures, failing_since = excluded.failing_since,"
      " error = excluded.error, baselined = excluded.baselined, revision = excluded.revision",
      key, sensor.watched, sensor.due, sensor.set_at, sensor.looked_at, sensor.seen, sensor.failures,
      sensor.failing_since, sensor.error, sensor.baselined, sensor.revision);
}

Status TriggerLedger::forget_sensor(std::int64_t key) {
  return database_.run("DELETE FROM sensors WHERE trigger = ?", key);
}

Status TriggerLedger::save_sensor_cursor(std::int64_t deployment, const TriggerId& trigger,
                                         const std::optional<std::string>& cursor) {
  std::optional<Blob> bytes;
  if (cursor) bytes = Blob{*cursor};
  return database_.run(
      "UPDATE sensors SET cursor = ? WHERE trigger = (SELECT trigger FROM triggers WHERE deployment = ? AND id = ?)",
      bytes, deployment, trigger.text());
}

}  // namespace qflow
