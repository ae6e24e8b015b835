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

}  // namespace qflow
