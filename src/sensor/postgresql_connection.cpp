#include "sensor/postgresql_connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

#include "qflow/error/printable.h"
#include "sensor/postgresql_address.h"

namespace qflow {
namespace {

using ServerResult = std::unique_ptr<PGresult, decltype(PQclear)*>;

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

void ignore_notice(void*, const char*) {}

}  // namespace

Status PostgresqlConnection::open(std::string_view password) {
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
Status PostgresqlConnection::wait(WaitFor what) {
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

Status PostgresqlConnection::run_script(const std::string& script) {
  if (pq_.send_query(connection_.get(), script.c_str()) == 0) return tl::make_unexpected(lost_connection());
  return take_results([](const DatabaseRow&) -> Status { return {}; });
}

Status PostgresqlConnection::run(const std::string& statement, const std::vector<DatabaseValue>& parameters,
                                 const RowReader& reader) {
  std::vector<const char*> values;
  for (const DatabaseValue& parameter : parameters) {
    values.push_back(parameter.kind == ValueKind::kNull ? nullptr : parameter.text.c_str());
  }
  constexpr int kTextResult = 0;
  const int sent = pq_.send_query_params(connection_.get(), statement.c_str(), static_cast<int>(values.size()), nullptr,
                                         values.data(), nullptr, nullptr, kTextResult);
  if (sent == 0) return tl::make_unexpected(lost_connection());
  pq_.set_single_row_mode(connection_.get());
  return take_results(reader);
}

Status PostgresqlConnection::wait_for_result() {
  while (true) {
    const int unsent = pq_.flush(connection_.get());
    if (unsent < 0) return tl::make_unexpected(lost_connection());
    if (unsent == 0 && pq_.is_busy(connection_.get()) == 0) return {};
    QFLOW_TRY(wait(unsent == 0 ? WaitFor::kReading : WaitFor::kBoth));
    if (pq_.consume_input(connection_.get()) == 0) return tl::make_unexpected(lost_connection());
  }
}

// All results of what was sent; the first error of the server counts, after it there are no more rows.
Status PostgresqlConnection::take_results(const RowReader& reader) {
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

Status PostgresqlConnection::take_rows(const PGresult* result, const RowReader& reader) const {
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

DatabaseValue PostgresqlConnection::value_of(const PGresult* result, int row, int column) const {
  if (pq_.is_null(result, row, column) != 0) return {};
  const ValueKind kind = kind_of(pq_.column_type(result, column));
  std::string text(pq_.value(result, row, column), static_cast<std::size_t>(pq_.length(result, row, column)));
  if (kind == ValueKind::kBool) text = text == "t" ? "true" : "false";
  return {kind, std::move(text)};
}

std::string PostgresqlConnection::place() const {
  const char* const host = pq_.host(connection_.get());
  return fmt::format("the database {} at {}:{}", printable(engine_.database),
                     printable(host == nullptr ? std::string_view() : std::string_view(host)), engine_.port);
}

Error PostgresqlConnection::connection_error() const {
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

Error PostgresqlConnection::lost_connection() const {
  const auto failure = parse_connection_failure(pq_.error_message(connection_.get()));
  return {ErrorKind::kFailed, fmt::format("the connection to {} broke: {}", place(), failure.reason), {}};
}

Error PostgresqlConnection::too_slow() const {
  return {ErrorKind::kTimedOut, fmt::format("{} took longer than {}", place(), format_duration(deadline_.limit())),
          "make the query cheaper, with an index for instance, or give the sensor a longer timeout"};
}

std::string PostgresqlConnection::field(const PGresult* result, int which) const {
  const char* const text = pq_.result_error_field(result, which);
  return text == nullptr ? std::string() : printable(text);
}

// The codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
Error PostgresqlConnection::server_error(const PGresult* result) {
  const std::string code = field(result, PG_DIAG_SQLSTATE);
  if (code.empty()) return lost_connection();
  error_code_ = code;
  // Else somebody else ended it.
  if (code == "57014" && deadline_.left() <= kServerHeadStart) return too_slow();
  if (code == "55P03") {
    return {ErrorKind::kBusy,
            fmt::format("{}: a lock kept the query waiting until the timeout of {}", place(),
                        format_duration(deadline_.limit())),
            "see in pg_locks who holds it, or give the sensor a longer timeout"};
  }
  const bool is_missing = code == "42P01" || code == "42703" || code == "3F000";
  const bool is_write = code == "25006" || code == "25001" || code == "0A000";
  const bool is_text_wrong = is_write || code.starts_with("42") || code.starts_with("22");
  const ErrorKind kind = is_text_wrong ? ErrorKind::kInvalid : ErrorKind::kFailed;
  return {is_missing ? ErrorKind::kNotFound : kind,
          fmt::format("{}: {}", place(), field(result, PG_DIAG_MESSAGE_PRIMARY)),
          is_write ? "a sensor only reads" : field(result, PG_DIAG_MESSAGE_HINT)};
}

}  // namespace qflow
