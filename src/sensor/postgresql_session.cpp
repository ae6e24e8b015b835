#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cctype>

#include "qflow/error/printable.h"
#include "qflow/os/shared_library.h"
#include "sensor/database_session.h"
#include "sensor/postgresql_address.h"

namespace qflow {
namespace {

// The functions of libpq, found when a sensor first needs them.
struct Libpq {
  decltype(PQconnectStart)* connect_start = nullptr;
  decltype(PQconnectPoll)* connect_poll = nullptr;
  decltype(PQstatus)* status = nullptr;
  decltype(PQfinish)* finish = nullptr;
  decltype(PQsocket)* socket = nullptr;
  decltype(PQhost)* host = nullptr;
  decltype(PQport)* port = nullptr;
  decltype(PQerrorMessage)* error_message = nullptr;
  decltype(PQconnectionNeedsPassword)* needs_password = nullptr;
  decltype(PQconnectionUsedPassword)* used_password = nullptr;
  decltype(PQsetNoticeProcessor)* set_notice_processor = nullptr;
  decltype(PQsetnonblocking)* set_nonblocking = nullptr;
  decltype(PQsendQuery)* send_query = nullptr;
  decltype(PQsendQueryParams)* send_query_params = nullptr;
  decltype(PQsetSingleRowMode)* set_single_row_mode = nullptr;
  decltype(PQflush)* flush = nullptr;
  decltype(PQconsumeInput)* consume_input = nullptr;
  decltype(PQisBusy)* is_busy = nullptr;
  decltype(PQgetResult)* get_result = nullptr;
  decltype(PQclear)* clear = nullptr;
  decltype(PQresultStatus)* result_status = nullptr;
  decltype(PQresultErrorField)* result_error_field = nullptr;
  decltype(PQntuples)* row_count = nullptr;
  decltype(PQnfields)* column_count = nullptr;
  decltype(PQfname)* column_name = nullptr;
  decltype(PQftype)* column_type = nullptr;
  decltype(PQgetisnull)* is_null = nullptr;
  decltype(PQgetvalue)* value = nullptr;
  decltype(PQgetlength)* length = nullptr;
};

Result<Libpq> open_libpq() {
  QFLOW_ASSIGN(const SharedLibrary library, SharedLibrary::open("libpq.so.5", "libpq5"));
  Libpq pq;
  QFLOW_TRY(library.find("PQconnectStart", pq.connect_start));
  QFLOW_TRY(library.find("PQconnectPoll", pq.connect_poll));
  QFLOW_TRY(library.find("PQstatus", pq.status));
  QFLOW_TRY(library.find("PQfinish", pq.finish));
  QFLOW_TRY(library.find("PQsocket", pq.socket));
  QFLOW_TRY(library.find("PQhost", pq.host));
  QFLOW_TRY(library.find("PQport", pq.port));
  QFLOW_TRY(library.find("PQerrorMessage", pq.error_message));
  QFLOW_TRY(library.find("PQconnectionNeedsPassword", pq.needs_password));
  QFLOW_TRY(library.find("PQconnectionUsedPassword", pq.used_password));
  QFLOW_TRY(library.find("PQsetNoticeProcessor", pq.set_notice_processor));
  QFLOW_TRY(library.find("PQsetnonblocking", pq.set_nonblocking));
  QFLOW_TRY(library.find("PQsendQuery", pq.send_query));
  QFLOW_TRY(library.find("PQsendQueryParams", pq.send_query_params));
  QFLOW_TRY(library.find("PQsetSingleRowMode", pq.set_single_row_mode));
  QFLOW_TRY(library.find("PQflush", pq.flush));
  QFLOW_TRY(library.find("PQconsumeInput", pq.consume_input));
  QFLOW_TRY(library.find("PQisBusy", pq.is_busy));
  QFLOW_TRY(library.find("PQgetResult", pq.get_result));
  QFLOW_TRY(library.find("PQclear", pq.clear));
  QFLOW_TRY(library.find("PQresultStatus", pq.result_status));
  QFLOW_TRY(library.find("PQresultErrorField", pq.result_error_field));
  QFLOW_TRY(library.find("PQntuples", pq.row_count));
  QFLOW_TRY(library.find("PQnfields", pq.column_count));
  QFLOW_TRY(library.find("PQfname", pq.column_name));
  QFLOW_TRY(library.find("PQftype", pq.column_type));
  QFLOW_TRY(library.find("PQgetisnull", pq.is_null));
  QFLOW_TRY(library.find("PQgetvalue", pq.value));
  QFLOW_TRY(library.find("PQgetlength", pq.length));
  return pq;
}

using Connection = std::unique_ptr<PGconn, decltype(PQfinish)*>;
using ServerResult = std::unique_ptr<PGresult, decltype(PQclear)*>;

// The first SELECT takes the snapshot: from then on nothing can make the transaction one that writes.
constexpr const char* kBegin =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; "
    "SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; "
    "SET LOCAL cursor_tuple_fraction = 1; SELECT 1";

// Types by their numbers in pg_type.dat, which never change.
ValueKind kind_of(Oid type) {
  switch (type) {
    case 16:
      return ValueKind::kBool;
    case 20:    // bigint
    case 21:    // smallint
    case 23:    // integer
    case 26:    // oid
    case 700:   // real
    case 701:   // double precision
    case 1700:  // numeric
      return ValueKind::kNumber;
    case 17:
      return ValueKind::kBytes;
    default:
      return ValueKind::kText;
  }
}

class PostgresqlSession final : public DatabaseSession {
 public:
  PostgresqlSession(const Libpq& pq, const PostgresqlEngine& engine, const LookDeadline& deadline)
      : pq_(pq), connection_(nullptr, pq.finish), engine_(engine), deadline_(deadline) {}

