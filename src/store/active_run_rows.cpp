#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "qflow/store/trigger_ledger.h"
#include "store/event_rows.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/run_rows.h"
#include "store/sqlite_connection.h"
#include "store/trigger_rows.h"

namespace qflow {

namespace {

Result<ActiveRun> read_active(const Query& row) {
  ActiveRun run;
  QFLOW_ASSIGN(run.run.flow, stored_name<FlowId>(row.text(0)));
  run.run.number = row.integer(1);
  QFLOW_ASSIGN(run.status, stored_choice(row.text(2), parse_run_status));
  if (const auto trigger = row.optional_text(3)) {
    QFLOW_ASSIGN(const TriggerRecord record, read_trigger(*trigger));
    run.trigger = record.trigger_id;
  }
  run.correlation = row.text(4);
  run.is_outdated = row.integer(5) != 0;
  run.has_begun = row.integer(6) != 0;
  return run;
}

Result<std::vector<ActiveRun>> read_active_runs(Query query) {
  return read_rows(std::move(query), read_active);
}

#define QFLOW_ACTIVE_RUNS                                                                         \
  "SELECT r.flow, r.number, r.status, r.trigger, r.correlation, r.definition <> p.definition,"    \
  " r.started_at IS NOT NULL FROM runs r CROSS JOIN deployments p ON p.deployment = r.deployment" \
  " WHERE r.deployment = ? AND r.ended_at IS NULL"

#define QFLOW_RUNNING_RUNS                                                                                        \
  "(SELECT count(*) FROM runs o INDEXED BY runs_running WHERE o.deployment = p.deployment AND o.ended_at IS NULL" \
  " AND o.status = 'running')"

// A run that comes after others waits for every earlier one of its context, one with a limit for its turn. CROSS JOIN,
// so that the runs are read in the order of their making and no further than they are asked for.
#define QFLOW_STARTABLE_RUNS(also)                                                                          \
  "SELECT r.flow, r.number, p.deployment, p.max_parallel - " QFLOW_RUNNING_RUNS                             \
  ", p.one_by_one, r.context, r.cancel IS NULL"                                                             \
  " FROM runs r INDEXED BY runs_queued CROSS JOIN deployments p ON p.deployment = r.deployment"             \
  " WHERE r.status = 'queued' AND r.deployment IS NOT NULL AND r.ended_at IS NULL"                          \
  " AND (p.one_by_one = 0 OR NOT EXISTS (SELECT 1 FROM runs o INDEXED BY runs_running WHERE o.deployment =" \
  " r.deployment AND o.ended_at IS NULL AND o.status = 'running' AND o.context IS r.context))"              \
  " AND (p.max_parallel IS NULL OR p.max_parallel > " QFLOW_RUNNING_RUNS ")" also " ORDER BY r.created_at, r.run"

// Chooses among rows of the above, in their order.
class StartChoice {
 public:
  // One that was asked to end is not begun any more, and until then in the way of its context.
  bool take(const Query& row) {
    const std::int64_t deployment = row.integer(2);
    const bool is_one_by_one = row.boolean(4);
    if (is_one_by_one && !contexts_.emplace(deployment, row.optional_text(5)).second) return false;
    if (!row.boolean(6)) return false;
    const std::optional<std::int64_t> free = row.optional_integer(3);
    if (!free) return true;
    std::int64_t& left = places_.try_emplace(deployment, *free).first->second;
    if (left == 0) return false;
    --left;
    return true;
  }

