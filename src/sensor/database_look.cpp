#include "sensor/database_look.h"

#include <fmt/format.h>

#include "qflow/os/decimal.h"
#include "sensor/thousands.h"

namespace qflow {
namespace {

// Goes up when the cursor's shape changes.
constexpr int kCursorVersion = 1;
constexpr const char* kStartOver = "qflow sensor reset FLOW/TRIGGER begins anew";

constexpr std::string_view kModeNames[] = {"row_count", "timestamp_column", "custom_query"};

std::string name_of(DetectionMode mode) {
  return std::string(kModeNames[static_cast<std::size_t>(mode)]);
}

}  // namespace

Result<std::vector<DatabaseValue>> read_one_row(DatabaseSession& session, const std::string& statement,
                                                const std::vector<DatabaseValue>& parameters) {
  std::vector<DatabaseValue> values;
  const auto keep = [&](const DatabaseRow& row) -> Status {
    values = row.values;
    return {};
  };
  QFLOW_TRY(session.read(statement, parameters, keep));
  return values;
}

Result<std::int64_t> parse_count(const DatabaseValue& value) {
  if (const auto count = parse_decimal<std::int64_t>(value.text)) return *count;
  return fail(ErrorKind::kFailed, "the database counted to something that is no number");
}

std::string where_clause(const std::string& own, const std::optional<std::string>& condition) {
  if (!condition) return own.empty() ? std::string() : " WHERE " + own;
  return fmt::format(" WHERE {}(\n{}\n)", own.empty() ? std::string() : own + " AND ", *condition);
}

std::string write_cursor(DetectionMode mode, Json kept) {
  return to_compact(Json{{"version", kCursorVersion}, {"mode", name_of(mode)}, {"kept", std::move(kept)}});
}

Result<Json> read_cursor(const std::string& cursor, DetectionMode mode) {
  auto parsed = parse_json(cursor);
  if (!parsed || !parsed->is_object() || !parsed->contains("kept")) return damaged_cursor();
  if (parsed->value("version", Json()) != Json(kCursorVersion)) {
    return fail(ErrorKind::kInvalid, "the sensor's cursor is of another version of qflow", kStartOver);
  }
  const Json found = parsed->value("mode", Json());
  if (!found.is_string()) return damaged_cursor();
  if (found != Json(name_of(mode))) {
    return fail(ErrorKind::kInvalid,
                fmt::format("the sensor's cursor is one of detection_mode '{}', not '{}'", found.get<std::string>(),
                            name_of(mode)),
                kStartOver);
  }
  return std::move((*parsed)["kept"]);
}

tl::unexpected<Error> damaged_cursor() {
  return fail(ErrorKind::kInvalid, "the sensor's cursor is damaged", kStartOver);
}

std::string count_rows(std::int64_t count) {
  return with_thousands(static_cast<std::uint64_t>(count)) + (count == 1 ? " row" : " rows");
}

}  // namespace qflow
