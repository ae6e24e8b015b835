#pragma once

#include "qflow/error/error.h"
#include "store/sqlite_connection.h"

namespace qflow {

// The number of the newest migration that this program knows; kept in the ledger as PRAGMA user_version.
int newest_schema();

// The number in the ledger, never 0. kStore when it is newer than this program, or when a database is none of qflow's.
Result<int> schema_of(SqliteConnection& ledger);

// Makes all tables in a database without content, which keeps a write-ahead log from then on.
Status make_schema(SqliteConnection& draft);

// Brings the tables from an older number to the newest one, all in one transaction. The caller holds the write gate.
Status migrate(SqliteConnection& ledger);

// A write that changes nothing.
Status rewrite_schema_number(SqliteConnection& ledger);

}  // namespace qflow
