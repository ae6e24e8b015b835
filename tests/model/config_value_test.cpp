#include "qflow/model/config_value.h"

#include <doctest/doctest.h>

#include <limits>

namespace qflow {
namespace {

ConfigValue value(decltype(ConfigValue::data) data) {
  return {{}, std::move(data)};
}

TEST_CASE("values name their type and become JSON") {
  struct Row {
    ConfigValue value;
    std::string_view type;
    std::string_view json;
  };
  const ConfigTable table{
      {}, {{"b", {}, value(std::int64_t{1})}, {"a", {}, value(ConfigList{value(true), value(ConfigTable{})})}}};
  const Row rows[] = {
      {value(true), "a boolean", "true"},
      {value(std::int64_t{-5}), "an integer", "-5"},
      {value(1.0), "a float", "1.0"},
      {value(std::numeric_limits<double>::infinity()), "a float", "null"},
      {value(std::numeric_limits<double>::quiet_NaN()), "a float", "null"},
      {value(std::string("x")), "text", "\"x\""},
      {value(ConfigDateTime{"1979-05-27"}), "a date or time", "\"1979-05-27\""},
      {value(ConfigList{}), "a list", "[]"},
      {value(ConfigList{value(std::int64_t{1}), value(std::string("a"))}), "a list", "[1,\"a\"]"},
      {value(ConfigTable{}), "a table", "{}"},
      {value(table), "a table", R"({"a":[true,{}],"b":1})"},
  };
  for (const Row& row : rows) {
    CHECK(row.value.type_name() == row.type);
    CHECK(to_compact(to_json(row.value)) == row.json);
  }
}

TEST_CASE("an entry is found by its exact key") {
  const ConfigTable table{{}, {{"b", {}, value(true)}, {"a", {}, value(false)}}};
  CHECK(table.find("a") == &table.entries[1]);
  CHECK(table.find("A") == nullptr);
  CHECK(table.find("") == nullptr);
}

}  // namespace
}  // namespace qflow
