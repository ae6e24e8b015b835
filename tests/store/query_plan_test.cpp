#include <doctest/doctest.h>
#include <sqlite3.h>

#include <map>

#include "qflow/model/step_state.h"
#include "store_fixture.h"

using namespace qflow;

namespace {

// How often each was executed.
std::map<std::string, int>& seen_statements() {
  static std::map<std::string, int> statements;
  return statements;
}

int remember_statement(unsigned, void*, void*, void* text) {
  ++seen_statements()[static_cast<const char*>(text)];
  return 0;
}

int watch_connection(sqlite3* connection, char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, remember_statement, nullptr);
}

// While one lives, connections that open tell their statements.
class StatementWatch {
 public:
  StatementWatch() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(watch_connection)); }
  ~StatementWatch() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(watch_connection)); }
};

bool can_be_explained(const std::string& sql) {
  return sql.starts_with("SELECT") || sql.starts_with("UPDATE") || sql.starts_with("INSERT");
}

// What SQLite would do for each statement, one line per table.
std::vector<std::string> plan_of(sqlite3* connection, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(connection, ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &statement, nullptr) == SQLITE_OK);
  std::vector<std::string> lines;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    lines.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3)));
  }
  sqlite3_finalize(statement);
  return lines;
}

}  // namespace

TEST_CASE("no look-up reads a whole table, so none grows with what is stored") {
  StatementWatch watch;
  StoreFixture fixture;
  seen_statements().clear();
  Event event = event_named("food");
  const RunId up = fixture.add_run("Up").id;
  event.caused_by = up;
  const RunId run = fixture
                        .add_run("F",
                                 [&](Run& added) {
                                   added.tags = {"t"};
                                   added.trigger = TriggerRecord{};
                                   added.trigger->sources = {TriggerSource{event, "food", up, {}}};
                                 })
                        .id;
  NewArtifact artifact;
  artifact.name = ArtifactName::parse("a").value();
  artifact.object.sha256 = sha256_hex("");
  Attempt attempt;
  attempt.step = step_id("s");
  fixture.write([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.save_step(run, StepState{step_id("s"), StepStatus::kRunning, "", 1, 0, {}, {}}));
    QFLOW_TRY(writer.save_attempt(run, attempt));
    QFLOW_TRY(writer.add_artifact(run, step_id("s"), {}, artifact));
    QFLOW_TRY(writer.add_tags(run, {"u"}));
    QFLOW_TRY(writer.mark_quarantined(artifact.object.sha256, "why"));
    QFLOW_TRY(writer.start_run(run, at_second(1)));
    QFLOW_TRY(writer.end_run(run, RunStatus::kSucceeded, "", at_second(2)));
    return writer.remove_results(run).map([](bool) {});
  });
  Ledger& ledger = fixture.ledger();
  (void)ledger.find_run(run);
  for (const LatestMeans latest : {LatestMeans::kNewest, LatestMeans::kNewestEnded}) {
    (void)ledger.latest_run(flow_id("F"), {}, latest);
    (void)ledger.latest_run(flow_id("F"), "", latest);
  }
  (void)ledger.namespaces_of(flow_id("F"));
  (void)ledger.steps(run);
  (void)ledger.attempts(run);
  (void)ledger.artifacts(run);
  (void)ledger.object(artifact.object.sha256);
  (void)ledger.object_is_removed(artifact.object.sha256);
  (void)ledger.find_event("x");
  (void)ledger.causes_of(run);
  (void)ledger.runs_triggered_by(run);
  (void)ledger.runs_triggered_by_event("x");
  (void)ledger.end_event(run, {});
  (void)ledger.end_event(run, step_id("s"));
  (void)ledger.definition("x");
  (void)ledger.triggers().has_due(at_second(1));
  (void)ledger.triggers().next_due();
  (void)ledger.triggers().startable_runs(5);
  (void)ledger.triggers().may_start(run);
  (void)ledger.triggers().due_sensors(at_second(1));
  (void)ledger.triggers().overdue_sensors(at_second(1));
  (void)ledger.triggers().active_runs(1, {}, {});
  (void)ledger.triggers().active_runs(1, "c", "v");
  (void)ledger.triggers().last_run(1, TriggerId::parse("t").value());
  (void)ledger.triggers().repeats_of_event("x");
  (void)ledger.run_without_sources(run);
  (void)ledger.triggers().last_events_of_run(run, [](const RecordedEvent&) { return false; });
  (void)ledger.triggers().sensors_without_cursor(1);
  (void)ledger.triggers().sensors(1);
  (void)ledger.triggers().sensor(1, TriggerId::parse("t").value());
  (void)ledger.triggers().sensor_cursor(1, TriggerId::parse("t").value());
  const TriggerId trigger = TriggerId::parse("t").value();
  (void)ledger.triggers().state(1, trigger, "", StatePart::kJoining);
  (void)ledger.triggers().waiting_under(1, trigger, 1, trigger);
  (void)ledger.triggers().due_debounces(at_second(1), {1});
  fixture.write([&](LedgerWriter&) -> Status {
    const TriggerState held{{}, HeldFiring{at_second(0), at_second(1)}};
    for (int i = 0; i < 120; ++i) QFLOW_TRY(ledger.triggers().change_state(2, trigger, std::to_string(i), {}, held));
    return {};
  });
  (void)ledger.triggers().due_debounces(at_second(1), {1});
  // Listings read what they list, newest first, and stop at their limit: in order, without sorting all.
  for (int which = 0; which < 5; ++which) {
    RunFilter filter;
    filter.limit = 5;
    if (which == 0) filter.flow = flow_id("F");
    if (which == 1) filter.status = RunStatus::kFailed;
    if (which == 2) filter.since = at_second(1);
    if (which == 3) filter.tag = "t";
    (void)ledger.list_runs(filter);
  }
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(fixture.store().layout().ledger().c_str(), &connection) == SQLITE_OK);
  std::size_t explained = 0;
  for (const auto& seen : seen_statements()) {
    const std::string& sql = seen.first;
    if (!can_be_explained(sql)) continue;
    CAPTURE(sql);
    ++explained;
    for (const std::string& line : plan_of(connection, sql)) {
      CAPTURE(line);
      bool whole_table = line.starts_with("SCAN ") && line.find("USING INDEX runs_by_creation") == std::string::npos &&
                         line.find("USING INDEX runs_queued") == std::string::npos && line != "SCAN CONSTANT ROW" &&
                         line.find("SCAN (subquery") == std::string::npos;
      CHECK(!whole_table);
      bool sorts_runs = line.find("USE TEMP B-TREE FOR ORDER BY") == 0 && sql.find("LIMIT") != std::string::npos;
      CHECK(!sorts_runs);
      // There may be a queued run for each of thousands of correlation values.
      const bool reads_all_values = sql.find("r.correlation = ?") != std::string::npos &&
                                    line.starts_with("SEARCH r ") && line.find("correlation=?") == std::string::npos;
      CHECK(!reads_all_values);
    }
  }
  sqlite3_close(connection);
  CHECK(explained > 25);
}

