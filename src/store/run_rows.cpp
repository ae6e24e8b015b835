#include "store/run_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "qflow/error/suggestion.h"
#include "store/event_rows.h"
#include "store/ledger_text.h"
#include "store/read_rows.h"
#include "store/trigger_rows.h"

namespace qflow {
namespace {

// What read_run reads, in its order.
#define QFLOW_RUN_COLUMNS                                                                                     \
  "SELECT r.run, r.flow, r.number, r.namespace, r.status, r.reason, r.origin, r.context, r.params, r.tags,"   \
  " r.created_at, r.started_at, r.ended_at, r.scheduled_at, r.trigger, d.hash, r.flow_file, r.git_commit,"    \
  " r.git_dirty, r.crashes, r.resumes, r.removed_at, r.depth, r.correlation, r.deployment, p.flow, p.number " \
  "FROM runs r LEFT JOIN definitions d ON d.definition = r.definition LEFT JOIN runs p ON p.run = r.caller "

// A run as its row has it: the sources of its trigger are read afterwards, from their own table.
struct RunRow {
  std::int64_t key;
  Run run;
};

Result<RunRow> read_run(const Query& row) {
  RunRow result;
  Run& run = result.run;
  result.key = row.integer(0);
  QFLOW_ASSIGN(run.id.flow, stored_name<FlowId>(row.text(1)));
  run.id.number = row.integer(2);
  run.name_space = row.text(3);
  QFLOW_ASSIGN(run.status, stored_choice(row.text(4), parse_run_status));
  run.reason = row.text(5);
  QFLOW_ASSIGN(run.origin, stored_choice(row.text(6), parse_run_origin));
  run.context = row.optional_text(7);
  QFLOW_ASSIGN(run.params, stored_json(row.text(8)));
  QFLOW_ASSIGN(Json tags, stored_json(row.text(9)));
  for (const Json& tag : tags) run.tags.push_back(tag.is_string() ? tag.get<std::string>() : to_compact(tag));
  run.created_at = row.instant(10);
  run.started_at = row.optional_instant(11);
  run.ended_at = row.optional_instant(12);
  run.scheduled_at = row.optional_instant(13);
  if (auto trigger = row.optional_text(14)) {
    QFLOW_ASSIGN(run.trigger, read_trigger(*trigger));
  }
  run.definition_hash = row.text(15);
  run.flow_file = row.text(16);
  run.git_commit = row.text(17);
  run.git_dirty = row.boolean(18);
  run.crashes = static_cast<int>(row.integer(19));
  if (const auto resumes = row.optional_integer(20)) run.resumes = RunId{run.id.flow, *resumes};
  run.removed_at = row.optional_instant(21);
  run.depth = static_cast<int>(row.integer(22));
  run.correlation = row.text(23);
  run.deployment = row.optional_integer(24);
  QFLOW_ASSIGN(run.caller, read_run_id(row, 25));
  return result;
}

// The runs of a query, with the sources of their triggers.
Result<std::vector<Run>> read_runs(SqliteConnection& ledger, Query query, Payloads payloads) {
  return read_rows(std::move(query), [&](const Query& row) -> Result<Run> {
    QFLOW_ASSIGN(RunRow read, read_run(row));
    if (read.run.trigger) {
      QFLOW_ASSIGN(read.run.trigger->sources, trigger_sources(ledger, read.key, payloads));
    }
    return std::move(read.run);
  });
}

Result<std::optional<Run>> read_optional_run(SqliteConnection& ledger, Query query) {
  QFLOW_ASSIGN(std::vector<Run> runs, read_runs(ledger, std::move(query), Payloads::kRead));
  if (runs.empty()) return std::optional<Run>();
  return std::optional<Run>(std::move(runs.front()));
}

Result<std::int64_t> last_number(SqliteConnection& ledger, const FlowId& flow) {
  Query query = ledger.query("SELECT last FROM run_counters WHERE flow = ?", flow.text());
  QFLOW_ASSIGN(bool known, query.next());
  return known ? query.integer(0) : 0;
}

Error unknown_run(SqliteConnection& ledger, const RunId& run) {
  Error error{ErrorKind::kNotFound, "there is no run " + run.text(), {}};
  auto last = last_number(ledger, run.flow);
  if (!last) return error;
  if (*last > 0) {
    error.advice = fmt::format("the newest run of {0} is {0}/{1}", run.flow.text(), *last);
    return error;
  }
  std::vector<std::string> names;
  for (const FlowId& flow : known_flows(ledger).value_or(std::vector<FlowId>{})) names.push_back(flow.text());
  error.advice = names.empty() ? "no flow has run in this store yet" : did_you_mean_or_list(run.flow.text(), names);
  return error;
}

// A run has a tag once.
void add_missing(std::vector<std::string>& tags, const std::vector<std::string>& further) {
  for (const std::string& tag : further) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  }
}

Status insert_tags(SqliteConnection& ledger, std::int64_t run, const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) {
    QFLOW_TRY(ledger.run("INSERT OR IGNORE INTO run_tags(tag, run) VALUES(?, ?)", tag, run));
  }
  return {};
}

