#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "qflow/error/printable.h"
#include "qflow/model/sha256.h"
#include "sensor/database_look.h"

namespace qflow {
namespace {

// Of more rows at the maximum only their number is kept.
constexpr std::int64_t kMostKeptRows = 10'000;
// 64 bits: among 10,000 rows two are alike once in 10^11 times.
constexpr std::size_t kIdentityDigits = 16;

// What is known of the rows at one maximum of the column.
struct NewestRows {
  DatabaseValue maximum;   // null: there was no row with a timestamp yet
  std::int64_t count = 0;  // of the rows at it
  std::string key;         // hash of the columns that tell rows apart
  std::string identities;  // sorted, kIdentityDigits each; none when there were more than kMostKeptRows
};

bool are_identities_kept(const NewestRows& rows) {
  return rows.identities.size() == static_cast<std::size_t>(rows.count) * kIdentityDigits;
}

std::string short_hash(std::string_view bytes) {
  return sha256_hex(bytes).substr(0, kIdentityDigits);
}

std::vector<std::string_view> split_identities(std::string_view identities) {
  std::vector<std::string_view> all;
  for (; !identities.empty(); identities.remove_prefix(kIdentityDigits)) {
    all.push_back(identities.substr(0, kIdentityDigits));
  }
  return all;
}

// How many of the rows at the maximum were not there. Vanished ones don't hide others, as long as identities are kept
// and mean the same.
std::int64_t count_new(const NewestRows& old, const NewestRows& now) {
  if (old.key != now.key || !are_identities_kept(old) || !are_identities_kept(now)) {
    return std::max<std::int64_t>(0, now.count - old.count);
  }
  const auto before = split_identities(old.identities);
  const auto after = split_identities(now.identities);
  std::vector<std::string_view> added;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(added));
  return static_cast<std::int64_t>(added.size());
}

Json to_kept(const NewestRows& rows) {
  return Json{
      {"maximum", to_stored(rows.maximum)}, {"count", rows.count}, {"key", rows.key}, {"identities", rows.identities}};
}

Result<NewestRows> parse_kept(const Json& kept) {
  const bool is_whole = kept.is_object() && kept.contains("maximum") &&
                        kept.value("count", Json()).is_number_integer() && kept.value("key", Json()).is_string() &&
                        kept.value("identities", Json()).is_string();
  if (!is_whole) return damaged_cursor();
  const auto maximum = parse_stored(kept.at("maximum"));
  if (!maximum) return damaged_cursor();
  NewestRows rows{*maximum, kept.at("count").get<std::int64_t>(), kept.at("key").get<std::string>(),
                  kept.at("identities").get<std::string>()};
  if (rows.identities.size() % kIdentityDigits != 0) return damaged_cursor();
  return rows;
}

// Asks the session about one table and its column.
class TimestampTable {
 public:
  TimestampTable(const DatabaseLook& look, TableName table)
      : session_(look.session),
        name_(std::move(table)),
        table_(name_.quoted()),
        column_(quote_identifier(parse_column_name(look.watched.timestamp_column))),
        condition_(look.watched.condition) {}

  struct Since {
    std::int64_t later = 0;
    std::int64_t equal = 0;
  };
  Result<Since> count_since(const DatabaseValue& maximum);
  Result<std::int64_t> count_all();
  // The greatest timestamp; null without one.
  Result<DatabaseValue> find_maximum();
  Result<NewestRows> list_rows_at(const DatabaseValue& maximum, std::int64_t count);
  Result<NewestRows> find_newest();

 private:
  std::string select(const std::string& what, const std::string& own_condition) const {
    return fmt::format("SELECT {} FROM {}{}", what, table_, where_clause(own_condition, condition_));
  }

