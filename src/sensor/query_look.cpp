#include <fmt/format.h>

#include <set>

#include "qflow/error/printable.h"
#include "qflow/model/sha256.h"
#include "sensor/database_look.h"

namespace qflow {
namespace {

// How much text a result may have at most, and how long it may be in a payload.
constexpr std::size_t kMostResultBytes = std::size_t{1} << 20;
constexpr std::size_t kMostPayloadBytes = std::size_t{16} << 10;
constexpr std::size_t kMostSeenBytes = 80;

// The result as a payload shows it; `json` is null where it is too long, which `truncated` says.
struct ShownResult {
  Json json;
  bool truncated = false;
};

// A result while its rows come in.
class QueryResult {
 public:
  Status add(const DatabaseRow& row);
  std::string hash() { return hash_.finish(); }
  // A single value as it is, else the rows as objects.
  Json to_json() const;
  std::size_t rows() const { return rows_.size(); }

 private:
  Status begin(const std::vector<std::string>& columns);

  Sha256 hash_;
  std::size_t bytes_ = 0;
  std::size_t columns_ = 0;
  Json rows_ = Json::array();
};

Status QueryResult::begin(const std::vector<std::string>& columns) {
  std::set<std::string> names;
  for (const std::string& column : columns) {
    if (!names.insert(column).second) {
      return fail(ErrorKind::kInvalid, fmt::format("two columns of the custom_query are named {}", quoted(column)),
                  "give each one a name of its own with AS");
    }
    hash_.update(fmt::format("{}:{}", column.size(), column));
  }
  columns_ = columns.size();
  return {};
}

Status QueryResult::add(const DatabaseRow& row) {
  if (rows_.empty()) QFLOW_TRY(begin(row.columns));
  Json object = Json::object();
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    object[row.columns[i]] = qflow::to_json(row.values[i]);
    bytes_ += row.values[i].text.size() + 1;
  }
  hash_.update(to_hashable(row.values));
  rows_.push_back(std::move(object));
  if (bytes_ <= kMostResultBytes) return {};
  return fail(ErrorKind::kInvalid, "the result of the custom_query is larger than 1 MiB",
              "let the database count, or compute a hash");
}

Json QueryResult::to_json() const {
  return rows_.size() == 1 && columns_ == 1 ? *rows_[0].begin() : rows_;
}

ShownResult show(Json result) {
  if (to_compact(result).size() > kMostPayloadBytes) return {nullptr, true};
  return {std::move(result), false};
}

std::string describe(const QueryResult& result) {
  const Json json = result.to_json();
  const std::string text = printable(to_plain_text(json));
  const bool is_short = !json.is_array() && text.size() <= kMostSeenBytes;
  return "the query's result: " + (is_short ? text : count_rows(static_cast<std::int64_t>(result.rows())));
}

Json make_payload(const ShownResult& old, const ShownResult& now) {
  return Json{{"event_type", "modified"},
              {"old_result", old.json},
              {"result", now.json},
              {"truncated", old.truncated || now.truncated}};
}

struct OldResult {
  std::string hash;  // "" before the first result
  ShownResult shown;
};

Result<OldResult> read_old_result(const Look& look) {
  if (!look.cursor) return OldResult{};
  QFLOW_ASSIGN(const Json kept, read_cursor(*look.cursor, DetectionMode::kCustomQuery));
  const bool is_whole = kept.is_object() && kept.contains("result") && kept.value("hash", Json()).is_string() &&
                        kept.value("truncated", Json()).is_boolean();
  if (!is_whole) return damaged_cursor();
  return OldResult{kept.at("hash").get<std::string>(), {kept.at("result"), kept.at("truncated").get<bool>()}};
}

}  // namespace

Result<Sighting> look_at_query(const DatabaseLook& look) {
  QFLOW_ASSIGN(const OldResult old, read_old_result(look.look));
  QueryResult result;
  QFLOW_TRY(
      look.session.read_foreign(look.watched.custom_query, [&](const DatabaseRow& row) { return result.add(row); }));
  const std::string hash = result.hash();
  const ShownResult shown = show(result.to_json());
  Sighting sighting;
  sighting.cursor = write_cursor(DetectionMode::kCustomQuery,
                                 Json{{"hash", hash}, {"result", shown.json}, {"truncated", shown.truncated}});
  sighting.seen = describe(result);
  const bool is_baseline = !look.look.cursor && look.look.rules.baseline == SensorBaseline::kIgnore;
  if (!is_baseline && hash != old.hash) sighting.changes.push_back({make_payload(old.shown, shown)});
  return sighting;
}

}  // namespace qflow