// The conditions of a filter, joined by AND, and the values of their question marks.
struct FilterText {
  std::string sql;
  std::vector<std::string> texts;
};

void add_condition(FilterText& filter, std::string_view condition, std::string value) {
  filter.sql += filter.texts.empty() ? "WHERE " : "AND ";
  filter.sql += condition;
  filter.texts.push_back(std::move(value));
}

FilterText filter_text(const RunFilter& filter) {
  FilterText text;
  if (filter.tag) add_condition(text, "g.tag = ? ", *filter.tag);
  if (filter.flow) add_condition(text, "r.flow = ? ", filter.flow->text());
  if (filter.name_space) add_condition(text, "r.namespace = ? ", *filter.name_space);
  if (filter.status) add_condition(text, "r.status = ? ", std::string(to_text(*filter.status)));
  if (filter.context) add_condition(text, "r.context = ? ", *filter.context);
  return text;
}

}  // namespace

Result<std::int64_t> run_key(SqliteConnection& ledger, const RunId& run) {
  Query query = ledger.query("SELECT run FROM runs WHERE flow = ? AND number = ?", run.flow.text(), run.number);
  QFLOW_ASSIGN(bool known, query.next());
  if (!known) return tl::make_unexpected(unknown_run(ledger, run));
  return query.integer(0);
}

Result<std::int64_t> definition_key(SqliteConnection& ledger, const std::string& hash, std::string_view text) {
  {
    Query query = ledger.query("SELECT definition FROM definitions WHERE hash = ?", hash);
    QFLOW_ASSIGN(bool known, query.next());
    if (known) return query.integer(0);
  }
  QFLOW_TRY(ledger.run("INSERT INTO definitions(hash, text) VALUES(?, ?)", hash, text));
  return ledger.last_key();
}

Result<std::int64_t> LedgerWriter::key_of(const RunId& run) {
  if (known_run_ == run) return known_key_;
  QFLOW_ASSIGN(known_key_, run_key(database_, run));
  known_run_ = run;
  return known_key_;
}

Result<std::int64_t> LedgerWriter::next_run_number(const FlowId& flow) {
  QFLOW_TRY(
      database_.run("INSERT INTO run_counters(flow, last) VALUES(?, 1)"
                    " ON CONFLICT(flow) DO UPDATE SET last = last + 1",
                    flow.text()));
  return last_number(database_, flow);
}

