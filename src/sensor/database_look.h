#pragma once

#include <string>
#include <vector>

#include "sensor/database_session.h"

namespace qflow {

// One look at a database, within an open session.
struct DatabaseLook {
  const DatabaseSensor& watched;
  const Look& look;
  DatabaseSession& session;
};

// One function for each DetectionMode.
Result<Sighting> look_at_row_count(const DatabaseLook& look);   // row_count_look.cpp
Result<Sighting> look_at_timestamps(const DatabaseLook& look);  // timestamp_look.cpp
Result<Sighting> look_at_query(const DatabaseLook& look);       // query_look.cpp

// The one row of a statement that counts.
Result<std::vector<DatabaseValue>> read_one_row(DatabaseSession& session, const std::string& statement,
                                                const std::vector<DatabaseValue>& parameters = {});
Result<std::int64_t> parse_count(const DatabaseValue& value);

// " WHERE " and the conditions, of which either may be empty; a person's on lines of its own, so that a comment at its
// end ends there.
std::string where_clause(const std::string& own, const std::optional<std::string>& condition);

// The cursor: JSON text with the mode, and what that mode keeps.
std::string write_cursor(DetectionMode mode, Json kept);
// What `write_cursor` was given. kInvalid for a text that is damaged or of another mode.
Result<Json> read_cursor(const std::string& cursor, DetectionMode mode);
// For a mode that does not find in the cursor what it kept.
tl::unexpected<Error> damaged_cursor();

// "1,204 rows", "1 row".
std::string count_rows(std::int64_t count);

}  // namespace qflow
