#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/os/file_system.h"
#include "store/sqlite_query.h"

namespace qflow {

// One connection to one database file, for one thread. Locks of others are waited for, at most as long as
// `set_patience` says (30 s at first). Errors name the file and what to do about it.
class SqliteConnection {
 public:
  enum class Access {
    kReadWrite,
    kRead,
    kReadImmutable,  // for file systems where nothing can be written, not even SQLite's lock file: takes no locks
    kDraft,          // a file that nobody else opens before it is whole: nothing is synced, no log stays beside it
  };

  // The file must exist; SQLite reads it only with the first statement. `files` outlives the connection.
  static Result<std::unique_ptr<SqliteConnection>> open(const Path& path, Access access, FileSystem& files);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  // A use of the statement, with the values bound to its question marks. `sql` is a literal: the prepared statement is
  // kept under its address, and has one use at a time.
  template <class... Values>
  Query query(const char* sql, const Values&... values) {
    Query query(*this, prepare(sql), Query::Owner::kConnection);
    (query.bind(values), ...);
    return query;
  }
  // The same for text that is made for this one use.
  Query query_once(const std::string& sql);

  // For statements without rows.
  template <class... Values>
  Status run(const char* sql, const Values&... values) {
    return query(sql, values...).run();
  }
  // Any number of statements, without rows and values.
  Status execute(const char* script);
  // Rows that the last statement inserted, updated or deleted.
  std::int64_t changes() const;
  std::int64_t last_key() const;

  void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }
  // Pages that the write-ahead log held after the last commit of this connection.
  int log_pages() const { return log_pages_; }
  // Copies the log into the database as far as readers allow, without waiting for anybody.
  void checkpoint();

  // Everything that PRAGMA integrity_check finds wrong. An error when the disk refuses a read, which SQLite lists as
  // damage.
  Result<std::vector<std::string>> check_integrity();

  const Path& path() const { return path_; }
  // The error that SQLite's last call left (`code`: its result), with the reason that the system left in errno, which
  // whoever makes the call sets to 0 before.
  Error error(int code) const;

 private:
  struct Prepared {
    const char* sql;
    sqlite3_stmt* statement;
  };

  SqliteConnection(const Path& path, sqlite3* database, FileSystem& files);
  void configure();
  void keep_log();
  sqlite3_stmt* prepare(const char* sql);
  static int wait_for_lock(void* connection, int attempts);
  static int count_log_pages(void* connection, sqlite3* database, const char* name, int pages);

  Path path_;
  sqlite3* database_;
  FileSystem& files_;
  std::vector<Prepared> statements_;
  std::chrono::milliseconds patience_{30'000};
  std::chrono::steady_clock::time_point waiting_since_;
  int log_pages_ = 0;
};

}  // namespace qflow
