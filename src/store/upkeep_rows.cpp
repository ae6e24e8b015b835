#include "store/upkeep_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/artifact_rows.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/run_rows.h"

namespace qflow {
namespace {

// The objects that the results of some run name.
#define QFLOW_NAMED_OBJECTS "SELECT a.object FROM artifacts a JOIN runs r ON r.run = a.run WHERE r.removed_at IS NULL"

// The definition that says how long the results of a flow's runs stay: as it is deployed in their namespace, else as
// its newest run there has it. (Beside max() SQLite takes a bare column from the row of the maximum: lang_select, 2.5.)
#define QFLOW_RULES                                                                                        \
  "newest AS (SELECT flow, namespace, definition, max(number) FROM runs GROUP BY flow, namespace),"        \
  "rules AS (SELECT n.flow, n.namespace, coalesce(d.definition, n.definition) AS definition FROM newest n" \
  " LEFT JOIN deployments d ON d.flow = n.flow AND d.namespace = n.namespace AND d.undeployed_at IS NULL)"

// Each query gives one text per row that is wrong.
constexpr const char* kContradictions[] = {
    "SELECT r.flow || '/' || r.number || ' has ended, but its step ' || s.step || ' is ' || s.status FROM steps s"
    " JOIN runs r ON r.run = s.run WHERE s.ended_at IS NULL AND s.status <> 'pending' AND r.ended_at IS NOT NULL",
    "SELECT r.flow || '/' || r.number || ' has ended, but an attempt of its step ' || t.step || ' has not'"
    " FROM attempts t JOIN runs r ON r.run = t.run WHERE t.ended_at IS NULL AND r.ended_at IS NOT NULL",
    "SELECT r.flow || '/' || r.number || ' is ' || r.status || ', but has no end' FROM runs r"
    " WHERE r.ended_at IS NULL AND r.status NOT IN ('queued', 'running')",
    "SELECT r.flow || '/' || r.number || ' names an object that the ledger does not know: ' || a.name FROM artifacts a"
    " JOIN runs r ON r.run = a.run WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.object = a.object)",
    "SELECT r.flow || '/' || r.number || ' names a removed object: ' || a.name FROM artifacts a"
    " JOIN runs r ON r.run = a.run JOIN objects o ON o.object = a.object"
    " WHERE r.removed_at IS NULL AND o.removed_at IS NOT NULL",
    "SELECT c.flow || ' has a run with a number that was not given yet' FROM run_counters c"
    " WHERE c.last < (SELECT max(number) FROM runs r WHERE r.flow = c.flow)",
};

}  // namespace

// A run reads its sources until it has ended, and so will the one that fires when what its end waits for has come.
Result<bool> LedgerWriter::remove_results(const RunId& run) {
  QFLOW_ASSIGN(const std::int64_t key, key_of(run));
  QFLOW_TRY(database_.run(
      "UPDATE runs SET removed_at = ?1 WHERE run = ?2 AND removed_at IS NULL AND ended_at IS NOT NULL"
      " AND NOT EXISTS (SELECT 1 FROM trigger_sources t JOIN runs r ON r.run = t.run WHERE t.source_run = ?2"
      " AND r.ended_at IS NULL)"
      " AND NOT EXISTS (SELECT 1 FROM events e JOIN outcomes o ON o.event = e.event WHERE e.caused_by = ?2"
      " AND e.name GLOB 'qflow.*' AND o.outcome = 'waiting')",
      clock_.now(), key));
  return database_.changes() > 0;
}

Result<bool> LedgerWriter::remove_object(const UnnamedObject& object) {
  QFLOW_TRY(database_.run("UPDATE objects SET removed_at = ?, bytes = NULL WHERE sha256 = ? AND put_at = ?",
                          clock_.now(), object.sha256, object.put_at));
  return database_.changes() > 0;
}

Result<std::vector<std::string>> ruling_definitions(SqliteConnection& ledger) {
  return read_texts(ledger.query_once("WITH " QFLOW_RULES " SELECT hash FROM definitions"
                                      " WHERE definition IN (SELECT definition FROM rules)"));
}

// In one pass, however many definitions there are.
Result<std::vector<RunId>> runs_ended_before(SqliteConnection& ledger, const std::map<std::string, Instant>& limits) {
  std::map<std::int64_t, Instant> by_key;
  for (const auto& [hash, limit] : limits) {
    Query query = ledger.query("SELECT definition FROM definitions WHERE hash = ?", hash);
    QFLOW_ASSIGN(const bool known, query.next());
    if (known) by_key.emplace(query.integer(0), limit);
  }
  std::vector<std::pair<Instant, RunId>> ended;
  if (by_key.empty()) return std::vector<RunId>();
  Query query = ledger.query_once("WITH " QFLOW_RULES
                                  " SELECT r.flow, r.number, u.definition, r.ended_at FROM rules u"
                                  " JOIN runs r ON r.flow = u.flow AND r.namespace = u.namespace"
                                  " WHERE r.ended_at IS NOT NULL AND r.removed_at IS NULL");
  while (true) {
    QFLOW_ASSIGN(const bool more, query.next());
    if (!more) break;
    const auto limit = by_key.find(query.integer(2));
    if (limit == by_key.end() || query.instant(3) >= limit->second) continue;
    QFLOW_ASSIGN(FlowId flow, stored_name<FlowId>(query.text(0)));
    ended.emplace_back(query.instant(3), RunId{std::move(flow), query.integer(1)});
  }
  std::stable_sort(ended.begin(), ended.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<RunId> runs;
  for (auto& [at, run] : ended) runs.push_back(std::move(run));
  return runs;
}

Result<std::vector<UnnamedObject>> unnamed_objects(SqliteConnection& ledger, Instant put_before) {
  Query query = ledger.query_once(
      "SELECT sha256, size, put_at FROM objects WHERE removed_at IS NULL AND put_at < ?"
      " AND object NOT IN (" QFLOW_NAMED_OBJECTS ")");
  query.bind(put_before);
  return read_rows(std::move(query), [](const Query& row) -> Result<UnnamedObject> {
    QFLOW_ASSIGN(std::string sha256, stored_hash(row.text(0)));
    return UnnamedObject{std::move(sha256), static_cast<std::uint64_t>(row.integer(1)), row.instant(2)};
  });
}

Result<bool> object_is_removed(SqliteConnection& ledger, const std::string& sha256) {
  return ledger.query("SELECT 1 FROM objects WHERE sha256 = ? AND removed_at IS NOT NULL", sha256).next();
}

Result<std::vector<std::string>> named_objects(SqliteConnection& ledger) {
  Query query = ledger.query_once(
      "SELECT sha256 FROM objects WHERE quarantined IS NULL AND removed_at IS NULL"
      " AND object IN (" QFLOW_NAMED_OBJECTS ")");
  return read_rows(std::move(query), [](const Query& row) { return stored_hash(row.text(0)); });
}

Result<std::map<std::string, std::string>> artifacts_by_object(SqliteConnection& ledger) {
  std::map<std::string, std::string> owners;
  Query query = ledger.query_once(
      "SELECT o.sha256, a.name || ' of ' || r.flow || '/' || r.number || '/' || a.step FROM artifacts a"
      " JOIN runs r ON r.run = a.run JOIN objects o ON o.object = a.object WHERE r.removed_at IS NULL ORDER BY r.run");
  while (true) {
    QFLOW_ASSIGN(const bool more, query.next());
    if (!more) return owners;
    owners.emplace(query.text(0), query.text(1));
  }
}

Result<std::vector<std::string>> lost_artifacts(SqliteConnection& ledger) {
  return read_texts(
      ledger.query_once("SELECT 'the artifact ' || a.name || ' of ' || r.flow || '/' || r.number || '/' || a.step"
                        " || ' is lost: it was changed and set aside: ' || o.quarantined"
                        " FROM artifacts a JOIN runs r ON r.run = a.run JOIN objects o ON o.object = a.object"
                        " WHERE r.removed_at IS NULL AND o.quarantined IS NOT NULL ORDER BY r.run, a.name"));
}

Result<std::vector<std::string>> inconsistencies(SqliteConnection& ledger) {
  QFLOW_ASSIGN(std::vector<std::string> problems, ledger.check_integrity());
  if (!problems.empty()) return problems;
  for (const char* sql : kContradictions) {
    QFLOW_ASSIGN(const std::vector<std::string> wrong, read_texts(ledger.query_once(sql)));
    problems.insert(problems.end(), wrong.begin(), wrong.end());
  }
  return problems;
}

}  // namespace qflow