 private:
  std::set<std::pair<std::int64_t, std::optional<std::string>>> contexts_;  // that an earlier run is of
  std::map<std::int64_t, std::int64_t> places_;                             // that max_parallel leaves
};

Result<std::vector<RunId>> read_startable(Query query, std::int64_t limit) {
  std::vector<RunId> runs;
  StartChoice choice;
  while (limit < 0 || std::ssize(runs) < limit) {
    QFLOW_ASSIGN(const bool more, query.next());
    if (!more) break;
    if (!choice.take(query)) continue;
    QFLOW_ASSIGN(auto run, read_run_id(query, 0));
    if (run) runs.push_back(*std::move(run));
  }
  return runs;
}

}  // namespace

Result<std::vector<ActiveRun>> TriggerLedger::active_runs(std::int64_t deployment,
                                                          const std::optional<std::string>& context,
                                                          const std::optional<std::string>& correlation) {
  if (!correlation) {
    return read_active_runs(database_.query(QFLOW_ACTIVE_RUNS " AND r.context IS ? AND r.cancel IS NULL ORDER BY r.run",
                                            deployment, context));
  }
  return read_active_runs(
      database_.query(QFLOW_ACTIVE_RUNS " AND r.context IS ? AND r.correlation = ? AND r.cancel IS NULL ORDER BY r.run",
                      deployment, context, *correlation));
}

Result<std::vector<ActiveRun>> TriggerLedger::active_runs(std::int64_t deployment) {
  return read_active_runs(database_.query(QFLOW_ACTIVE_RUNS " ORDER BY r.run", deployment));
}

// CROSS JOIN, so that the rows are read backwards and no further than they are asked for.
Result<std::pair<std::size_t, std::vector<RecordedEvent>>> TriggerLedger::last_events_of_run(
    const RunId& run, const std::function<bool(const RecordedEvent&)>& suffices) {
  QFLOW_ASSIGN(const std::int64_t key, run_key(database_, run));
  Query query = database_.query("SELECT " QFLOW_EVENT_COLUMNS
                                ", e.event, t.position FROM trigger_sources t CROSS JOIN events e ON e.event = t.event"
                                " LEFT JOIN runs c ON c.run = e.caused_by WHERE t.run = ? ORDER BY t.position DESC",
                                key);
  std::size_t first = 0;
  std::vector<RecordedEvent> events;
  while (events.empty() || !suffices(events.back())) {
    QFLOW_ASSIGN(const bool more, query.next());
    if (!more) break;
    RecordedEvent event;
    QFLOW_ASSIGN(event.event, read_event(query, 0));
    event.order = query.integer(kEventColumns);
    first = static_cast<std::size_t>(query.integer(kEventColumns + 1));
    events.push_back(std::move(event));
  }
  std::reverse(events.begin(), events.end());
  return std::pair(first, std::move(events));
}

// Runs stay when gc gives up what their events came to.
Result<std::optional<RunId>> TriggerLedger::last_run(std::int64_t deployment, const TriggerId& trigger) {
  QFLOW_ASSIGN(const auto runs, read_run_ids(database_.query(
                                    "SELECT flow, number FROM runs INDEXED BY runs_by_trigger WHERE deployment = ? AND"
                                    " CASE WHEN json_valid(trigger) THEN json_extract(trigger, '$.trigger_id') END = ?"
                                    " AND resumes IS NULL ORDER BY run DESC LIMIT 1",
                                    deployment, trigger.text())));
  return runs.empty() ? std::nullopt : std::optional(runs.front());
}

Status TriggerLedger::extend_run(const Run& run, std::size_t first) {
  QFLOW_ASSIGN(const std::int64_t key, run_key(database_, run.id));
  QFLOW_TRY(database_.run("UPDATE runs SET params = ?, depth = ?, scheduled_at = ?, trigger = ? WHERE run = ?",
                          to_compact(run.params), run.depth, run.scheduled_at, trigger_text(*run.trigger), key));
  QFLOW_TRY(database_.run("DELETE FROM trigger_sources WHERE run = ? AND position >= ?", key, std::uint64_t{first}));
  return insert_trigger_sources(database_, key, run.trigger->sources, first);
}

Status TriggerLedger::ask_to_cancel(const RunId& run, std::string_view reason) {
  QFLOW_ASSIGN(const std::int64_t key, run_key(database_, run));
  return database_.run("UPDATE runs SET cancel = ? WHERE run = ?", reason, key);
}

Result<std::vector<RunId>> TriggerLedger::runs_to_cancel() {
  return read_run_ids(database_.query(
      "SELECT flow, number FROM runs INDEXED BY runs_active WHERE deployment IS NOT NULL AND ended_at IS NULL"
      " AND cancel IS NOT NULL ORDER BY run"));
}

Result<std::optional<std::string>> TriggerLedger::cancel_reason(const RunId& run) {
  Query query = database_.query("SELECT cancel FROM runs WHERE flow = ? AND number = ?", run.flow.text(), run.number);
  QFLOW_ASSIGN(const bool known, query.next());
  return known ? query.optional_text(0) : std::nullopt;
}

// Few runs have not ended, so all of these go through the index of those: SQLite itself would rather read the whole
// table in the order that is asked for.

Result<std::vector<RunId>> TriggerLedger::startable_runs(std::int64_t limit) {
  return read_startable(database_.query(QFLOW_STARTABLE_RUNS("")), limit);
}

Result<bool> TriggerLedger::may_start(const RunId& run) {
  QFLOW_ASSIGN(const std::vector<RunId> next,
               read_startable(database_.query(QFLOW_STARTABLE_RUNS(" AND r.deployment = (SELECT deployment FROM runs"
                                                                   " WHERE flow = ?1 AND number = ?2)"),
                                              run.flow.text(), run.number),
                              -1));
  return std::find(next.begin(), next.end(), run) != next.end();
}

Result<std::vector<RunId>> TriggerLedger::unended_runs() {
  return read_run_ids(
      database_.query("SELECT flow, number FROM runs INDEXED BY runs_active WHERE deployment IS NOT NULL AND ended_at "
                      "IS NULL ORDER BY run"));
}

Result<bool> TriggerLedger::has_unended_runs() {
  return database_
      .query("SELECT 1 FROM runs INDEXED BY runs_active WHERE deployment IS NOT NULL AND ended_at IS NULL LIMIT 1")
      .next();
}

Result<std::int64_t> TriggerLedger::newest_run() {
  Query query = database_.query("SELECT max(run) FROM runs");
  QFLOW_ASSIGN(const bool known, query.next());
  return known ? query.integer(0) : 0;
}

Result<std::vector<RunId>> TriggerLedger::ended_runs_after(std::int64_t place) {
  return read_run_ids(
      database_.query("SELECT flow, number FROM runs WHERE run > ? AND deployment IS NOT NULL AND ended_at IS NOT NULL"
                      " ORDER BY run",
                      place));
}

Result<std::int64_t> TriggerLedger::running_runs() {
  Query query = database_.query(
      "SELECT count(*) FROM runs INDEXED BY runs_running WHERE deployment IS NOT NULL AND ended_at IS NULL"
      " AND status = 'running'");
  QFLOW_ASSIGN(const bool known, query.next());
  return known ? query.integer(0) : 0;
}

}  // namespace qflow
