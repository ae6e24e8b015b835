#include <fmt/format.h>

#include "qflow/error/printable.h"
#include "sensor/database_look.h"

namespace qflow {
namespace {

// What is compared with: the former count; none at the first look that only remembers.
Result<std::optional<std::int64_t>> find_old_count(const Look& look) {
  if (!look.cursor) {
    return look.rules.baseline == SensorBaseline::kFire ? std::optional<std::int64_t>(0) : std::nullopt;
  }
  QFLOW_ASSIGN(const Json kept, read_cursor(*look.cursor, DetectionMode::kRowCount));
  if (!kept.is_number_integer()) return damaged_cursor();
  return std::optional(kept.get<std::int64_t>());
}

bool does_matter(ChangeKind wanted, std::int64_t difference) {
  if (wanted == ChangeKind::kCreated) return difference > 0;
  if (wanted == ChangeKind::kDeleted) return difference < 0;
  return difference != 0;
}

}  // namespace

Result<Sighting> look_at_row_count(const DatabaseLook& look) {
  QFLOW_ASSIGN(const auto old_count, find_old_count(look.look));
  QFLOW_ASSIGN(const TableName table, TableName::parse(look.watched.table_name));
  const std::string statement =
      fmt::format("SELECT count(*) FROM {}{}", table.quoted(), where_clause("", look.watched.condition));
  QFLOW_ASSIGN(const auto row, read_one_row(look.session, statement));
  QFLOW_ASSIGN(const std::int64_t count, parse_count(row.at(0)));
  Sighting sighting;
  sighting.cursor = write_cursor(DetectionMode::kRowCount, count);
  sighting.seen = fmt::format("{}: {}", printable(look.watched.table_name), count_rows(count));
  if (!old_count || !does_matter(look.look.rules.change, count - *old_count)) return sighting;
  sighting.changes.push_back({Json{{"table", look.watched.table_name},
                                   {"event_type", count > *old_count ? "created" : "deleted"},
                                   {"old_count", *old_count},
                                   {"count", count},
                                   {"added", count - *old_count}}});
  return sighting;
}

}  // namespace qflow
