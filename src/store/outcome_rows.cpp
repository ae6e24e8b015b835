#include <utility>

#include "qflow/store/trigger_ledger.h"
#include "store/event_rows.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/run_rows.h"
#include "store/sqlite_connection.h"
#include "store/trigger_row_ids.h"

namespace qflow {

namespace {

#define QFLOW_OUTCOME_COLUMNS                                                                                         \
  "SELECT e.id, p.flow, p.namespace, t.id, o.outcome, o.reason, r.flow, r.number, s.id, o.event FROM outcomes o JOIN" \
  " events e ON e.event = o.event JOIN triggers t ON t.trigger = o.trigger JOIN deployments p ON p.deployment ="      \
  " t.deployment LEFT JOIN runs r ON r.run = o.run LEFT JOIN events s ON s.event = o.superseded_by "

Result<TriggerOutcome> read_outcome(const Query& row) {
  TriggerOutcome result;
  result.event = row.text(0);
  QFLOW_ASSIGN(result.flow, stored_name<FlowId>(row.text(1)));
  result.name_space = row.text(2);
  if (!row.text(3).empty()) {
    QFLOW_ASSIGN(result.trigger, stored_name<TriggerId>(row.text(3)));
  }
  QFLOW_ASSIGN(result.outcome.outcome, stored_choice(row.text(4), parse_outcome));
  result.outcome.reason = row.text(5);
  QFLOW_ASSIGN(result.outcome.run, read_run_id(row, 6));
  result.outcome.by = row.optional_text(8);
  result.order = row.integer(9);
  return result;
}

Result<std::vector<TriggerOutcome>> read_outcomes(Query query) {
  return read_rows(std::move(query), read_outcome);
}

}  // namespace

Result<Event> TriggerLedger::event_at(std::int64_t order) {
  Query query = database_.query(
      "SELECT " QFLOW_EVENT_COLUMNS " FROM events e LEFT JOIN runs c ON c.run = e.caused_by WHERE e.event = ?", order);
  QFLOW_ASSIGN(const bool known, query.next());
  if (!known) return tl::make_unexpected(damaged_row("event", std::to_string(order)));
  return read_event(query, 0);
}

Result<std::int64_t> TriggerLedger::order_of(std::string_view event_id) {
  QFLOW_ASSIGN(const auto key, event_key(database_, event_id));
  if (!key) return fail(ErrorKind::kNotFound, "there is no event " + std::string(event_id));
  return *key;
}

// Ends of steps are many and have no place in the index of names.
Result<std::vector<Event>> TriggerLedger::events(const EventFilter& filter) {
  std::string sql =
      "SELECT " QFLOW_EVENT_COLUMNS " FROM events e LEFT JOIN runs c ON c.run = e.caused_by WHERE e.simulated = 0 ";
  if (filter.name) sql += "AND e.name = ? ";
  if (filter.name && !filter.name->starts_with("qflow.step.")) sql += "AND e.name NOT GLOB 'qflow.step.*' ";
  if (filter.context) sql += "AND e.context = ? ";
  if (filter.since) sql += "AND e.recorded_at >= ? ";
  if (filter.until) sql += "AND e.recorded_at < ? ";
  if (!filter.with_ends) sql += "AND e.name NOT GLOB 'qflow.run.*' AND e.name NOT GLOB 'qflow.step.*' ";
  sql += "ORDER BY e.event DESC ";
  if (filter.limit) sql += "LIMIT ?";
  Query query = database_.query_once(sql);
  if (filter.name) query.bind(*filter.name);
  if (filter.context) query.bind(*filter.context);
  if (filter.since) query.bind(*filter.since);
  if (filter.until) query.bind(*filter.until);
  if (filter.limit) query.bind(*filter.limit);
  return read_events(std::move(query));
}

// From name to name through the index, since there are few names and many events.
Result<std::vector<std::string>> TriggerLedger::recorded_events() {
  std::vector<std::string> names;
  std::string last;
  while (true) {
    Query query = database_.query(
        "SELECT name FROM events WHERE name > ? AND name NOT GLOB 'qflow.step.*' AND simulated = 0 ORDER BY name"
        " LIMIT 1",
        last);
    QFLOW_ASSIGN(const bool more, query.next());
    if (!more) return names;
    last = query.text(0);
    names.push_back(last);
  }
}

Status TriggerLedger::set_outcome(std::int64_t event, std::int64_t deployment, const TriggerId& trigger,
                                  const EventOutcome& outcome) {
  QFLOW_ASSIGN(const std::int64_t heard_by, trigger_key(database_, deployment, trigger));
  std::optional<std::int64_t> run, by;
  if (outcome.run) {
    QFLOW_ASSIGN(run, run_key(database_, *outcome.run));
  }
  if (outcome.by) {
    QFLOW_ASSIGN(by, event_key(database_, *outcome.by));
  }
  return database_.run(
      "INSERT OR REPLACE INTO outcomes(event, trigger, outcome, reason, run, superseded_by) VALUES(?, ?, ?, ?, ?, ?)",
      event, heard_by, to_text(outcome.outcome), outcome.reason, run, by);
}

Result<std::vector<TriggerOutcome>> TriggerLedger::outcomes_of_event(std::string_view event_id) {
  return read_outcomes(
      database_.query(QFLOW_OUTCOME_COLUMNS "WHERE e.id = ? ORDER BY p.flow, p.namespace, t.position", event_id));
}

Result<std::vector<TriggerOutcome>> TriggerLedger::outcomes_of_trigger(std::int64_t deployment,
                                                                       const TriggerId& trigger, std::int64_t limit) {
  return read_outcomes(database_.query(QFLOW_OUTCOME_COLUMNS
                                       "WHERE t.deployment = ? AND t.id = ? ORDER BY o.event DESC LIMIT ?",
                                       deployment, trigger.text(), limit));
}

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
