#include "store/schema.h"

#include <fmt/format.h>

#include <array>

#include "qflow/error/printable.h"

namespace qflow {
namespace {

// Migration N brings a ledger from number N - 1 to N. One that was ever released is never changed: what is new is a
// further one.
//
// Times are microseconds since 1970, UTC. Rows of runs, events and trigger_sources stay for ever, so their keys are
// never used again. Indexes exist for what a command looks up, so that no look-up grows with what is stored.
constexpr std::array kMigrations = {
    R"sql(
CREATE TABLE run_counters(flow TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE definitions(definition INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, text TEXT NOT NULL);
CREATE TABLE runs(run INTEGER PRIMARY KEY, flow TEXT NOT NULL, number INTEGER NOT NULL, namespace TEXT NOT NULL,
 status TEXT NOT NULL, reason TEXT NOT NULL, origin TEXT NOT NULL, context TEXT, params TEXT NOT NULL,
 tags TEXT NOT NULL, created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER, scheduled_at INTEGER,
 trigger TEXT, definition INTEGER NOT NULL, flow_file TEXT NOT NULL, git_commit TEXT NOT NULL,
 git_dirty INTEGER NOT NULL, crashes INTEGER NOT NULL, resumes INTEGER,
 removed_at INTEGER, depth INTEGER NOT NULL, correlation TEXT NOT NULL, deployment INTEGER, cancel TEXT,
 UNIQUE(flow, number));
CREATE INDEX runs_active ON runs(deployment, context) WHERE deployment IS NOT NULL AND ended_at IS NULL;
CREATE INDEX runs_by_namespace ON runs(flow, namespace, number, status);
CREATE INDEX runs_by_status ON runs(status, created_at);
CREATE INDEX runs_by_creation ON runs(created_at);
CREATE TABLE run_tags(tag TEXT, run INTEGER, PRIMARY KEY(tag, run)) WITHOUT ROWID;
CREATE TABLE trigger_sources(run INTEGER, position INTEGER, event INTEGER NOT NULL, short_name TEXT NOT NULL,
 source_run INTEGER, step TEXT, PRIMARY KEY(run, position)) WITHOUT ROWID;
CREATE INDEX trigger_sources_by_event ON trigger_sources(event);
CREATE INDEX trigger_sources_by_run ON trigger_sources(source_run) WHERE source_run IS NOT NULL;
CREATE TABLE steps(run INTEGER, step TEXT, status TEXT NOT NULL, reason TEXT NOT NULL, tasks INTEGER NOT NULL,
 attempts INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER, PRIMARY KEY(run, step)) WITHOUT ROWID;
CREATE TABLE attempts(run INTEGER, step TEXT, task INTEGER, number INTEGER, status TEXT NOT NULL,
 reason TEXT NOT NULL, exit_status INTEGER, signal INTEGER, started_at INTEGER NOT NULL, ended_at INTEGER,
 PRIMARY KEY(run, step, task, number)) WITHOUT ROWID;
CREATE TABLE objects(object INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
 size INTEGER NOT NULL, fingerprint TEXT NOT NULL, bytes BLOB, put_at INTEGER NOT NULL, quarantined TEXT,
 removed_at INTEGER);
CREATE TABLE artifacts(run INTEGER, step TEXT, task INTEGER, name TEXT, kind TEXT NOT NULL, object INTEGER NOT NULL,
 PRIMARY KEY(run, step, task, name)) WITHOUT ROWID;
CREATE TABLE events(event INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
 timestamp INTEGER NOT NULL, recorded_at INTEGER NOT NULL, type TEXT, namespace TEXT, value TEXT, sender TEXT,
 context TEXT, payload TEXT NOT NULL, caused_by INTEGER, simulated INTEGER NOT NULL);
CREATE INDEX events_by_cause ON events(caused_by, name) WHERE caused_by IS NOT NULL;
CREATE INDEX events_by_name ON events(name, event) WHERE name NOT GLOB 'qflow.step.*';
CREATE TABLE idempotency_keys(name TEXT, key TEXT, event INTEGER NOT NULL, content TEXT NOT NULL,
 repeats INTEGER NOT NULL, PRIMARY KEY(name, key)) WITHOUT ROWID;
CREATE TABLE generations(generation INTEGER NOT NULL);
INSERT INTO generations(generation) VALUES(0);
CREATE TABLE deployments(deployment INTEGER PRIMARY KEY, flow TEXT NOT NULL, namespace TEXT NOT NULL,
 branch TEXT NOT NULL, version INTEGER NOT NULL, definition INTEGER NOT NULL, flow_file TEXT NOT NULL, environment TEXT NOT NULL,
 umask INTEGER NOT NULL, one_by_one INTEGER NOT NULL, max_parallel INTEGER, deployed_at INTEGER NOT NULL,
 enabled INTEGER NOT NULL, disabled_reason TEXT NOT NULL, undeployed_at INTEGER, UNIQUE(flow, namespace));
CREATE TABLE triggers(trigger INTEGER PRIMARY KEY, deployment INTEGER NOT NULL, id TEXT NOT NULL,
 position INTEGER, enabled INTEGER NOT NULL, disabled_reason TEXT NOT NULL, shape TEXT NOT NULL,
 UNIQUE(deployment, id));
CREATE TABLE subscriptions(name TEXT, deployment INTEGER, PRIMARY KEY(name, deployment)) WITHOUT ROWID;
CREATE INDEX subscriptions_by_deployment ON subscriptions(deployment);
CREATE TABLE outcomes(event INTEGER, trigger INTEGER, outcome TEXT NOT NULL, reason TEXT NOT NULL, run INTEGER,
 superseded_by INTEGER, PRIMARY KEY(event, trigger)) WITHOUT ROWID;
CREATE INDEX outcomes_by_trigger ON outcomes(trigger, event);
CREATE TABLE waiting(trigger INTEGER, correlation TEXT, event INTEGER, heard_by INTEGER, source TEXT NOT NULL,
 time INTEGER NOT NULL, distinct_value TEXT, token INTEGER NOT NULL, held INTEGER NOT NULL,
 PRIMARY KEY(trigger, correlation, event, heard_by)) WITHOUT ROWID;
CREATE TABLE debounces(trigger INTEGER, correlation TEXT, since INTEGER NOT NULL, due INTEGER NOT NULL,
 PRIMARY KEY(trigger, correlation)) WITHOUT ROWID;
CREATE INDEX debounces_by_due ON debounces(due);
)sql",
    // What became of old events: gc counts their outcomes per day, in days since 1970, UTC, of recorded_at.
    R"sql(
ALTER TABLE events ADD COLUMN rolled_up_at INTEGER;
CREATE TABLE daily_outcomes(trigger INTEGER, day INTEGER, outcome TEXT, events INTEGER NOT NULL,
 PRIMARY KEY(trigger, day, outcome)) WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE schedules(trigger INTEGER PRIMARY KEY, rhythm TEXT NOT NULL, due INTEGER NOT NULL);
CREATE INDEX schedules_by_due ON schedules(due);
)sql",
    // The cursor stands last: it may fill thousands of pages, which nobody reads on the way to the others.
    R"sql(
CREATE TABLE sensors(trigger INTEGER PRIMARY KEY, watched TEXT NOT NULL, due INTEGER, set_at INTEGER, looked_at INTEGER,
 seen TEXT NOT NULL, failures INTEGER NOT NULL, failing_since INTEGER, error TEXT NOT NULL, baselined INTEGER NOT NULL,
 revision INTEGER NOT NULL, cursor BLOB);
CREATE INDEX sensors_by_due ON sensors(due) WHERE due IS NOT NULL;
CREATE INDEX sensors_by_setting ON sensors(set_at) WHERE due IS NOT NULL;
)sql",
    // What is asked for each run that starts, however many wait: which is next, how many are being executed, and
    // whether local ones were left.
    R"sql(
CREATE INDEX runs_queued ON runs(created_at) WHERE deployment IS NOT NULL AND ended_at IS NULL AND status = 'queued';
CREATE INDEX runs_running ON runs(deployment) WHERE deployment IS NOT NULL AND ended_at IS NULL AND status = 'running';
CREATE INDEX runs_queued_locally ON runs(flow) WHERE status = 'queued' AND origin = 'local';
)sql",
    // What people ask: which run a trigger started last, and how often an event was published again. A damaged row
    // shall not keep a ledger from being opened.
    R"sql(
