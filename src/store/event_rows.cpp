#include "store/event_rows.h"

#include <fmt/format.h>

#include <utility>

#include "qflow/error/printable.h"
#include "qflow/model/event_names.h"
#include "qflow/store/ledger.h"
#include "qflow/store/trigger_ledger.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/run_rows.h"

namespace qflow {

Result<std::int64_t> insert_event(SqliteConnection& ledger, const Event& event, std::optional<std::int64_t> cause,
                                  EventReality reality) {
  QFLOW_TRY(ledger.run(
      "INSERT OR IGNORE INTO events(id, name, timestamp, recorded_at, type, namespace, value, sender, context, payload,"
      " caused_by, simulated) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      event.id, event.name, event.timestamp, event.recorded_at, event.type, event.name_space, event.value, event.sender,
      event.context, to_compact(event.payload), cause, reality == EventReality::kSimulated));
  if (ledger.changes() == 0) return fail(ErrorKind::kInvalid, "the ledger has an event " + event.id + " already");
  return ledger.last_key();
}

Result<std::int64_t> LedgerWriter::insert_event(const Event& event) {
  std::optional<std::int64_t> cause;
  if (event.caused_by) {
    QFLOW_ASSIGN(cause, key_of(*event.caused_by));
  }
  return qflow::insert_event(database_, event, cause, EventReality::kHappened);
}

Result<std::optional<std::int64_t>> event_key(SqliteConnection& ledger, std::string_view id) {
  Query query = ledger.query("SELECT event FROM events WHERE id = ?", id);
  QFLOW_ASSIGN(bool known, query.next());
  return known ? std::optional(query.integer(0)) : std::nullopt;
}

Result<Event> find_event(SqliteConnection& ledger, std::string_view id) {
  Query query = ledger.query(
      "SELECT " QFLOW_EVENT_COLUMNS " FROM events e LEFT JOIN runs c ON c.run = e.caused_by WHERE e.id = ?", id);
  QFLOW_ASSIGN(bool known, query.next());
  if (!known) return fail(ErrorKind::kNotFound, "there is no event " + quoted(id), "'qflow events' lists them");
  return read_event(query, 0);
}

Result<Event> end_event(SqliteConnection& ledger, const RunId& run, const std::optional<StepId>& step) {
  QFLOW_ASSIGN(std::int64_t cause, run_key(ledger, run));
  const std::string name = step ? step_end_name(run.flow, *step) : run_end_name(run.flow);
  Query query = ledger.query("SELECT " QFLOW_EVENT_COLUMNS
                             " FROM events e JOIN runs c ON c.run = e.caused_by"
                             " WHERE e.caused_by = ? AND e.name = ? AND e.simulated = 0 ORDER BY e.event DESC LIMIT 1",
                             cause, name);
  QFLOW_ASSIGN(bool ended, query.next());
  if (ended) return read_event(query, 0);
  if (step) {
    return fail(ErrorKind::kNotFound, fmt::format("the step {} of {} has not ended", quoted(step->text()), run.text()));
  }
  return fail(ErrorKind::kNotFound, run.text() + " has not ended");
}

Result<Event> read_event(const Query& row, int first) {
  Event event;
  event.id = row.text(first);
  event.name = row.text(first + 1);
  event.timestamp = row.instant(first + 2);
  event.recorded_at = row.instant(first + 3);
  event.type = row.optional_text(first + 4);
  event.name_space = row.optional_text(first + 5);
  event.value = row.optional_text(first + 6);
  event.sender = row.optional_text(first + 7);
  event.context = row.optional_text(first + 8);
  QFLOW_ASSIGN(event.payload, stored_json(row.text(first + 9)));
  QFLOW_ASSIGN(event.caused_by, read_run_id(row, first + 10));
  return event;
}

Result<std::optional<RunId>> read_run_id(const Query& row, int first) {
  auto flow = row.optional_text(first);
  if (!flow) return std::optional<RunId>();
  RunId run;
  QFLOW_ASSIGN(run.flow, stored_name<FlowId>(*flow));
  run.number = row.integer(first + 1);
  return std::optional<RunId>(std::move(run));
}

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
  if (filter.name && !filter.name->starts_with(kStepEnds)) sql += "AND e.name NOT GLOB 'qflow.step.*' ";
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
  return read_rows(std::move(query), [](const Query& row) { return read_event(row, 0); });
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

}  // namespace qflow