  Status connect(std::string_view password);
  Status begin();

  Status read(const std::string& statement, const std::vector<DatabaseValue>& parameters,
              const RowReader& reader) override;
  Status read_foreign(const std::string& statement, const RowReader& reader) override;
  Result<std::vector<std::string>> identity_columns(const TableName& table) override;
  std::string advise_on_missing(const TableName& table) override;

 private:
  enum class WaitFor { kReading, kWriting, kBoth };

  Status wait(WaitFor what);
  Status wait_for_result();
  Status limit_time();
  Status send(const std::string& statement, const std::vector<DatabaseValue>& parameters);
  Status run_script(const std::string& script);
  Status take_results(const RowReader& reader);
  Status take_rows(const PGresult* result, const RowReader& reader) const;
  DatabaseValue value_of(const PGresult* result, int row, int column) const;

  // "the database shop at localhost:5432"
  std::string place() const;
  Error connection_error() const;
  Error lost_connection() const;
  Error too_slow() const;
  Error server_error(const PGresult* result);
  std::string field(const PGresult* result, int which) const;

  Libpq pq_;
  Connection connection_;
  const PostgresqlEngine& engine_;
  const LookDeadline& deadline_;
  bool is_table_missing_ = false;
};

// ---- connecting

void ignore_notice(void*, const char*) {}

Status PostgresqlSession::connect(std::string_view password) {
  connection_.reset(pq_.connect_start(connection_text(engine_, password).c_str()));
  if (connection_ == nullptr) return fail(ErrorKind::kFailed, "there is no memory for a connection to PostgreSQL");
  pq_.set_notice_processor(connection_.get(), ignore_notice, nullptr);
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED || pq_.status(connection_.get()) == CONNECTION_BAD) {
      return tl::make_unexpected(connection_error());
    }
    const auto waited = wait(state == PGRES_POLLING_READING ? WaitFor::kReading : WaitFor::kWriting);
    if (!waited) {
      return fail(ErrorKind::kTimedOut,
                  fmt::format("can't reach {}: no answer within {}", place(), format_duration(deadline_.limit())),
                  "see whether host and port are right, and whether a firewall is between");
    }
    state = pq_.connect_poll(connection_.get());
  }
  pq_.set_nonblocking(connection_.get(), 1);
  return {};
}

// Waits for the socket, at most until the deadline.
Status PostgresqlSession::wait(WaitFor what) {
  short events = 0;
  if (what != WaitFor::kWriting) events |= POLLIN;
  if (what != WaitFor::kReading) events |= POLLOUT;
  pollfd entry{pq_.socket(connection_.get()), events, 0};
  while (!deadline_.is_over()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_.left());
    if (poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left.count(), INT32_MAX))) > 0) return {};
  }
  return tl::make_unexpected(too_slow());
}

