#include "store/sqlite_connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "qflow/error/printable.h"
#include "qflow/os/file_uri.h"
#include "store/sqlite_files.h"

namespace qflow {
namespace {

Error damaged(const std::string& file, const char* detail) {
  return Error{ErrorKind::kStore, fmt::format("the ledger {} is damaged: {}", file, detail),
               fmt::format("keep a copy of its folder, then restore it from a backup, or save what can be read with "
                           "sqlite3 {} .recover",
                           file)};
}

Error input_output_error(const std::string& file, int system_error) {
  const char* reason = system_error == 0 ? nullptr : strerrordesc_np(system_error);
  return Error{ErrorKind::kStore,
               fmt::format("can't read or write the ledger {}: {}", file, reason == nullptr ? "disk error" : reason),
               "see whether its disk is full or failing"};
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const Path& path, Access access, FileSystem& files) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const bool is_written = access == Access::kReadWrite || access == Access::kDraft;
  flags |= is_written ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  const Path anchored = files.anchored(path);
  std::string name = anchored.native();
  if (access == Access::kReadImmutable) {
    name = file_uri(anchored) + "?immutable=1";
    flags |= SQLITE_OPEN_URI;
  }
  sqlite3* database = nullptr;
  errno = 0;
  int code = sqlite3_open_v2(name.c_str(), &database, flags, ledger_file_system());
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(path, database, files));
  if (code != SQLITE_OK) return tl::make_unexpected(connection->error(code));
  connection->configure();
  if (access == Access::kDraft) {
    QFLOW_TRY(connection->execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF"));
  } else {
    connection->keep_log();
  }
  return connection;
}

SqliteConnection::SqliteConnection(const Path& path, sqlite3* database, FileSystem& files)
    : path_(path), database_(database), files_(files) {}

SqliteConnection::~SqliteConnection() {
  for (const Prepared& prepared : statements_) sqlite3_finalize(prepared.statement);
  sqlite3_close_v2(database_);
}

void SqliteConnection::configure() {
  sqlite3_extended_result_codes(database_, 1);
  sqlite3_busy_handler(database_, &SqliteConnection::wait_for_lock, this);
  // This replaces SQLite's own checkpoints after every 1,000 pages, which would happen inside the transaction.
  sqlite3_wal_hook(database_, &SqliteConnection::count_log_pages, this);
}

// Without this the last one to close copies the log into the database, twice the cost of a whole small write.
void SqliteConnection::keep_log() {
  sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

sqlite3_stmt* SqliteConnection::prepare(const char* sql) {
  auto same = [sql](const Prepared& prepared) { return prepared.sql == sql; };
  auto known = std::find_if(statements_.begin(), statements_.end(), same);
  if (known != statements_.end()) return known->statement;
  sqlite3_stmt* statement = nullptr;
  errno = 0;
  sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (statement != nullptr) statements_.push_back({sql, statement});
  return statement;
}

Query SqliteConnection::query_once(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  errno = 0;
  sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr);
  return Query(*this, statement, Query::Owner::kQuery);
}

Status SqliteConnection::execute(const char* script) {
  errno = 0;
  int code = sqlite3_exec(database_, script, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::make_unexpected(error(code));
  return {};
}

std::int64_t SqliteConnection::changes() const {
  return sqlite3_changes64(database_);
}

std::int64_t SqliteConnection::last_key() const {
  return sqlite3_last_insert_rowid(database_);
}

void SqliteConnection::checkpoint() {
  // PASSIVE never calls the busy handler; what readers keep it from copying the next one copies.
  sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Result<std::vector<std::string>> SqliteConnection::check_integrity() {
  std::vector<std::string> problems;
  Query query = this->query("PRAGMA integrity_check");
  while (true) {
    QFLOW_ASSIGN(const bool row, query.next());
    if (errno == EIO) return tl::make_unexpected(error(SQLITE_IOERR));
    if (!row) break;
    problems.push_back(query.text(0));
  }
  std::erase(problems, "ok");
  return problems;
}

int SqliteConnection::wait_for_lock(void* connection, int attempts) {
  auto* self = static_cast<SqliteConnection*>(connection);
  auto now = std::chrono::steady_clock::now();
  if (attempts == 0) self->waiting_since_ = now;
  if (now - self->waiting_since_ >= self->patience_) return 0;
  constexpr std::chrono::microseconds kFirst{100}, kLongest{20'000};
  constexpr int kMostDoublings = 8;
  std::this_thread::sleep_for(std::min(kLongest, kFirst * (1 << std::min(attempts, kMostDoublings))));
  return 1;
}

int SqliteConnection::count_log_pages(void* connection, sqlite3*, const char*, int pages) {
  static_cast<SqliteConnection*>(connection)->log_pages_ = pages;
  return SQLITE_OK;
}

// SQLite's own memory of the system's error (sqlite3_system_errno) knows nothing of what a COMMIT meets.
Error SqliteConnection::error(int code) const {
  const int system_error = errno;
  const std::string file = printable(path_.native());
  const char* detail = database_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database_);
  if (code == SQLITE_ERROR && database_ != nullptr) code = sqlite3_extended_errcode(database_);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: {
      std::string holder = files_.lock_holder(path_.native() + "-shm");
      if (holder.empty()) holder = files_.lock_holder(path_);
      return Error{ErrorKind::kBusy,
                   fmt::format("the ledger {} is locked by {}", file, holder.empty() ? "another process" : holder),
                   "try again when it is done"};
    }
    case SQLITE_CORRUPT:
      // SQLite takes a read that the disk refused for damage too.
      return system_error == EIO ? input_output_error(file, system_error) : damaged(file, detail);
    case SQLITE_NOTADB:
      return damaged(file, detail);
    case SQLITE_FULL:
      return Error{ErrorKind::kStore, fmt::format("can't write the ledger {}: the disk is full", file),
                   "free some space and try again"};
    case SQLITE_READONLY:
      return Error{ErrorKind::kStore, fmt::format("can't write the ledger {}: it is read-only", file),
                   "see its permissions and whether its file system is mounted read-only"};
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return input_output_error(file, system_error);
    default:
      return Error{ErrorKind::kStore, fmt::format("the ledger {} can't do this: {}", file, detail), {}};
  }
}

}  // namespace qflow
