#include "sensor/database_look.h"
#include "sensor/sensor_kinds.h"

namespace qflow {
namespace {

Result<Sighting> look_in_mode(const DatabaseLook& look) {
  switch (look.watched.mode) {
    case DetectionMode::kTimestampColumn:
      return look_at_timestamps(look);
    case DetectionMode::kCustomQuery:
      return look_at_query(look);
    case DetectionMode::kRowCount:
      break;
  }
  return look_at_row_count(look);
}

// Adds why the table may not have been found.
Error explain_missing(Error error, const DatabaseLook& look) {
  const auto table = TableName::parse(look.watched.table_name);
  if (error.kind != ErrorKind::kNotFound || !error.advice.empty() || !table) return error;
  error.advice = look.session.advise_on_missing(*table);
  return error;
}

}  // namespace

Result<Sighting> look_at(const DatabaseSensor& watched, const Look& look) {
  const LookDeadline deadline(look, "the database");
  const auto open = [&](const auto& engine) { return open_database(engine, look, deadline); };
  QFLOW_ASSIGN(const std::unique_ptr<DatabaseSession> session, std::visit(open, watched.engine));
  const DatabaseLook database_look{watched, look, *session};
  auto sighting = look_in_mode(database_look);
  QFLOW_TRY(session->confirm());
  if (!sighting) return tl::make_unexpected(explain_missing(std::move(sighting).error(), database_look));
  return sighting;
}

}  // namespace qflow
