#include "sensor/database_value.h"

#include <doctest/doctest.h>

using namespace qflow;

TEST_CASE("a database's value in JSON: numbers where no digit is lost") {
  struct Row {
    ValueKind kind;
    std::string text;
    std::string json;
  };
  const Row rows[] = {
      {ValueKind::kNull, "", "null"},
      {ValueKind::kBool, "true", "true"},
      {ValueKind::kBool, "false", "false"},
      {ValueKind::kText, "17", R"("17")"},
      {ValueKind::kBytes, "\\x00ff", R"("\\x00ff")"},
      {ValueKind::kNumber, "17", "17"},
      {ValueKind::kNumber, "-9223372036854775808", "-9223372036854775808"},
      {ValueKind::kNumber, "9223372036854775808", R"("9223372036854775808")"},
      {ValueKind::kNumber, "100000000000000000000", "1e+20"},
      {ValueKind::kNumber, "1.50", "1.5"},
      {ValueKind::kNumber, "0.00", "0.0"},
      {ValueKind::kNumber, "-0.1", "-0.1"},
      {ValueKind::kNumber, "0.30000000000000004", "0.30000000000000004"},
      {ValueKind::kNumber, "0.1234567890123456789", R"("0.1234567890123456789")"},
      {ValueKind::kNumber, "1e+400", R"("1e+400")"},
      {ValueKind::kNumber, "1e-400", R"("1e-400")"},
      {ValueKind::kNumber, "NaN", R"("NaN")"},
      {ValueKind::kNumber, "Infinity", R"("Infinity")"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const DatabaseValue value{row.kind, row.text};
    CHECK(to_compact(to_json(value)) == row.json);
    const auto back = parse_stored(to_stored(value));
    REQUIRE(back);
    CHECK(*back == value);
  }
}

TEST_CASE("lists of values that differ have different bytes") {
  const std::vector<std::vector<DatabaseValue>> lists = {
      {},
      {{}},
      {{ValueKind::kText, ""}},
      {{ValueKind::kText, "1"}},
      {{ValueKind::kNumber, "1"}},
      {{ValueKind::kText, "a"}, {ValueKind::kText, "b"}},
      {{ValueKind::kText, "ab"}, {ValueKind::kText, ""}},
      {{ValueKind::kText, "a3:1:b"}},
  };
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (std::size_t j = 0; j < lists.size(); ++j) {
      CHECK((to_hashable(lists[i]) == to_hashable(lists[j])) == (i == j));
    }
  }
}
