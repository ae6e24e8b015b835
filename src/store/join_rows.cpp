#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "qflow/store/trigger_ledger.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/sqlite_connection.h"
#include "store/trigger_row_ids.h"

namespace qflow {

namespace {

#define QFLOW_WAITING_COLUMNS(table)                                                                     \
  "SELECT w.event, w.time, t.id, w.source, w.distinct_value, w.token, w.held, w.correlation FROM " table \
  " JOIN triggers t ON t.trigger = w.heard_by WHERE w.trigger = ? "

Result<WaitingEvent> read_waiting(const Query& row) {
  WaitingEvent event;
  event.event = row.integer(0);
  event.time = row.instant(1);
  QFLOW_ASSIGN(event.trigger, stored_name<TriggerId>(row.text(2)));
  event.source = row.text(3);
  event.distinct = row.optional_text(4);
  event.token = row.integer(5);
  event.held = row.boolean(6);
  return event;
}

Result<std::optional<HeldFiring>> read_held(SqliteConnection& ledger, std::int64_t trigger,
                                            const std::string& correlation) {
  Query query =
      ledger.query("SELECT since, due FROM debounces WHERE trigger = ? AND correlation = ?", trigger, correlation);
  QFLOW_ASSIGN(const bool known, query.next());
  if (!known) return std::optional<HeldFiring>();
  return std::optional<HeldFiring>({query.instant(0), query.instant(1)});
}

Status save_held(SqliteConnection& ledger, std::int64_t trigger, const std::string& correlation,
                 const std::optional<HeldFiring>& held) {
  if (!held) return ledger.run("DELETE FROM debounces WHERE trigger = ? AND correlation = ?", trigger, correlation);
  return ledger.run("INSERT OR REPLACE INTO debounces(trigger, correlation, since, due) VALUES(?, ?, ?, ?)", trigger,
                    correlation, held->since, held->due);
}

using WaitingRefs = std::vector<const WaitingEvent*>;

// By what makes two rows one: event and trigger that heard it.
bool is_before(const WaitingEvent* a, const WaitingEvent* b) {
  return std::tie(a->event, a->trigger) < std::tie(b->event, b->trigger);
}

WaitingRefs sorted(const std::vector<WaitingEvent>& events) {
  WaitingRefs refs;
  refs.reserve(events.size());
  for (const WaitingEvent& event : events) refs.push_back(&event);
  // As the ledger has them, but for what has just come.
  if (!std::is_sorted(refs.begin(), refs.end(), is_before)) std::sort(refs.begin(), refs.end(), is_before);
  return refs;
}

// What is in `all` and not, or not the same, in `others`; both are sorted.
WaitingRefs missing_in(const WaitingRefs& others, const WaitingRefs& all) {
  WaitingRefs missing;
  auto other = others.begin();
  for (const WaitingEvent* event : all) {
    while (other != others.end() && is_before(*other, event)) ++other;
    if (other == others.end() || **other != *event) missing.push_back(event);
  }
  return missing;
}

Query waiting_rows(SqliteConnection& ledger, std::int64_t trigger, const std::string& correlation, StatePart part) {
  if (part == StatePart::kWhole) {
    return ledger.query(QFLOW_WAITING_COLUMNS("waiting w") "AND w.correlation = ? ORDER BY w.event", trigger,
                        correlation);
  }
  return ledger.query(
      QFLOW_WAITING_COLUMNS(
          "waiting w INDEXED BY waiting_joining") "AND w.correlation = ? AND w.held = 0 ORDER BY w.event",
      trigger, correlation);
}

Result<TriggerState> read_state(SqliteConnection& ledger, std::int64_t trigger, const std::string& correlation,
                                StatePart part) {
  TriggerState state;
  state.part = part;
  QFLOW_ASSIGN(state.waiting, read_rows(waiting_rows(ledger, trigger, correlation, part), read_waiting));
  QFLOW_ASSIGN(state.held, read_held(ledger, trigger, correlation));
  return state;
}

#define QFLOW_DUE_COLUMNS \
  "SELECT t.deployment, t.id, d.correlation, d.due FROM debounces d JOIN triggers t ON t.trigger = d.trigger "

Result<std::vector<DueDebounce>> read_due_debounces(Query query) {
  return read_rows(std::move(query), [](const Query& row) -> Result<DueDebounce> {
    QFLOW_ASSIGN(TriggerId trigger, stored_name<TriggerId>(row.text(1)));
    return DueDebounce{row.integer(0), std::move(trigger), row.text(2), row.instant(3)};
  });
}

// So many of all deployments are read before those of one are searched for among its open ones.
constexpr std::int64_t kFewDue = 100;

}  // namespace

Result<TriggerState> TriggerLedger::state(std::int64_t deployment, const TriggerId& joining,
                                          const std::string& correlation, StatePart part) {
  QFLOW_ASSIGN(const auto key, find_trigger_key(database_, deployment, joining));
  return key ? read_state(database_, *key, correlation, part) : TriggerState{{}, {}, part};
}

Result<std::vector<CorrelatedState>> TriggerLedger::states(std::int64_t deployment, const TriggerId& joining) {
  QFLOW_ASSIGN(const auto key, find_trigger_key(database_, deployment, joining));
  std::vector<CorrelatedState> states;
  if (!key) return states;
  {
    Query query = database_.query(QFLOW_WAITING_COLUMNS("waiting w") "ORDER BY w.correlation, w.event", *key);
    while (true) {
      QFLOW_ASSIGN(const bool more, query.next());
      if (!more) break;
      if (states.empty() || states.back().correlation != query.text(7)) states.push_back({query.text(7), {}});
      QFLOW_ASSIGN(states.back().state.waiting.emplace_back(), read_waiting(query));
    }
  }
  for (CorrelatedState& one : states) {
    QFLOW_ASSIGN(one.state.held, read_held(database_, *key, one.correlation));
  }
  return states;
}

Result<std::optional<std::string>> TriggerLedger::waiting_under(std::int64_t deployment, const TriggerId& joining,
                                                                std::int64_t event, const TriggerId& heard) {
  Query query = database_.query(
      "SELECT w.correlation FROM triggers j JOIN waiting w ON w.trigger = j.trigger JOIN triggers h ON h.trigger ="
      " w.heard_by WHERE j.deployment = ? AND j.id = ? AND w.event = ? AND h.id = ?",
      deployment, joining.text(), event, heard.text());
  QFLOW_ASSIGN(const bool waits, query.next());
  return waits ? std::optional(query.text(0)) : std::nullopt;
}

// Only what differs is written.
Status TriggerLedger::change_state(std::int64_t deployment, const TriggerId& joining, const std::string& correlation,
                                   const TriggerState& before, const TriggerState& after) {
  QFLOW_ASSIGN(const std::int64_t key, trigger_key(database_, deployment, joining));
  const WaitingRefs known = sorted(before.waiting);
  const WaitingRefs wanted = sorted(after.waiting);
  for (const WaitingEvent* event : missing_in(wanted, known)) {
    QFLOW_ASSIGN(const std::int64_t heard_by, trigger_key(database_, deployment, event->trigger));
    QFLOW_TRY(database_.run("DELETE FROM waiting WHERE trigger = ? AND correlation = ? AND event = ? AND heard_by = ?",
                            key, correlation, event->event, heard_by));
  }
  for (const WaitingEvent* event : missing_in(known, wanted)) {
    QFLOW_ASSIGN(const std::int64_t heard_by, trigger_key(database_, deployment, event->trigger));
    QFLOW_TRY(database_.run(
        "INSERT INTO waiting(trigger, correlation, event, heard_by, source, time, distinct_value, token, held)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        key, correlation, event->event, heard_by, event->source, event->time, event->distinct, event->token,
        event->held));
  }
  if (before.held == after.held) return {};
  return save_held(database_, key, correlation, after.held);
}

Result<std::vector<DueDebounce>> TriggerLedger::due_debounces(Instant now) {
  return read_due_debounces(database_.query(QFLOW_DUE_COLUMNS "WHERE d.due <= ? ORDER BY d.due", now));
}

// The index of what is due knows all deployments alike, and the table has the open ones of each trigger together. Where
// few are over, or nothing is, the first is quicker.
Result<std::vector<DueDebounce>> TriggerLedger::due_debounces(Instant now, const std::set<std::int64_t>& deployments) {
  QFLOW_ASSIGN(
      std::vector<DueDebounce> due,
      read_due_debounces(database_.query(QFLOW_DUE_COLUMNS "WHERE d.due <= ? ORDER BY d.due LIMIT ?", now, kFewDue)));
  if (static_cast<std::int64_t>(due.size()) < kFewDue) {
    std::erase_if(due, [&](const DueDebounce& one) { return !deployments.contains(one.deployment); });
    return due;
  }
  due.clear();
  for (const std::int64_t deployment : deployments) {
    QFLOW_ASSIGN(std::vector<DueDebounce> its,
                 read_due_debounces(database_.query(
                     "SELECT t.deployment, t.id, d.correlation, d.due FROM triggers t CROSS JOIN debounces d"
                     " ON d.trigger = t.trigger WHERE t.deployment = ? AND d.due <= ?",
                     deployment, now)));
    std::move(its.begin(), its.end(), std::back_inserter(due));
  }
  std::stable_sort(due.begin(), due.end(), [](const DueDebounce& a, const DueDebounce& b) { return a.due < b.due; });
  return due;
}

}  // namespace qflow