CREATE INDEX runs_by_trigger ON runs(deployment,
 CASE WHEN json_valid(trigger) THEN json_extract(trigger, '$.trigger_id') END, run) WHERE deployment IS NOT NULL;
CREATE INDEX idempotency_keys_by_event ON idempotency_keys(event, repeats);
)sql",
    // What is asked for each event of a flow that coalesces: the queued run of its correlation value.
    R"sql(
DROP INDEX runs_active;
CREATE INDEX runs_active ON runs(deployment, context, correlation) WHERE deployment IS NOT NULL AND ended_at IS NULL;
)sql",
    // A disabled schedule is known too, so that what it misses can be told.
    R"sql(
ALTER TABLE schedules ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
DROP INDEX schedules_by_due;
CREATE INDEX schedules_by_due ON schedules(due) WHERE paused = 0;
)sql",
    // What an arriving event meets, however many a debounce holds back.
    R"sql(
CREATE INDEX waiting_joining ON waiting(trigger, correlation, event) WHERE held = 0;
)sql",
    // Who waits in a run that another one's step executes waits there too.
    R"sql(
ALTER TABLE runs ADD COLUMN caller INTEGER;
)sql",
};

Error newer_schema(const Path& path, int schema) {
  return Error{ErrorKind::kStore,
               fmt::format("the ledger {} was made by a newer qflow: its schema has number {}, this one knows {}",
                           printable(path.native()), schema, newest_schema()),
               "use that newer qflow"};
}