Status LedgerWriter::insert_run(const Run& run, std::string_view definition) {
  QFLOW_ASSIGN(std::int64_t definition_row, definition_key(database_, run.definition_hash, definition));
  std::optional<std::string> trigger;
  if (run.trigger) trigger = trigger_text(*run.trigger);
  std::optional<std::int64_t> caller;
  if (run.caller) {
    QFLOW_ASSIGN(caller, run_key(database_, *run.caller));
  }
  std::vector<std::string> tags;
  add_missing(tags, run.tags);
  QFLOW_TRY(database_.run(
      "INSERT INTO runs(flow, number, namespace, status, reason, origin, context, params, tags, created_at, started_at,"
      " ended_at, scheduled_at, trigger, definition, flow_file, git_commit, git_dirty, crashes, resumes, depth, "
      "correlation,"
      " deployment, caller) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      run.id.flow.text(), run.id.number, run.name_space, to_text(run.status), run.reason, to_text(run.origin),
      run.context, to_compact(run.params), to_compact(Json(tags)), run.created_at, run.started_at, run.ended_at,
      run.scheduled_at, trigger, definition_row, run.flow_file, run.git_commit, run.git_dirty, run.crashes,
      run.resumes ? std::optional(run.resumes->number) : std::nullopt, run.depth, run.correlation, run.deployment,
      caller));
  std::int64_t key = database_.last_key();
  QFLOW_TRY(insert_tags(database_, key, tags));
  return run.trigger ? insert_trigger_sources(database_, key, run.trigger->sources) : Status();
}

Status LedgerWriter::start_run(const RunId& run, Instant at) {
  QFLOW_ASSIGN(const std::int64_t key, key_of(run));
  QFLOW_TRY(database_.run(
      "UPDATE runs SET status = 'running', started_at = coalesce(started_at, ?) WHERE run = ? AND status = 'queued'",
      at, key));
  if (database_.changes() == 0) return fail(ErrorKind::kBusy, run.text() + " is not queued any more");
  return {};
}

Status LedgerWriter::end_run(const RunId& run, RunStatus status, std::string_view reason, Instant at) {
  QFLOW_ASSIGN(const std::int64_t key, key_of(run));
  QFLOW_TRY(database_.run("UPDATE runs SET status = ?, reason = ?, ended_at = ? WHERE run = ? AND ended_at IS NULL",
                          to_text(status), reason, at, key));
  if (database_.changes() == 0) return fail(ErrorKind::kRefused, run.text() + " has ended already");
  return {};
}

Status LedgerWriter::requeue_run(const RunId& run) {
  QFLOW_ASSIGN(const std::int64_t key, key_of(run));
  return database_.run("UPDATE runs SET status = 'queued', crashes = crashes + 1 WHERE run = ?", key);
}

Status LedgerWriter::note_commit(const RunId& run, std::string_view commit, bool dirty) {
  QFLOW_ASSIGN(const std::int64_t key, key_of(run));
  return database_.run("UPDATE runs SET git_commit = ?, git_dirty = ? WHERE run = ?", commit, dirty ? 1 : 0, key);
}

Status LedgerWriter::add_tags(const RunId& run, const std::vector<std::string>& tags) {
  QFLOW_ASSIGN(Run known, find_run(database_, run));
  add_missing(known.tags, tags);
  QFLOW_ASSIGN(const std::int64_t key, key_of(run));
  QFLOW_TRY(database_.run("UPDATE runs SET tags = ? WHERE run = ?", to_compact(Json(known.tags)), key));
  return insert_tags(database_, key, tags);
}

Result<Run> find_run(SqliteConnection& ledger, const RunId& run) {
  QFLOW_ASSIGN(auto found, read_optional_run(ledger, ledger.query(QFLOW_RUN_COLUMNS "WHERE r.flow = ? AND r.number = ?",
                                                                  run.flow.text(), run.number)));
  if (!found) return tl::make_unexpected(unknown_run(ledger, run));
  return *std::move(found);
}

Result<Run> run_without_sources(SqliteConnection& ledger, const RunId& run) {
  Query query = ledger.query(QFLOW_RUN_COLUMNS "WHERE r.flow = ? AND r.number = ?", run.flow.text(), run.number);
  QFLOW_ASSIGN(const bool known, query.next());
  if (!known) return tl::make_unexpected(unknown_run(ledger, run));
  QFLOW_ASSIGN(RunRow row, read_run(query));
  return std::move(row.run);
}