Status PostgresqlSession::begin() {
  return run_script(kBegin);
}

// ---- statements

// The server itself ends what takes too long, a little before this side stops waiting: so nothing goes on there, and
// the server can say whether it was a lock. (PQcancel would connect anew, without an end to its waiting.)
Status PostgresqlSession::limit_time() {
  const auto left = std::chrono::floor<std::chrono::milliseconds>(deadline_.left()).count();
  const std::int64_t margin = std::min<std::int64_t>(left / 5, 500);
  const std::int64_t statement = std::max<std::int64_t>(1, left - margin);
  const std::int64_t lock = std::max<std::int64_t>(1, left - 2 * margin);
  return run_script(fmt::format("SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
                                std::min<std::int64_t>(statement, INT32_MAX), std::min<std::int64_t>(lock, INT32_MAX)));
}

Status PostgresqlSession::run_script(const std::string& script) {
  if (pq_.send_query(connection_.get(), script.c_str()) == 0) return tl::make_unexpected(lost_connection());
  return take_results([](const DatabaseRow&) -> Status { return {}; });
}

// In the extended protocol, which takes one statement only.
Status PostgresqlSession::send(const std::string& statement, const std::vector<DatabaseValue>& parameters) {
  std::vector<const char*> values;
  for (const DatabaseValue& parameter : parameters) {
    values.push_back(parameter.kind == ValueKind::kNull ? nullptr : parameter.text.c_str());
  }
  constexpr int kTextResult = 0;
  const int sent = pq_.send_query_params(connection_.get(), statement.c_str(), static_cast<int>(values.size()), nullptr,
                                         values.data(), nullptr, nullptr, kTextResult);
  if (sent == 0) return tl::make_unexpected(lost_connection());
  pq_.set_single_row_mode(connection_.get());
  return {};
}

Status PostgresqlSession::read(const std::string& statement, const std::vector<DatabaseValue>& parameters,
                               const RowReader& reader) {
  QFLOW_TRY(limit_time());
  QFLOW_TRY(send(statement, parameters));
  return take_results(reader);
}

// A cursor takes only what reads: no COMMIT, no COPY, no EXPLAIN ANALYZE.
Status PostgresqlSession::read_foreign(const std::string& statement, const RowReader& reader) {
  QFLOW_TRY(read("DECLARE qflow_result NO SCROLL CURSOR FOR\n" + statement, {}, reader));
  return read("FETCH ALL FROM qflow_result", {}, reader);
}

Status PostgresqlSession::wait_for_result() {
  while (true) {
    const int unsent = pq_.flush(connection_.get());
    if (unsent < 0) return tl::make_unexpected(lost_connection());
    if (unsent == 0 && pq_.is_busy(connection_.get()) == 0) return {};
    QFLOW_TRY(wait(unsent == 0 ? WaitFor::kReading : WaitFor::kBoth));
    if (pq_.consume_input(connection_.get()) == 0) return tl::make_unexpected(lost_connection());
  }
}

// All results of what was sent; the first error of the server counts, after it there are no more rows.
Status PostgresqlSession::take_results(const RowReader& reader) {
  Status outcome;
  while (true) {
    QFLOW_TRY(wait_for_result());
    const ServerResult result(pq_.get_result(connection_.get()), pq_.clear);
    if (result == nullptr) return outcome;
    const ExecStatusType status = pq_.result_status(result.get());
    if (status == PGRES_SINGLE_TUPLE) {
      QFLOW_TRY(take_rows(result.get(), reader));
    } else if (outcome && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      outcome = tl::make_unexpected(server_error(result.get()));
    }
  }
}

Status PostgresqlSession::take_rows(const PGresult* result, const RowReader& reader) const {
  DatabaseRow row;
  const int columns = pq_.column_count(result);
  for (int column = 0; column < columns; ++column) row.columns.emplace_back(pq_.column_name(result, column));
  for (int i = 0; i < pq_.row_count(result); ++i) {
    row.values.clear();
    for (int column = 0; column < columns; ++column) row.values.push_back(value_of(result, i, column));
    QFLOW_TRY(reader(row));
  }
  return {};
}