// A ledger has its number from the first moment on, so that this is a file that SQLite made for somebody else.
Error foreign_database(SqliteConnection& ledger) {
  Query tables = ledger.query("SELECT name FROM sqlite_schema LIMIT 1");
  const Result<bool> has_tables = tables.next();
  if (!has_tables) return has_tables.error();
  const std::string file = printable(ledger.path().native());
  if (*has_tables)
    return {ErrorKind::kStore, file + " is a database of another program", "name a qflow store with --store"};
  return {ErrorKind::kStore, "the ledger " + file + " has no tables",
          "restore it from a backup, or move the whole store away to begin a new one"};
}

Status apply_from(SqliteConnection& ledger, int schema) {
  for (std::size_t next = static_cast<std::size_t>(schema); next < kMigrations.size(); ++next) {
    QFLOW_TRY(ledger.execute(kMigrations[next]));
  }
  return rewrite_schema_number(ledger);
}

// Others may have done it while this process waited for the gate.
Status migrate_in_transaction(SqliteConnection& ledger) {
  QFLOW_ASSIGN(const int schema, schema_of(ledger));
  return schema == newest_schema() ? Status() : apply_from(ledger, schema);
}

Status in_transaction(SqliteConnection& ledger, Status (*body)(SqliteConnection&)) {
  QFLOW_TRY(ledger.execute("BEGIN IMMEDIATE"));
  Status done = body(ledger);
  if (done) done = ledger.execute("COMMIT");
  if (!done) (void)ledger.execute("ROLLBACK");
  return done;
}

}  // namespace

int newest_schema() {
  return static_cast<int>(kMigrations.size());
}

Status rewrite_schema_number(SqliteConnection& ledger) {
  return ledger.execute(fmt::format("PRAGMA user_version = {}", newest_schema()).c_str());
}

Result<int> schema_of(SqliteConnection& ledger) {
  Query query = ledger.query("PRAGMA user_version");
  QFLOW_ASSIGN(const bool row, query.next());
  const int schema = row ? static_cast<int>(query.integer(0)) : 0;
  if (schema == 0) return tl::make_unexpected(foreign_database(ledger));
  if (schema > newest_schema()) return tl::make_unexpected(newer_schema(ledger.path(), schema));
  return schema;
}

Status make_schema(SqliteConnection& draft) {
  QFLOW_TRY(in_transaction(draft, [](SqliteConnection& empty) { return apply_from(empty, 0); }));
  // Outside of the transaction, as SQLite demands; it is kept in the file.
  return draft.execute("PRAGMA journal_mode = WAL");
}

Status migrate(SqliteConnection& ledger) {
  return in_transaction(ledger, migrate_in_transaction);
}

}  // namespace qflow
