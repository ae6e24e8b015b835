#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <charconv>

#include "qflow/error/printable.h"
#include "qflow/model/sha256.h"
#include "qflow/os/decimal.h"
#include "qflow/os/file_uri.h"
#include "sensor/database_session.h"

namespace qflow {
namespace {

// How many instructions of SQLite's machine may pass between two looks at the clock: well below a millisecond.
constexpr int kStepsPerClockLook = 10'000;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

std::string bytes_of(sqlite3_stmt* statement, int column) {
  const void* const start = sqlite3_column_blob(statement, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return start == nullptr ? std::string() : std::string(static_cast<const char*>(start), size);
}

DatabaseValue value_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return {ValueKind::kNumber, std::to_string(sqlite3_column_int64(statement, column))};
    case SQLITE_FLOAT:
      return {ValueKind::kNumber, fmt::format("{}", sqlite3_column_double(statement, column))};
    case SQLITE_TEXT:
      return {ValueKind::kText, bytes_of(statement, column)};
    case SQLITE_BLOB:
      return {ValueKind::kBytes, "\\x" + to_hexadecimal(bytes_of(statement, column))};
    default:
      return {};
  }
}

int bind_number(sqlite3_stmt* statement, int index, const std::string& text) {
  if (const auto integer = parse_decimal<std::int64_t>(text)) return sqlite3_bind_int64(statement, index, *integer);
  return sqlite3_bind_double(statement, index, parse_decimal<double>(text).value_or(0));
}

int bind_bytes(sqlite3_stmt* statement, int index, std::string_view text) {
  std::string bytes;
  for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
    unsigned char byte = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

// With the storage class that the value had, since SQLite orders by class first.
int bind_value(sqlite3_stmt* statement, int index, const DatabaseValue& value) {
  if (value.kind == ValueKind::kNull) return sqlite3_bind_null(statement, index);
  if (value.kind == ValueKind::kNumber) return bind_number(statement, index, value.text);
  if (value.kind == ValueKind::kBytes) return bind_bytes(statement, index, value.text);
  return sqlite3_bind_text64(statement, index, value.text.data(), value.text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

// Reading, and nothing else (https://sqlite.org/c3ref/set_authorizer.html).
int allow_reading(void*, int action, const char*, const char*, const char*, const char*) {
  const bool reads =
      action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION || action == SQLITE_RECURSIVE;
  return reads ? SQLITE_OK : SQLITE_DENY;
}

int stop_when_over(void* deadline) {
  return static_cast<const LookDeadline*>(deadline)->is_over() ? 1 : 0;
}

constexpr int kReading = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

// Whether all is in the file itself, though it is one with a write-ahead log (the byte at 18 of its header,
// https://sqlite.org/fileformat2.html): nobody has it open. Read by SQLite's own means: whoever else closes the file
// takes away the locks of all looks at it in this process (https://sqlite.org/howtocorrupt.html, section 2.2).
bool is_log_at_rest(const Path& path, FileSystem& files) {
  constexpr std::size_t kVersionAt = 18;
  char header[kVersionAt + 1] = {};
  if (exists(files, path.native() + "-wal").value_or(true)) return false;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, kReading, nullptr);
  const std::unique_ptr<sqlite3, CloseDatabase> database(opened);
  sqlite3_file* file = nullptr;
  if (code != SQLITE_OK) return false;
  if (sqlite3_file_control(opened, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)) != SQLITE_OK)
    return false;
  if (file == nullptr || file->pMethods == nullptr) return false;
  return file->pMethods->xRead(file, header, sizeof header, 0) == SQLITE_OK && header[kVersionAt] == 2;
}

class SqliteSession final : public DatabaseSession {
 public:
  SqliteSession(Path path, FileSystem& files, const LookDeadline& deadline)
      : path_(std::move(path)), files_(files), deadline_(deadline) {}

  Status open(const FileInfo& before);
  Error error(int code) const;

  Status read(const std::string& statement, const std::vector<DatabaseValue>& parameters,
              const RowReader& reader) override;
  Status read_foreign(const std::string& statement, const RowReader& reader) override {
    return read(statement, {}, reader);
  }
  Result<std::vector<std::string>> identity_columns(const TableName& table) override;
  std::string advise_on_missing(const TableName&) override { return {}; }  // names ignore case here
  Status confirm() override;

 private:
  Status begin();
  Result<Statement> prepare(const std::string& text, std::size_t parameters);
  Error refused_statement() const;
  Error locked() const;

  Path path_;
  std::unique_ptr<sqlite3, CloseDatabase> database_;
  FileSystem& files_;
  const LookDeadline& deadline_;
  std::optional<FileInfo> at_rest_;  // the file as it was when it was opened without its log
};

// With its log, SQLite would make two files beside the database and leave them there, as a reader may not remove them.
Status SqliteSession::open(const FileInfo& before) {
  if (is_log_at_rest(path_, files_)) at_rest_ = before;
  const std::string name = at_rest_ ? file_uri(path_) + "?immutable=1" : path_.native();
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &database, at_rest_ ? kReading | SQLITE_OPEN_URI : kReading, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) return tl::make_unexpected(error(code));
  return begin();
}

// Without its log the database was not locked either.
Status SqliteSession::confirm() {
  if (!at_rest_) return {};
  QFLOW_ASSIGN(const FileInfo now, files_.info(path_, FollowLinks::kYes));
  QFLOW_ASSIGN(const bool has_log, exists(files_, path_.native() + "-wal"));
  const bool is_same = now.inode == at_rest_->inode && now.size == at_rest_->size &&
                       now.modified_ns == at_rest_->modified_ns && !has_log;
  if (is_same) return {};
  return fail(ErrorKind::kBusy,
              fmt::format("the database {} was opened for writing during the look", printable(path_.native())),
              "the next look will find it so");
}

Status SqliteSession::begin() {
  sqlite3_extended_result_codes(database_.get(), 1);
  // Else SQLite takes a column that does not exist, in double quotes, for a text.
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  const char* const script = "PRAGMA query_only = 1; BEGIN";
  const int code = sqlite3_exec(database_.get(), script, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::make_unexpected(error(code));
  sqlite3_set_authorizer(database_.get(), allow_reading, nullptr);
  // SQLite hands the address back to stop_when_over, which only reads.
  sqlite3_progress_handler(database_.get(), kStepsPerClockLook, stop_when_over, const_cast<LookDeadline*>(&deadline_));
  return {};
}

Result<Statement> SqliteSession::prepare(const std::string& text, std::size_t parameters) {
  sqlite3_stmt* prepared = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v2(database_.get(), text.c_str(), -1, &prepared, &rest);
  Statement statement(prepared);
  if (code != SQLITE_OK) return tl::make_unexpected(error(code));
  sqlite3_stmt* second = nullptr;
  const int second_code = sqlite3_prepare_v2(database_.get(), rest, -1, &second, nullptr);
  const Statement further(second);
  const bool is_one = second_code == SQLITE_OK && !further && statement && sqlite3_column_count(prepared) > 0;
  if (!is_one) return tl::make_unexpected(refused_statement());
  if (static_cast<std::size_t>(sqlite3_bind_parameter_count(prepared)) > parameters) {
    return fail(ErrorKind::kInvalid, "the SQL text has a placeholder, for which there is no value");
  }
  return statement;
}

Status SqliteSession::read(const std::string& text, const std::vector<DatabaseValue>& parameters,
                           const RowReader& reader) {
  const auto patience = std::chrono::ceil<std::chrono::milliseconds>(deadline_.left());
  sqlite3_busy_timeout(database_.get(), static_cast<int>(std::min<std::int64_t>(patience.count(), INT32_MAX)));
  QFLOW_ASSIGN(const Statement owned, prepare(text, parameters.size()));
  sqlite3_stmt* const statement = owned.get();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int code = bind_value(statement, static_cast<int>(i) + 1, parameters[i]);
    if (code != SQLITE_OK) return tl::make_unexpected(error(code));
  }
  DatabaseRow row;
  const int columns = sqlite3_column_count(statement);
  for (int i = 0; i < columns; ++i) row.columns.emplace_back(sqlite3_column_name(statement, i));
  int code = SQLITE_OK;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    row.values.clear();
    for (int i = 0; i < columns; ++i) row.values.push_back(value_of(statement, i));
    QFLOW_TRY(reader(row));
  }
  if (code != SQLITE_DONE) return tl::make_unexpected(error(code));
  return {};
}

