#include "qflow/store/trigger_ledger.h"
#include "store/sqlite_connection.h"

namespace qflow {

Result<std::optional<UsedKey>> TriggerLedger::used_key(std::string_view event_name, std::string_view key) {
  Query query = database_.query(
      "SELECT e.id, k.content FROM idempotency_keys k JOIN events e ON e.event = k.event WHERE k.name = ? AND k.key = "
      "?",
      event_name, key);
  QFLOW_ASSIGN(const bool known, query.next());
  if (!known) return std::optional<UsedKey>();
  return std::optional<UsedKey>({query.text(0), query.text(1)});
}

Status TriggerLedger::use_key(std::string_view event_name, std::string_view key, std::int64_t event,
                              std::string_view content) {
  return database_.run("INSERT INTO idempotency_keys(name, key, event, content, repeats) VALUES(?, ?, ?, ?, 0)",
                       event_name, key, event, content);
}

Status TriggerLedger::count_repeat(std::string_view event_name, std::string_view key) {
  return database_.run("UPDATE idempotency_keys SET repeats = repeats + 1 WHERE name = ? AND key = ?", event_name, key);
}

Result<std::int64_t> TriggerLedger::repeats_of_event(std::string_view event_id) {
  Query query = database_.query(
      "SELECT k.repeats FROM events e JOIN idempotency_keys k ON k.event = e.event WHERE e.id = ?", event_id);
  QFLOW_ASSIGN(const bool known, query.next());
  return known ? query.integer(0) : 0;
}

}  // namespace qflow