Result<std::optional<Run>> latest_run(SqliteConnection& ledger, const FlowId& flow,
                                      const std::optional<std::string>& name_space, LatestMeans latest) {
  // With a parameter for what is meant SQLite could not plan for it; and the namespace's index is another one.
  constexpr const char* kAny = QFLOW_RUN_COLUMNS "WHERE r.flow = ? ORDER BY r.number DESC LIMIT 1";
  constexpr const char* kEnded =
      QFLOW_RUN_COLUMNS "WHERE r.flow = ? AND r.status NOT IN ('queued', 'running') ORDER BY r.number DESC LIMIT 1";
  constexpr const char* kAnyIn =
      QFLOW_RUN_COLUMNS "WHERE r.flow = ? AND r.namespace = ? ORDER BY r.number DESC LIMIT 1";
  constexpr const char* kEndedIn = QFLOW_RUN_COLUMNS
      "WHERE r.flow = ? AND r.namespace = ? AND r.status NOT IN ('queued', 'running') ORDER BY r.number DESC LIMIT 1";
  const bool ended_only = latest == LatestMeans::kNewestEnded;
  if (name_space) {
    return read_optional_run(ledger, ledger.query(ended_only ? kEndedIn : kAnyIn, flow.text(), *name_space));
  }
  return read_optional_run(ledger, ledger.query(ended_only ? kEnded : kAny, flow.text()));
}

Result<std::vector<Run>> list_runs(SqliteConnection& ledger, const RunFilter& filter) {
  FilterText text = filter_text(filter);
  std::string sql = QFLOW_RUN_COLUMNS;
  if (filter.tag) sql += "JOIN run_tags g ON g.run = r.run ";
  sql += text.sql;
  if (filter.since) sql += text.texts.empty() ? "WHERE r.created_at >= ? " : "AND r.created_at >= ? ";
  // Numbers of one flow rise with time, and so do the rows, in whose order those with a tag are stored.
  if (filter.tag) {
    sql += "ORDER BY g.run DESC ";
  } else {
    sql += filter.flow ? "ORDER BY r.number DESC " : "ORDER BY r.created_at DESC, r.run DESC ";
  }
  if (filter.limit) sql += "LIMIT ?";
  Query query = ledger.query_once(sql);
  for (const std::string& value : text.texts) query.bind(value);
  if (filter.since) query.bind(*filter.since);
  if (filter.limit) query.bind(*filter.limit);
  return read_runs(ledger, std::move(query), Payloads::kLeft);
}

Result<std::vector<FlowId>> known_flows(SqliteConnection& ledger) {
  return read_rows(ledger.query("SELECT flow FROM run_counters ORDER BY flow"),
                   [](const Query& row) { return stored_name<FlowId>(row.text(0)); });
}

// From each to the next by the index: SELECT DISTINCT would read the rows of all its runs.
Result<std::vector<std::string>> namespaces_of(SqliteConnection& ledger, const FlowId& flow) {
  std::vector<std::string> found;
  while (true) {
    Query query = found.empty() ? ledger.query("SELECT min(namespace) FROM runs WHERE flow = ?", flow.text())
                                : ledger.query("SELECT min(namespace) FROM runs WHERE flow = ? AND namespace > ?",
                                               flow.text(), found.back());
    QFLOW_ASSIGN(const bool row, query.next());
    const std::optional<std::string> next = row ? query.optional_text(0) : std::nullopt;
    if (!next) return found;
    found.push_back(*next);
  }
}

Result<std::vector<RunId>> read_run_ids(Query query) {
  std::vector<RunId> runs;
  while (true) {
    QFLOW_ASSIGN(const bool more, query.next());
    if (!more) return runs;
    QFLOW_ASSIGN(auto run, read_run_id(query, 0));
    if (run) runs.push_back(*std::move(run));
  }
}

Result<std::vector<RunId>> runs_in_hand(SqliteConnection& ledger) {
  return read_run_ids(
      ledger.query("SELECT flow, number FROM runs WHERE status = 'running' UNION ALL"
                   " SELECT flow, number FROM runs INDEXED BY runs_queued_locally WHERE status = 'queued'"
                   " AND origin = 'local'"));
}

Result<std::string> definition(SqliteConnection& ledger, const std::string& hash) {
  Query query = ledger.query("SELECT text FROM definitions WHERE hash = ?", hash);
  QFLOW_ASSIGN(bool known, query.next());
  if (!known) return fail(ErrorKind::kNotFound, "the ledger has no definition " + hash);
  return query.text(0);
}

}  // namespace qflow