Result<std::vector<std::string>> SqliteSession::identity_columns(const TableName& table) {
  std::vector<std::string> all, key;
  const auto keep = [&](const DatabaseRow& row) -> Status {
    all.push_back(row.values[0].text);
    if (row.values[1].text != "0") key.push_back(row.values[0].text);
    return {};
  };
  std::vector<DatabaseValue> parameters = {{ValueKind::kText, table.table}};
  std::string statement = "SELECT name, pk FROM pragma_table_info($1) ORDER BY cid";
  if (!table.schema.empty()) {
    statement = "SELECT name, pk FROM pragma_table_info($1, $2) ORDER BY cid";
    parameters.push_back({ValueKind::kText, table.schema});
  }
  // The pragma behind it makes a virtual table, which is more than reading.
  sqlite3_set_authorizer(database_.get(), nullptr, nullptr);
  QFLOW_TRY(read(statement, parameters, keep));
  sqlite3_set_authorizer(database_.get(), allow_reading, nullptr);
  return key.empty() ? all : key;
}

Error SqliteSession::refused_statement() const {
  return {ErrorKind::kInvalid, "the SQL text does something else than read the database",
          "write one SELECT, VALUES or WITH, and nothing after it"};
}

Error SqliteSession::locked() const {
  std::string holder = files_.lock_holder(path_.native() + "-shm");
  if (holder.empty()) holder = files_.lock_holder(path_);
  return {ErrorKind::kBusy,
          fmt::format("the database {} was locked by {} for {}", printable(path_.native()),
                      holder.empty() ? "another process" : holder, format_duration(deadline_.limit())),
          "let its transactions be short, or give the sensor a longer timeout"};
}