TEST_CASE("gc reads the runs as often for many definitions as for one") {
  const auto reads_of_runs = [](int definitions) {
    StatementWatch watch;
    StoreFixture fixture;
    std::map<std::string, Instant> limits;
    for (int i = 0; i < definitions; ++i) {
      const std::string text = "text " + std::to_string(i);
      limits.emplace(sha256_hex(text), at_second(100));
      fixture.write([&](LedgerWriter& writer) -> Status {
        const FlowId flow = flow_id("F" + std::to_string(i));
        QFLOW_ASSIGN(const std::int64_t number, writer.next_run_number(flow));
        Run run = queued_run({flow, number});
        run.definition_hash = sha256_hex(text);
        QFLOW_TRY(writer.insert_run(run, text));
        return writer.end_run(run.id, RunStatus::kSucceeded, "", at_second(1));
      });
    }
    seen_statements().clear();
    CHECK(value_of(fixture.ledger().ruling_definitions()).size() == limits.size());
    CHECK(value_of(fixture.ledger().runs_ended_before(limits)).size() == limits.size());
    int reads = 0;
    for (const auto& [sql, executions] : seen_statements()) {
      if (sql.find("FROM runs") != std::string::npos) reads += executions;
    }
    return reads;
  };
  CHECK(reads_of_runs(1) > 0);
  CHECK(reads_of_runs(1) == reads_of_runs(20));
}
