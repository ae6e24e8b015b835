#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/database_session.h"
#include "sensor/libpq.h"

namespace qflow {

// So long before the deadline, or a fifth of the time that is left, the server ends a statement itself.
inline constexpr std::chrono::milliseconds kServerHeadStart{500};

// A connection that never waits beyond its deadline, with what the server says turned into errors. After an error of a
// RowReader it is of no further use.
class PostgresqlConnection {
 public:
  PostgresqlConnection(const Libpq& pq, const PostgresqlEngine& engine, const LookDeadline& deadline)
      : pq_(pq), connection_(nullptr, pq.finish), engine_(engine), deadline_(deadline) {}

  Status open(std::string_view password);
  // Statements that give no rows to anybody.
  Status run_script(const std::string& script);
  // One statement: the extended protocol takes no more.
  Status run(const std::string& statement, const std::vector<DatabaseValue>& parameters, const RowReader& reader);
  // The SQLSTATE of the server's last error; "" before one.
  const std::string& error_code() const { return error_code_; }

 private:
  enum class WaitFor { kReading, kWriting, kBoth };

  Status wait(WaitFor what);
  Status wait_for_result();
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
  std::unique_ptr<PGconn, decltype(PQfinish)*> connection_;
  const PostgresqlEngine& engine_;
  const LookDeadline& deadline_;
  std::string error_code_;
};

}  // namespace qflow