Error SqliteSession::error(int code) const {
  const std::string file = printable(path_.native());
  const std::string detail = printable(database_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database_.get()));
  if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY) {
    return {ErrorKind::kFailed, fmt::format("the database {} was left in the middle of a transaction", file),
            "open it once with a program that may write it, such as sqlite3"};
  }
  if (detail.starts_with("not authorized")) return refused_statement();
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return locked();
    case SQLITE_INTERRUPT:
      return {ErrorKind::kTimedOut,
              fmt::format("the database {} took longer than {}", file, format_duration(deadline_.limit())),
              "make the query cheaper, with an index for instance, or give the sensor a longer timeout"};
    case SQLITE_ERROR: {
      const bool is_missing = detail.starts_with("no such table") || detail.starts_with("no such column");
      const bool is_column = detail.starts_with("no such column");
      return {is_missing ? ErrorKind::kNotFound : ErrorKind::kInvalid, fmt::format("the database {}: {}", file, detail),
              is_column ? "texts stand in single quotes, names in double quotes" : ""};
    }
    case SQLITE_CANTOPEN:
      return {ErrorKind::kFailed, fmt::format("can't open the database {}: {}", file, detail),
              "see its permissions; in WAL mode it needs its files -wal and -shm, or a folder to make them in"};
    default:
      return {ErrorKind::kFailed, fmt::format("can't read the database {}: {}", file, detail), {}};
  }
}

}  // namespace

OpenedDatabase open_database(const SqliteEngine& engine, const Look& look, const LookDeadline& deadline) {
  const Path path = (look.folder / engine.path).lexically_normal();
  const auto info = look.files.info(path, FollowLinks::kYes);
  if (!info && info.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kNotFound, fmt::format("there is no database file {}", printable(path.native())),
                "see the path of the engine; a sensor makes no database");
  }
  if (!info) return tl::make_unexpected(info.error());
  if (info->type != FileType::kRegular) {
    return fail(ErrorKind::kFailed, fmt::format("the database {} is no regular file", printable(path.native())));
  }
  auto session = std::make_unique<SqliteSession>(path, look.files, deadline);
  QFLOW_TRY(session->open(*info));
  return session;
}

}  // namespace qflow
