#include "qflow/trigger/match_expression.h"

#include <doctest/doctest.h>

#include <functional>

namespace qflow {
namespace {

using Met = std::vector<bool>;

const std::vector<std::string> kSources = {"a", "b", "c"};

// Every combination of three sources, and what the rule says of it.
void check_all(const MatchExpression& match, const std::function<bool(bool a, bool b, bool c)>& expected) {
  for (int bits = 0; bits < 8; ++bits) {
    const bool a = (bits & 1) != 0;
    const bool b = (bits & 2) != 0;
    const bool c = (bits & 4) != 0;
    CAPTURE(bits);
    CHECK(match.holds({a, b, c}) == expected(a, b, c));
  }
}

MatchExpression bound(std::string_view text) {
  auto match = MatchExpression::parse(text);
  REQUIRE(match);
  REQUIRE(match->bind(kSources));
  return *match;
}

TEST_CASE("a match holds when its sources do") {
  check_all(bound("all"), [](bool a, bool b, bool c) { return a && b && c; });
  check_all(bound("any"), [](bool a, bool b, bool c) { return a || b || c; });
  check_all(MatchExpression::at_least(2), [](bool a, bool b, bool c) { return a + b + c >= 2; });
  check_all(bound("a && b && c"), [](bool a, bool b, bool c) { return a && b && c; });
  check_all(bound("a || b || c"), [](bool a, bool b, bool c) { return a || b || c; });
  check_all(bound("a || b && c"), [](bool a, bool b, bool c) { return a || (b && c); });
  check_all(bound("a && b || c"), [](bool a, bool b, bool c) { return (a && b) || c; });
  check_all(bound("a && (b || c)"), [](bool a, bool b, bool c) { return a && (b || c); });
  check_all(bound("((a)||(b))&&(c)"), [](bool a, bool b, bool c) { return (a || b) && c; });
  check_all(bound(" c&&a\t||\na && b "), [](bool a, bool b, bool c) { return (c && a) || (a && b); });
}

TEST_CASE("one source") {
  CHECK(MatchExpression().holds({true}));
  CHECK_FALSE(MatchExpression().holds({false}));
  CHECK_FALSE(MatchExpression().holds({}));
  CHECK_FALSE(MatchExpression::any().holds({}));
}

TEST_CASE("a name is the longest run of its characters") {
  auto match = MatchExpression::parse("foo.prod.bar.F-1&&b_2");
  REQUIRE(match);
  CHECK(match->names() == std::vector<std::string>{"foo.prod.bar.F-1", "b_2"});
  CHECK(match->kind() == MatchExpression::Kind::kNames);
  CHECK(match->text() == "foo.prod.bar.F-1&&b_2");
}

TEST_CASE("a name may come twice") {
  auto match = MatchExpression::parse("a && b || a && c");
  REQUIRE(match);
  CHECK(match->names().size() == 3);
}

TEST_CASE("texts of the short forms") {
  CHECK(MatchExpression().text() == "all");
  CHECK(MatchExpression::any().text() == "any");
  CHECK(MatchExpression::at_least(3).text() == "3");
  CHECK(MatchExpression::at_least(3).number() == 3);
}

TEST_CASE("of what makes a match hold the cheapest is chosen, and of equal ones the first") {
  struct Row {
    MatchExpression match;
    std::vector<std::optional<std::int64_t>> costs;
    std::optional<Met> chosen;
  };
  const Row rows[] = {
      {bound("all"), {1, 0, 1}, Met{true, true, true}},
      {bound("all"), {1, {}, 1}, {}},
      {bound("any"), {1, 1, 1}, Met{true, false, false}},
      {bound("any"), {2, {}, 1}, Met{false, false, true}},
      {bound("any"), {{}, {}, {}}, {}},
      {MatchExpression::at_least(2), {1, 0, 1}, Met{true, true, false}},
      {MatchExpression::at_least(2), {{}, 0, 1}, Met{false, true, true}},
      {MatchExpression::at_least(2), {{}, 0, {}}, {}},
      {bound("a || b && c"), {1, 1, 1}, Met{true, false, false}},
      {bound("a || b && c"), {1, 0, 0}, Met{false, true, true}},
      {bound("a || b && c"), {{}, 1, 1}, Met{false, true, true}},
      {bound("a && (b || c)"), {1, 2, 1}, Met{true, false, true}},
      {bound("a && (b || c)"), {{}, 0, 0}, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.match.text());
    CHECK((row.match.cheapest(row.costs) == row.chosen));
  }
}

TEST_CASE("what is missing for a match to hold is said in its words") {
  struct Row {
    MatchExpression match;
    Met met;  // of a, b, c
    const char* missing;
    std::vector<std::string> list;
  };
  const Row rows[] = {
      {bound("all"), {false, false, false}, "a, b, c", {"a", "b", "c"}},
      {bound("all"), {true, false, true}, "b", {"b"}},
      {bound("all"), {true, true, true}, "", {}},
      {bound("any"), {false, false, false}, "a or b or c", {"a or b or c"}},
      {bound("any"), {false, true, false}, "", {}},
      {MatchExpression::at_least(2), {false, false, false}, "2 of a, b, c", {"2 of a, b, c"}},
      {MatchExpression::at_least(2), {false, true, false}, "1 of a, c", {"1 of a, c"}},
      {MatchExpression::at_least(3), {false, true, false}, "a, c", {"a", "c"}},
      {MatchExpression::at_least(2), {true, true, false}, "", {}},
      {bound("a && (b || c)"), {false, false, false}, "a, (b or c)", {"a", "b or c"}},
      {bound("a && (b || c)"), {true, false, false}, "b or c", {"b or c"}},
      {bound("a && (b || c)"), {false, false, true}, "a", {"a"}},
      {bound("a || b && c"), {false, false, false}, "a or (b, c)", {"a or (b, c)"}},
      {bound("a || b && c"), {false, true, false}, "a or c", {"a or c"}},
      {bound("a || b || c"), {false, false, false}, "a or b or c", {"a or b or c"}},
      {bound("a && b && c"), {false, false, false}, "a, b, c", {"a", "b", "c"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.match.text());
    std::vector<MissingPart> sources;
    for (std::size_t i = 0; i < row.met.size(); ++i) {
      if (!row.met[i]) sources.push_back({MissingPart::Shape::kSingle, std::string(1, static_cast<char>('a' + i))});
      if (row.met[i]) sources.emplace_back();
    }
    const MissingPart missing = row.match.missing(std::move(sources));
    CHECK(missing.text == row.missing);
    CHECK((missing.list() == row.list));
  }
}

TEST_CASE("what is no expression is an error with the place") {
  struct Row {
    std::string text;
    const char* message;
  };
  const Row rows[] = {
      {"", "`match` '' is wrong at the end: expected a name"},
      {"a &&", "`match` 'a &&' is wrong at the end: expected a name"},
      {"a & b", "`match` 'a & b' is wrong at character 3: expected && or ||"},
      {"a and b", "`match` 'a and b' is wrong at character 3: expected && or ||"},
      {"(a", "`match` '(a' is wrong at the end: expected )"},
      {"a)", "`match` 'a)' is wrong at character 2: expected && or ||"},
      {"!a", "`match` '!a' is wrong at character 1: expected a name"},
      {"a || || b", "`match` 'a || || b' is wrong at character 6: expected a name"},
      {"()", "`match` '()' is wrong at character 2: expected a name"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto match = MatchExpression::parse(row.text);
    REQUIRE_FALSE(match);
    CHECK(match.error().message == row.message);
  }
  CHECK_FALSE(MatchExpression::parse(std::string(100000, '(')));
}

TEST_CASE("binding compares the names with the sources") {
  auto unknown = MatchExpression::parse("a && bb && c");
  CHECK(unknown->bind({"a", "bbb", "c"}).error().message == "`match` names 'bb', which is no source here");
  CHECK(unknown->bind({"a", "bbb", "c"}).error().advice == "did you mean 'bbb'?");
  auto missing = MatchExpression::parse("a && b");
  CHECK(missing->bind(kSources).error().message == "`match` does not name the source 'c'");
  CHECK(MatchExpression::at_least(4).bind(kSources).error().message == "`match` wants 4 of 3 sources");
  CHECK(MatchExpression::at_least(3).bind(kSources));
}

}  // namespace
}  // namespace qflow