  DatabaseSession& session_;
  TableName name_;
  std::string table_;
  std::string column_;
  std::optional<std::string> condition_;
};

Result<TimestampTable::Since> TimestampTable::count_since(const DatabaseValue& maximum) {
  const std::string what = fmt::format("count(*), count(CASE WHEN {} > $1 THEN 1 END)", column_);
  QFLOW_ASSIGN(const auto row, read_one_row(session_, select(what, column_ + " >= $1"), {maximum}));
  QFLOW_ASSIGN(const std::int64_t all, parse_count(row.at(0)));
  QFLOW_ASSIGN(const std::int64_t later, parse_count(row.at(1)));
  return Since{later, all - later};
}

Result<std::int64_t> TimestampTable::count_all() {
  QFLOW_ASSIGN(const auto row, read_one_row(session_, select(fmt::format("count({})", column_), "")));
  return parse_count(row.at(0));
}

Result<DatabaseValue> TimestampTable::find_maximum() {
  const std::string statement =
      select(column_, column_ + " IS NOT NULL") + fmt::format(" ORDER BY {} DESC LIMIT 1", column_);
  QFLOW_ASSIGN(const auto row, read_one_row(session_, statement));
  return row.empty() ? DatabaseValue{} : row[0];
}

Result<NewestRows> TimestampTable::list_rows_at(const DatabaseValue& maximum, std::int64_t count) {
  NewestRows rows{maximum, count, "", ""};
  if (count > kMostKeptRows) return rows;
  QFLOW_ASSIGN(const auto columns, session_.identity_columns(name_));
  std::string list;
  for (const std::string& column : columns) {
    list += (list.empty() ? "" : ", ") + quote_identifier(column);
  }
  rows.key = short_hash(list);
  std::vector<std::string> identities;
  const auto keep = [&](const DatabaseRow& row) -> Status {
    identities.push_back(short_hash(to_hashable(row.values)));
    return {};
  };
  QFLOW_TRY(session_.read(select(list, column_ + " = $1"), {maximum}, keep));
  std::sort(identities.begin(), identities.end());
  for (const std::string& identity : identities) rows.identities += identity;
  return rows;
}

Result<NewestRows> TimestampTable::find_newest() {
  QFLOW_ASSIGN(const DatabaseValue maximum, find_maximum());
  if (maximum.kind == ValueKind::kNull) return NewestRows{};
  QFLOW_ASSIGN(const Since since, count_since(maximum));
  return list_rows_at(maximum, since.equal);
}

struct FoundRows {
  NewestRows newest;
  std::int64_t added = 0;
};

Result<FoundRows> find_after(TimestampTable& table, const NewestRows& old) {
  if (old.maximum.kind == ValueKind::kNull) {
    QFLOW_ASSIGN(const std::int64_t all, table.count_all());
    QFLOW_ASSIGN(NewestRows newest, table.find_newest());
    return FoundRows{std::move(newest), all};
  }
  QFLOW_ASSIGN(const auto since, table.count_since(old.maximum));
  QFLOW_ASSIGN(NewestRows at_old, table.list_rows_at(old.maximum, since.equal));
  const std::int64_t added = since.later + count_new(old, at_old);
  if (since.later == 0) return FoundRows{std::move(at_old), added};
  QFLOW_ASSIGN(NewestRows newest, table.find_newest());
  return FoundRows{std::move(newest), added};
}

// SQLite keeps text in a column of numbers, an empty field of an import, and orders it above all of them.
Status refuse_mixed(const std::string& column, const DatabaseValue& before, const DatabaseValue& maximum) {
  const bool is_mixed = before.kind != ValueKind::kNull && before.kind != maximum.kind;
  if (!is_mixed) return {};
  return fail(ErrorKind::kFailed,
              fmt::format("the maximum of {} is {} now, of another type than {}", printable(column),
                          quoted(maximum.text), quoted(before.text)),
              "no later row would be noticed: mend that one, or leave it out by `condition`");
}

}  // namespace

Result<Sighting> look_at_timestamps(const DatabaseLook& look) {
  NewestRows old;
  if (look.look.cursor) {
    QFLOW_ASSIGN(const Json kept, read_cursor(*look.look.cursor, DetectionMode::kTimestampColumn));
    QFLOW_ASSIGN(old, parse_kept(kept));
  }
  QFLOW_ASSIGN(TableName name, TableName::parse(look.watched.table_name));
  TimestampTable table(look, std::move(name));
  QFLOW_ASSIGN(const FoundRows found, find_after(table, old));
  const DatabaseValue& maximum = found.newest.maximum;
  // The cursor could not keep it, and every look would find it new.
  if (!is_utf8(maximum.text)) {
    return fail(ErrorKind::kFailed, "the maximum of " + printable(look.watched.timestamp_column) + " is no UTF-8 text",
                "mend that row, or leave it out by `condition`");
  }
  QFLOW_TRY(refuse_mixed(look.watched.timestamp_column, old.maximum, maximum));
  Sighting sighting;
  sighting.cursor = write_cursor(DetectionMode::kTimestampColumn, to_kept(found.newest));
  sighting.seen =
      fmt::format("{}: {}", printable(look.watched.table_name),
                  maximum.kind == ValueKind::kNull ? "no timestamp yet" : "maximum " + printable(maximum.text));
  const bool is_baseline = !look.look.cursor && look.look.rules.baseline == SensorBaseline::kIgnore;
  if (is_baseline || found.added == 0) return sighting;
  sighting.changes.push_back({Json{{"table", look.watched.table_name},
                                   {"event_type", "created"},
                                   {"old_maximum", to_json(old.maximum)},
                                   {"maximum", to_json(maximum)},
                                   {"rows", found.added}}});
  return sighting;
}

}  // namespace qflow
