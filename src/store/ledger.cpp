#include "qflow/store/ledger.h"

#include <chrono>

#include "store/artifact_rows.h"
#include "store/event_roll_up.h"
#include "store/event_rows.h"
#include "store/ledger_opening.h"
#include "store/run_rows.h"
#include "store/schema.h"
#include "store/sqlite_connection.h"
#include "store/step_rows.h"
#include "store/trigger_rows.h"
#include "store/upkeep_rows.h"

namespace qflow {
namespace {

// While the ledger is open, its write-ahead log is copied into the database from so many pages on; the next write then
// begins it anew.
constexpr int kLogPagesWhileOpen = 1000;

// A process that leaves more pages than this begins the log anew before it goes. Fewer: the copying costs more; more:
// each process that opens the ledger while nobody else has it open reads more of the log. The file keeps its length,
// because a sync after overwriting takes half the time of one after appending (no metadata changes).
constexpr int kLogPagesAtEnd = 64;

}  // namespace

// The database, and the gate on which its writers queue.
struct Ledger::Connection {
  enum class Ending { kCommit, kTakeBack };

  std::unique_ptr<SqliteConnection> database;
  FileHandle gate;
  StoreAccess access;
  FileSystem& files;
  Clock& clock;
  TriggerLedger triggers{*database};
  std::optional<Durability> durability = {};
  bool kept_out = false;

  ~Connection();
  // Waits for the other writers; what is left of the patience is the database's.
  Status enter_gate(std::chrono::milliseconds patience);
  Status transact(Durability wanted, Ending ending, const std::function<Status(LedgerWriter&)>& body,
                  std::chrono::milliseconds patience);
  Status set_durability(Durability wanted);
  void restart_log();
};

namespace {

// Leaves the gate at the end of a scope, whatever happened in it.
class GateTurn {
 public:
  GateTurn(FileSystem& files, const FileHandle& gate) : files_(files), gate_(gate) {}
  ~GateTurn() { files_.unlock(gate_); }
  GateTurn(const GateTurn&) = delete;
  GateTurn& operator=(const GateTurn&) = delete;