DatabaseValue PostgresqlSession::value_of(const PGresult* result, int row, int column) const {
  if (pq_.is_null(result, row, column) != 0) return {};
  const ValueKind kind = kind_of(pq_.column_type(result, column));
  std::string text(pq_.value(result, row, column), static_cast<std::size_t>(pq_.length(result, row, column)));
  if (kind == ValueKind::kBool) text = text == "t" ? "true" : "false";
  return {kind, std::move(text)};
}

// ---- tables

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

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string PostgresqlSession::advise_on_missing(const TableName& table) {
  if (!is_table_missing_ || !run_script("ROLLBACK") || !begin()) return {};
  const TableName lower{lower_case(table.schema), lower_case(table.table)};
  std::string found;
  const auto keep = [&](const DatabaseRow& row) -> Status {
    found = row.values[0].text;
    return {};
  };
  if (!read("SELECT pg_catalog.to_regclass($1)", {{ValueKind::kText, lower.quoted()}}, keep) || found.empty())
    return {};
  return fmt::format("there is a table {}: PostgreSQL keeps names in lower case unless they were quoted", found);
}

// ---- errors

std::string PostgresqlSession::place() const {
  const char* const host = pq_.host(connection_.get());
  return fmt::format("the database {} at {}:{}", printable(engine_.database),
                     printable(host == nullptr ? std::string_view() : std::string_view(host)), engine_.port);
}

Error PostgresqlSession::connection_error() const {
  const auto failure = parse_connection_failure(pq_.error_message(connection_.get()));
  if (pq_.needs_password(connection_.get()) != 0) {
    return {ErrorKind::kFailed, fmt::format("{} wants a password", place()),
            "name a secret that holds it: password_secret = \"NAME\""};
  }
  if (!failure.is_from_server) {
    return {ErrorKind::kFailed, fmt::format("can't reach {}: {}", place(), failure.reason),
            "see whether the server runs, and whether host and port are right"};
  }
  const bool is_password = pq_.used_password(connection_.get()) != 0 && engine_.password_secret;
  return {
      ErrorKind::kFailed, fmt::format("{} refuses: {}", place(), failure.reason),
      is_password ? fmt::format("see whether the secret {} holds the user's password", *engine_.password_secret) : ""};
}

Error PostgresqlSession::lost_connection() const {
  const auto failure = parse_connection_failure(pq_.error_message(connection_.get()));
  return {ErrorKind::kFailed, fmt::format("the connection to {} broke: {}", place(), failure.reason), {}};
}

Error PostgresqlSession::too_slow() const {
  return {ErrorKind::kTimedOut, fmt::format("{} took longer than {}", place(), format_duration(deadline_.limit())),
          "make the query cheaper, with an index for instance, or give the sensor a longer timeout"};
}

std::string PostgresqlSession::field(const PGresult* result, int which) const {
  const char* const text = pq_.result_error_field(result, which);
  return text == nullptr ? std::string() : printable(text);
}

Error PostgresqlSession::server_error(const PGresult* result) {
  const std::string code = field(result, PG_DIAG_SQLSTATE);
  if (code.empty()) return lost_connection();
  // The codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
  if (code == "57014") return too_slow();
  if (code == "55P03") {
    return {
        ErrorKind::kBusy,
        fmt::format("{}: a lock kept the query waiting for all of the {}", place(), format_duration(deadline_.limit())),
        "see in pg_locks who holds it, or give the sensor a longer timeout"};
  }
  std::string message = fmt::format("{}: {}", place(), field(result, PG_DIAG_MESSAGE_PRIMARY));
  std::string advice = field(result, PG_DIAG_MESSAGE_HINT);
  is_table_missing_ = code == "42P01" || code == "3F000";
  if (is_table_missing_ || code == "42703") return {ErrorKind::kNotFound, std::move(message), std::move(advice)};
  const bool is_write = code == "25006" || code == "25001" || code == "0A000";
  if (is_write) advice = "a sensor only reads";
  if (code == "42601") advice = "write one SELECT, VALUES or WITH, and nothing after it";
  const bool is_text_wrong = is_write || code.starts_with("42") || code.starts_with("22");
  return {is_text_wrong ? ErrorKind::kInvalid : ErrorKind::kFailed, std::move(message), std::move(advice)};
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
  QFLOW_TRY(session->connect(password));
  QFLOW_TRY(session->begin());
  return session;
}

}  // namespace qflow
