#include <doctest/doctest.h>

#include <string>

#include "expression/expression_rows.h"

using namespace qflow;

namespace {

constexpr const char* kTooMuch =
    "error: the evaluation takes more than 1,000,000 steps; work on smaller lists and texts, or compute the value in a "
    "step";

JsonScope big_scope() {
  Json numbers = Json::array();
  for (int i = 0; i < 2000; ++i) numbers.push_back(i);
  Json objects = Json::array();
  for (int i = 0; i < 40'000; ++i) objects.push_back({{"name", "x"}, {"value", i}, {"other", i}});
  JsonScope scope;
  scope.set("list", Value(std::move(numbers)));
  scope.set("rows", Value(std::move(objects)));
  scope.set("text", Value(Json(std::string(1'000'000, 'a'))));
  scope.set("part", Value(Json(std::string(500'000, 'a') + "b")));
  return scope;
}

std::string chained(std::string_view start, std::string_view step, int count) {
  std::string text(start);
  for (int i = 0; i < count; ++i) text += step;
  return text;
}

}  // namespace

TEST_CASE("an evaluation over 1,000,000 steps is an error, whatever it does") {
  const JsonScope scope = big_scope();
  const std::vector<std::string> hostile = {
      "list.map(x, list.map(y, x * y))",
      "list.map(x, list)",
      "list.map(x, list + list)",
      "list.all(x, x in list)",
      "list.map(x, text + text)",
      "list.map(x, text.upperAscii())",
      "list.all(x, text == text + '')",
      "list.all(x, text <= text)",
      "list.all(x, text.contains(part) || true)",
      "list.all(x, text.matches('a*b') || true)",
      "list.map(x, text.split(''))",
      "list.map(x, [text, text].join('-'))",
      "list.map(x, size(text))",
      "list.map(x, text.substring(999999))",
      R"(list.exists(x, text.matches('((\\pL{10}){10}){10}' + string(x))))",
      R"(list.exists(x, 'a'.matches(['\\pL', '\\pL', '\\pL'].join(string(x)) + '(')))",
      "list.exists(x, 'b'.matches('(a{10}){10}' + string(x)))",
      chained("['aaaaaaaaaaaaaaaa']", ".map(x, x + x)", 60),
      chained("[1, 1]", ".map(x, [1, 1]).map(x, x + x)", 30) + ".map(x, x + x + x)" +
          chained("", ".map(x, [x, x])", 60),
      chained("[[1, 1]]", ".map(x, x + x)", 60),
  };
  for (const std::string& text : hostile) {
    CAPTURE(text);
    CHECK_EQ(outcome(text, scope), kTooMuch);
  }
}

TEST_CASE("no && and || absorbs it") {
  const JsonScope scope = big_scope();
  const std::string endless = "list.all(x, size(text + text) > 0)";
  for (const std::string& text : {"false && " + endless}) CHECK_EQ(outcome(text, scope), "false");
  for (const std::string& text : {endless + " && false", endless + " || true", "[1].exists(x, " + endless + ") || true",
                                  endless + " ? 1 : 2", "!" + endless}) {
    CAPTURE(text);
    CHECK_EQ(outcome(text, scope), kTooMuch);
  }
  CHECK_EQ(Expression::parse(endless)->evaluate(scope).error().kind, ErrorKind::kFailed);
}

TEST_CASE("ordinary work fits") {
  const JsonScope scope = big_scope();
  check_rows(
      {
          {"size(rows.filter(r, r.value % 2 == 0 && r.name == 'x'))", "20000"},
          {"size(rows.map(r, r.value))", "40000"},
          {"rows.exists(r, r.value == 39999)", "true"},
          {"rows == rows", "true"},
          {"size(text + text)", "2000000"},
          {"text.contains('b')", "false"},
          {"text.matches('b$')", "false"},
          {"size(list.filter(x, string(x).matches('^[0-4]' + '+$')))", "250"},
          {R"('Ünal'.matches('^\\p{Lu}' + '\\pL{1,64}$'))", "true"},
          {"size(list.map(x, string(x)).join(','))", "8889"},
      },
      scope);
}

// Each element looks for the nearest of many names in vain: only the first may.
TEST_CASE("absorbed errors are cheap") {
  Json wide = Json::object();
  for (int i = 0; i < 1000; ++i) wide["a_rather_long_field_name_" + std::to_string(i)] = i;
  JsonScope scope = big_scope();
  scope.set("wide", Value(wide));
  CHECK_EQ(outcome("list.exists(x, wide.a_rather_long_field_nam_7 == x) || true", scope), "true");
  CHECK_EQ(outcome("list.exists(x, wide.a_rather_long_field_nam_7 == x)", scope),
           "error: no field 'a_rather_long_field_nam_7' in wide; did you mean 'a_rather_long_field_name_7'?");
}

TEST_CASE("explaining is bounded too") {
  const JsonScope scope = big_scope();
  CHECK_EQ(Expression::parse("list.all(x, list.all(y, true))")->explain(scope), std::string(kTooMuch).substr(7));
  const auto heavy = Expression::parse("size(rows) == size(list) && rows.all(r, r.value >= 0) && text.contains(part)");
  CHECK_EQ(heavy->explain(scope),
           "size(rows) == size(list) is false: size(rows) is 40000, size(list) is 2000; text.contains(part) is false: "
           "text is \"" +
               std::string(60, 'a') + "...\", part is \"" + std::string(60, 'a') + "...\"");
}
