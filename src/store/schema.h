#pragma once

#include "qflow/error/error.h"
#include "sqlite_connection.h"

namespace qflow {

// The number of the newest migration that this program knows; kept in the ledger as PRAGMA user_version.
int newest_schema();

// The number in the ledger; 0: nothing was made yet.
Result<int> schema_of(SqliteConnection& ledger);

// kStore when the ledger is newer than this program.
Status refuse_newer_schema(SqliteConnection& ledger, int schema);

// Makes the tables, or brings them from an older number to the newest one, all in one transaction. The caller holds the
// write gate. A database of some other program is refused.
Status migrate(SqliteConnection& ledger);

// A write that changes nothing.
Status rewrite_schema_number(SqliteConnection& ledger);

}  // namespace qflow
