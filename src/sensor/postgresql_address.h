#pragma once

#include <string>
#include <string_view>

#include "qflow/model/sensor.h"

namespace qflow {

// What libpq connects by (https://www.postgresql.org/docs/current/libpq-connect.html, "Keyword/Value Connection
// Strings"). What the engine leaves open is libpq's to fill, from PGHOST for instance; but never a password: without
// one here ("") none is sent, whatever PGPASSWORD or ~/.pgpass hold.
std::string connection_text(const PostgresqlEngine& engine, std::string_view password);

// Why a connection failed.
struct ConnectionFailure {
  std::string reason;           // one line, in lower case where it is prose: "connection refused"
  bool is_from_server = false;  // a server answered, and said no
};

// From libpq's message, which has several lines, for each address that it tried; the last one counts.
ConnectionFailure parse_connection_failure(std::string_view message);

}  // namespace qflow