 private:
  FileSystem& files_;
  const FileHandle& gate_;
};

// A transaction that leaves nothing unless it is committed.
class Transaction {
 public:
  explicit Transaction(SqliteConnection& database) : database_(database) {}
  ~Transaction() {
    if (open_) (void)database_.run("ROLLBACK");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Status begin() {
    QFLOW_TRY(database_.run("BEGIN IMMEDIATE"));
    open_ = true;
    return {};
  }
  Status begin_reading() {
    QFLOW_TRY(database_.run("BEGIN"));
    open_ = true;
    return {};
  }
  Status commit() {
    QFLOW_TRY(database_.run("COMMIT"));
    open_ = false;
    return {};
  }

 private:
  SqliteConnection& database_;
  bool open_ = false;
};

}  // namespace

Status Ledger::Connection::enter_gate(std::chrono::milliseconds patience) {
  auto before = std::chrono::steady_clock::now();
  QFLOW_TRY(files.lock_within(gate, patience));
  auto waited = std::chrono::steady_clock::now() - before;
  database->set_patience(patience - std::chrono::duration_cast<std::chrono::milliseconds>(waited));
  return {};
}

Status Ledger::Connection::set_durability(Durability wanted) {
  if (durability == wanted) return {};
  QFLOW_TRY(
      database->execute(wanted == Durability::kPower ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
  durability = wanted;
  return {};
}

Status Ledger::Connection::transact(Durability wanted, Ending ending, const std::function<Status(LedgerWriter&)>& body,
                                    std::chrono::milliseconds patience) {
  if (access == StoreAccess::kRead) return fail(ErrorKind::kStore, "the store was opened for reading only");
  kept_out = true;
  QFLOW_TRY(enter_gate(patience));
  GateTurn turn(files, gate);
  QFLOW_TRY(set_durability(wanted));
  Transaction transaction(*database);
  QFLOW_TRY(transaction.begin());
  kept_out = false;
  LedgerWriter writer(*database, clock);
  QFLOW_TRY(body(writer));
  return ending == Ending::kCommit ? transaction.commit() : Status();
}

// After the copying, the first write begins at the log's start, and whoever opens the ledger next stops reading there.
void Ledger::Connection::restart_log() {
  // Where others write at this moment, one of them will do it.
  if (!files.try_lock(gate)) return;
  GateTurn turn(files, gate);
  database->set_patience(std::chrono::milliseconds(0));
  database->checkpoint();
  if (set_durability(Durability::kProcess)) (void)rewrite_schema_number(*database);
}

Ledger::Connection::~Connection() {
  if (access != StoreAccess::kRead && database->log_pages() >= kLogPagesAtEnd) restart_log();
}

Result<std::unique_ptr<Ledger>> Ledger::open(const StoreLayout& layout, StoreAccess access, FileSystem& files,
                                             Clock& clock) {
  QFLOW_ASSIGN(OpenedLedger opened, open_ledger(layout, access, files));
  auto connection = std::unique_ptr<Connection>(
      new Connection{std::move(opened.database), std::move(opened.gate), access, files, clock});
  return std::unique_ptr<Ledger>(new Ledger(std::move(connection)));
}

Ledger::Ledger(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

Ledger::~Ledger() = default;

Status Ledger::write(Durability durability, const std::function<Status(LedgerWriter&)>& body,
                     std::chrono::milliseconds patience) {
  QFLOW_TRY(connection_->transact(durability, Connection::Ending::kCommit, body, patience));
  if (connection_->database->log_pages() >= kLogPagesWhileOpen) connection_->database->checkpoint();
  return {};
}

bool Ledger::is_kept_out() const {
  return connection_->kept_out;
}

Status Ledger::rehearse(const std::function<Status(LedgerWriter&)>& body) {
  return connection_->transact(Durability::kProcess, Connection::Ending::kTakeBack, body, kLedgerPatience);
}

Status Ledger::read(const std::function<Status()>& body) {
  Transaction transaction(*connection_->database);
  QFLOW_TRY(transaction.begin_reading());
  QFLOW_TRY(body());
  return transaction.commit();
}

Result<Run> Ledger::find_run(const RunId& run) {
  return qflow::find_run(*connection_->database, run);
}

Result<Run> Ledger::run_without_sources(const RunId& run) {
  return qflow::run_without_sources(*connection_->database, run);
}

Result<std::optional<Run>> Ledger::latest_run(const FlowId& flow, const std::optional<std::string>& name_space,
                                              LatestMeans latest) {
  return qflow::latest_run(*connection_->database, flow, name_space, latest);
}

Result<std::vector<Run>> Ledger::list_runs(const RunFilter& filter) {
  return qflow::list_runs(*connection_->database, filter);
}

Result<std::vector<RunId>> Ledger::runs_in_hand() {
  return qflow::runs_in_hand(*connection_->database);
}

Result<std::vector<FlowId>> Ledger::known_flows() {
  return qflow::known_flows(*connection_->database);
}

Result<std::vector<std::string>> Ledger::namespaces_of(const FlowId& flow) {
  return qflow::namespaces_of(*connection_->database, flow);
}

Result<std::vector<StepState>> Ledger::steps(const RunId& run) {
  return qflow::steps(*connection_->database, run);
}

Result<std::vector<Attempt>> Ledger::attempts(const RunId& run) {
  return qflow::attempts(*connection_->database, run);
}

Result<std::vector<Artifact>> Ledger::artifacts(const RunId& run) {
  return qflow::artifacts(*connection_->database, run);
}

Result<ObjectRecord> Ledger::object(const std::string& sha256) {
  return qflow::object(*connection_->database, sha256);
}

Result<Event> Ledger::find_event(std::string_view id) {
  return qflow::find_event(*connection_->database, id);
}

Result<std::vector<RunCause>> Ledger::causes_of(const RunId& run) {
  return qflow::causes_of(*connection_->database, run);
}

Result<std::vector<LinkedRun>> Ledger::runs_triggered_by(const RunId& run) {
  return qflow::runs_triggered_by(*connection_->database, run);
}

Result<std::vector<RunId>> Ledger::runs_triggered_by_event(std::string_view event_id) {
  return qflow::runs_triggered_by_event(*connection_->database, event_id);
}

Result<Event> Ledger::end_event(const RunId& run, const std::optional<StepId>& step) {
  return qflow::end_event(*connection_->database, run, step);
}

TriggerLedger& Ledger::triggers() {
  return connection_->triggers;
}

Result<std::vector<std::string>> Ledger::ruling_definitions() {
  return qflow::ruling_definitions(*connection_->database);
}

Result<std::vector<RunId>> Ledger::runs_ended_before(const std::map<std::string, Instant>& limits) {
  return qflow::runs_ended_before(*connection_->database, limits);
}

Result<std::vector<UnnamedObject>> Ledger::unnamed_objects(Instant put_before) {
  return qflow::unnamed_objects(*connection_->database, put_before);
}

Result<bool> Ledger::object_is_removed(const std::string& sha256) {
  return qflow::object_is_removed(*connection_->database, sha256);
}

Result<std::vector<OutdatedEvent>> Ledger::outdated_events(Instant recorded_before) {
  return qflow::outdated_events(*connection_->database, recorded_before);
}

Result<std::vector<EventKey>> Ledger::outdated_keys(Instant recorded_before) {
  return qflow::outdated_keys(*connection_->database, recorded_before);
}

Result<std::vector<std::string>> Ledger::named_objects() {
  return qflow::named_objects(*connection_->database);
}

Result<std::map<std::string, std::string>> Ledger::artifacts_by_object() {
  return qflow::artifacts_by_object(*connection_->database);
}

Result<std::vector<std::string>> Ledger::lost_artifacts() {
  return qflow::lost_artifacts(*connection_->database);
}

Result<std::vector<std::string>> Ledger::inconsistencies() {
  return qflow::inconsistencies(*connection_->database);
}

Result<std::string> Ledger::definition(const std::string& hash) {
  return qflow::definition(*connection_->database, hash);
}

}  // namespace qflow
