#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/model/sensor.h"
#include "qflow/sensor/look.h"
#include "sensor/database_value.h"
#include "sensor/look_deadline.h"
#include "sensor/table_name.h"

namespace qflow {

// Takes the rows of a result, one after the other; its error ends the query.
using RowReader = std::function<Status(const DatabaseRow& row)>;

// A connection for one look: one transaction that can only read and sees the database as it was at one moment. Its
// errors name the database, never a password: kNotFound for a table, column, file or database that does not exist,
// kBusy for a lock, kTimedOut past the deadline, kInvalid for what the database refuses, else kFailed.
class DatabaseSession {
 public:
  virtual ~DatabaseSession() = default;

  // Runs qflow's own statement, which may hold a person's condition: one that reads. `$1` in it stands for the
  // parameter, a value that this database gave before.
  virtual Status read(const std::string& statement, const std::vector<DatabaseValue>& parameters,
                      const RowReader& reader) = 0;
  // Runs a person's statement. Refused: several at once, and one that does anything else than read.
  virtual Status read_foreign(const std::string& statement, const RowReader& reader) = 0;
  // The columns that tell the rows of the table apart: its primary key, else all of them. For an existing table.
  virtual Result<std::vector<std::string>> identity_columns(const TableName& table) = 0;
  // Why the table may not have been found, as advice; "" when there is nothing to say. Ends the transaction.
  virtual std::string advise_on_missing(const TableName& table) = 0;
  // To be asked when all was read or failed: an error when what was read may not have been of one moment after all.
  virtual Status confirm() = 0;
};

using OpenedDatabase = Result<std::unique_ptr<DatabaseSession>>;

// The deadline outlives the session.
OpenedDatabase open_database(const PostgresqlEngine& engine, const Look& look, const LookDeadline& deadline);
OpenedDatabase open_database(const SqliteEngine& engine, const Look& look, const LookDeadline& deadline);

}  // namespace qflow
