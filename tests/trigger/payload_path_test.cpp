#include "qflow/trigger/payload_path.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

TEST_CASE("a path finds what it names") {
  const Json payload = *parse_json(
      R"({"rows": 3, "a": {"b": [{"c": "x"}, null]}, "how-many": 7, "it's": {"\"q\"": 1}, "": 2, "n": null})");
  struct Row {
    const char* path;
    const char* value;  // compact JSON, or null where the payload lacks the path
  };
  const Row rows[] = {
      {"rows", "3"},
      {"a.b[0].c", "\"x\""},
      {"a.b[1]", "null"},
      {"a.b[2]", nullptr},
      {"a.b.c", nullptr},
      {"a[0]", nullptr},
      {"a.b[0].c.d", nullptr},
      {"[\"how-many\"]", "7"},
      {"['how-many']", "7"},
      {"[\"a\"][\"b\"][0][\"c\"]", "\"x\""},
      {"[\"it's\"]['\"q\"']", "1"},
      {"[\"it's\"][\"\\\"q\\\"\"]", "1"},
      {"[\"\"]", "2"},
      {"n", "null"},
      {"n.x", nullptr},
      {"Rows", nullptr},
      {"[0]", nullptr},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const auto path = PayloadPath::parse(row.path);
    REQUIRE(path);
    const Json* found = path->find(payload);
    REQUIRE((found != nullptr) == (row.value != nullptr));
    if (found != nullptr) CHECK(to_compact(*found) == row.value);
    CHECK(path->text() == row.path);
  }
}

TEST_CASE("a payload that is no object has no fields") {
  const auto path = PayloadPath::parse("a");
  for (const char* payload : {"null", "1", "[]", "\"a\""}) CHECK(path->find(*parse_json(payload)) == nullptr);
}

TEST_CASE("what is no path is an error with the place") {
  struct Row {
    const char* text;
    const char* message;
  };
  const Row rows[] = {
      {"", "'' is no path into a payload: wrong at its end"},
      {".a", "'.a' is no path into a payload: wrong at character 1"},
      {"a.", "'a.' is no path into a payload: wrong at its end"},
      {"a..b", "'a..b' is no path into a payload: wrong at character 3"},
      {"how-many", "'how-many' is no path into a payload: wrong at character 4"},
      {"a b", "'a b' is no path into a payload: wrong at character 2"},
      {"a[", "'a[' is no path into a payload: wrong at its end"},
      {"a[-1]", "'a[-1]' is no path into a payload: wrong at character 3"},
      {"a[1", "'a[1' is no path into a payload: wrong at its end"},
      {"a[99999999999999999999]", "'a[99999999999999999999]' is no path into a payload: wrong at character 3"},
      {"a[\"x]", "'a[\"x]' is no path into a payload: wrong at its end"},
      {"a[\"x\\", "'a[\"x\\' is no path into a payload: wrong at its end"},
      {"a[0]b", "'a[0]b' is no path into a payload: wrong at character 5"},
      {"9a", "'9a' is no path into a payload: wrong at character 1"},
      {"event.payload + 1", "'event.payload + 1' is no path into a payload: wrong at character 14"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto path = PayloadPath::parse(row.text);
    REQUIRE_FALSE(path);
    CHECK(path.error().message == row.message);
    CHECK(path.error().advice == "write it as in expressions: rows, a.b[0].c, [\"how-many\"]");
  }
}

TEST_CASE("a path of one step names a field") {
  CHECK(PayloadPath::parse("timestamp")->single_field() == "timestamp");
  CHECK(PayloadPath::parse("[\"id\"]")->single_field() == "id");
  CHECK(PayloadPath::parse("a.b")->single_field() == "");
  CHECK(PayloadPath::parse("[0]")->single_field() == "");
}

TEST_CASE("steps can be skipped") {
  CHECK(*PayloadPath::parse("artifacts.rows[1]")->find(Json{5, 6}, 2) == 6);
  CHECK(*PayloadPath::parse("artifacts.rows")->find(Json(5), 2) == 5);
}

}  // namespace
}  // namespace qflow
