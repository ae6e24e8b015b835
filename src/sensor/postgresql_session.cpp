#include <fmt/format.h>

#include <algorithm>

#include "qflow/error/printable.h"
#include "sensor/lower_case.h"
#include "sensor/postgresql_connection.h"

namespace qflow {
namespace {

// The first SELECT takes the snapshot: from then on nothing can make the transaction one that writes.
constexpr const char* kBegin =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; "
    "SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; "
    "SET LOCAL cursor_tuple_fraction = 1; SELECT 1";

constexpr std::string_view kSyntaxError = "42601";
constexpr std::string_view kNoSuchTable = "42P01";

class PostgresqlSession final : public DatabaseSession {
 public:
  PostgresqlSession(const Libpq& pq, const PostgresqlEngine& engine, const LookDeadline& deadline)
      : connection_(pq, engine, deadline), deadline_(deadline) {}

  Status open(std::string_view password) {
    QFLOW_TRY(connection_.open(password));
    return connection_.run_script(kBegin);
  }

  Status read(const std::string& statement, const std::vector<DatabaseValue>& parameters,
              const RowReader& reader) override {
    QFLOW_TRY(limit_time());
    return connection_.run(statement, parameters, reader);
  }
  Status read_foreign(const std::string& statement, const RowReader& reader) override;
  Result<std::vector<std::string>> identity_columns(const TableName& table) override;
  std::string advise_on_missing(const TableName& table) override;
  Status confirm() override { return {}; }

 private:
  Status limit_time();

  PostgresqlConnection connection_;
  const LookDeadline& deadline_;
};

// A cursor takes only what reads: no COMMIT, no COPY, no EXPLAIN ANALYZE.
Status PostgresqlSession::read_foreign(const std::string& statement, const RowReader& reader) {
  auto declared = read("DECLARE qflow_result NO SCROLL CURSOR FOR\n" + statement, {}, reader);
  if (!declared && connection_.error_code() == kSyntaxError) {
    declared.error().advice = "write one SELECT, VALUES or WITH, and nothing after it";
  }
  QFLOW_TRY(std::move(declared));
  return read("FETCH ALL FROM qflow_result", {}, reader);
}

// The server itself ends what takes too long, a little before this side stops waiting: so nothing goes on there, and
// the server can say whether it was a lock. (PQcancel would connect anew, without an end to its waiting.)
Status PostgresqlSession::limit_time() {
  const auto left = std::chrono::floor<std::chrono::milliseconds>(deadline_.left()).count();
  const std::int64_t margin = std::min<std::int64_t>(left / 5, kServerHeadStart.count());
  const std::int64_t statement = std::max<std::int64_t>(1, left - margin);
  const std::int64_t lock = std::max<std::int64_t>(1, left - 2 * margin);
  return connection_.run_script(fmt::format("SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
                                            std::min<std::int64_t>(statement, INT32_MAX),
                                            std::min<std::int64_t>(lock, INT32_MAX)));
}

Result<std::vector<std::string>> PostgresqlSession::identity_columns(const TableName& table) {
  // A key may carry further columns (INCLUDE), which tell nothing apart.
  constexpr const char* kStatement =
      "SELECT a.attname FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_index i "
      "ON i.indrelid = a.attrelid AND i.indisprimary "
      "WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped AND (i.indrelid IS NULL "
      "OR a.attnum = ANY ((i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1])) ORDER BY a.attnum";
  std::vector<std::string> columns;
  const auto keep = [&](const DatabaseRow& row) -> Status {
    columns.push_back(row.values[0].text);
    return {};
  };
  QFLOW_TRY(read(kStatement, {{ValueKind::kText, table.quoted()}}, keep));
  return columns;
}

std::string PostgresqlSession::advise_on_missing(const TableName& table) {
  if (connection_.error_code() != kNoSuchTable) return {};
  if (!connection_.run_script("ROLLBACK") || !connection_.run_script(kBegin)) return {};
  const TableName lower{lower_case(table.schema), lower_case(table.table)};
  std::string found;
  const auto keep = [&](const DatabaseRow& row) -> Status {
    found = row.values[0].text;
    return {};
  };
  const std::vector<DatabaseValue> name = {{ValueKind::kText, lower.quoted()}};
  if (!read("SELECT pg_catalog.to_regclass($1)", name, keep) || found.empty()) return {};
  return fmt::format("there is a table {}: PostgreSQL keeps names in lower case unless they were quoted", found);
}

Result<std::string> find_password(const PostgresqlEngine& engine, const Look& look) {
  if (!engine.password_secret) return std::string();
  auto password = look.secret(*engine.password_secret);
  if (password || password.error().kind != ErrorKind::kNotFound) return password;
  return fail(ErrorKind::kNotFound,
              fmt::format("no value for the secret '{}', the password of the database {}",
                          printable(*engine.password_secret), printable(engine.database)),
              fmt::format("set the environment variable, or write it to .qflow/secrets/{}",
                          printable(*engine.password_secret)));
}

}  // namespace

OpenedDatabase open_database(const PostgresqlEngine& engine, const Look& look, const LookDeadline& deadline) {
  QFLOW_ASSIGN(const std::string password, find_password(engine, look));
  QFLOW_ASSIGN(const Libpq pq, open_libpq());
  auto session = std::make_unique<PostgresqlSession>(pq, engine, deadline);
  QFLOW_TRY(session->open(password));
  return session;
}

}  // namespace qflow
