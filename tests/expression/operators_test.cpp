#include <doctest/doctest.h>

#include "expression/expression_rows.h"

using namespace qflow;

namespace {

const JsonScope& scope() {
  static const JsonScope scope(json(R"({
    "params": {"window": 3, "mode": "fast", "ok": true, "ratio": 0.5, "whole": 2.0, "nothing": null,
               "how-many": 7, "big": 9007199254740993, "list": [1, "two", null], "empty": [], "map": {"a": {"b": 1}}},
    "event": {"name": "x", "namespace": "n", "payload": {"latest": "2026-11-20", "rows": 12}}
  })"));
  return scope;
}

void check(const std::vector<Row>& rows) {
  check_rows(rows, scope());
}

}  // namespace

TEST_CASE("literals") {
  check({
      {"1", "1"},
      {"007", "7"},
      {"-5", "-5"},
      {"- 5", "-5"},
      {"--5", "5"},
      {"0x1F", "31"},
      {"-0x10", "-16"},
      {"1.5", "1.5"},
      {".5", "0.5"},
      {"1e3", "1000.0"},
      {"1E-3", "0.001"},
      {"2.5e+1", "25.0"},
      {"3.0", "3.0"},
      {"-0.0", "-0.0"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"9223372036854775808", "9.223372036854776e+18"},
      {"0xFFFFFFFFFFFFFFFF", "1.8446744073709552e+19"},
      {"true", "true"},
      {"false", "false"},
      {"null", "null"},
      {"'a'", R"("a")"},
      {R"("it's")", R"("it's")"},
      {R"('say "hi"')", R"("say \"hi\"")"},
      {R"("\n\t\\\"\'\`\?")", R"("\n\t\\\"'`?")"},
      {R"("\x41\u00e9\U0001F600\101")", "\"Aé😀A\""},
      {R"("\u0000")", R"("\u0000")"},
      {R"(r"\d\n")", R"("\\d\\n")"},
      {R"(R'\d')", R"("\\d")"},
      {"'''a\n'b' \"c\"'''", R"("a\n'b' \"c\"")"},
      {R"("""x"y""z""")", R"("x\"y\"\"z")"},
      {R"(r"""a\b""")", R"("a\\b")"},
      {R"("")", R"("")"},
      {R"("""""")", R"("")"},
      {"'ünï'", "\"ünï\""},
      {"[]", "[]"},
      {"[1, 'a', [true]]", R"([1,"a",[true]])"},
      {"[1, 2,]", "[1,2]"},
      {"{}", "{}"},
      {"{'a': 1, 'b': {'c': [2]},}", R"({"a":1,"b":{"c":[2]}})"},
      {"{'k' + 'ey': params.window}", R"({"key":3})"},
      {"{params.mode: 1}", R"({"fast":1})"},
      {" 1 // a comment\n + // another\n 2", "3"},
      {"(((1)))", "1"},
  });
}

TEST_CASE("arithmetic") {
  check({
      {"1 + 2 * 3", "7"},
      {"(1 + 2) * 3", "9"},
      {"10 - 3 - 2", "5"},
      {"100 / 10 / 5", "2"},
      {"7 / 2", "3"},
      {"-7 / 2", "-3"},
      {"7 % 3", "1"},
      {"-7 % 3", "-1"},
      {"7 % -3", "1"},
      {"7.0 / 2.0", "3.5"},
      {"0.1 + 0.2", "0.30000000000000004"},
      {"1.5 * 2.0", "3.0"},
      {"2.0 - 0.5", "1.5"},
      {"-params.window", "-3"},
      {"-params.ratio", "-0.5"},
      {"-(1 + 2)", "-3"},
      {"params.window + 1", "4"},
      {"'a' + 'b' + params.mode", R"("abfast")"},
      {"[1] + [2, 'x'] + params.empty", R"([1,2,"x"])"},
      {"params.list + [3]", R"([1,"two",null,3])"},
      {"9223372036854775807 + 1", "error: 9223372036854775807 + 1 is beyond 64 bits; calculate with double()"},
      {"-9223372036854775808 - 1", "error: -9223372036854775808 - 1 is beyond 64 bits; calculate with double()"},
      {"9223372036854775807 * 2", "error: 9223372036854775807 * 2 is beyond 64 bits; calculate with double()"},
      {"-9223372036854775808 / -1", "error: -9223372036854775808 / -1 is beyond 64 bits; calculate with double()"},
      {"-9223372036854775808 % -1", "error: -9223372036854775808 % -1 is beyond 64 bits; calculate with double()"},
      {"-(-9223372036854775808)", "error: -(-9223372036854775808) is beyond 64 bits; calculate with double()"},
      {"1 / 0", "error: division by zero in 1 / 0"},
      {"1 % 0", "error: division by zero in 1 % 0"},
      {"1.0 / 0.0", "error: division by zero in 1.0 / 0.0"},
      {"0.0 / 0.0", "error: division by zero in 0.0 / 0.0"},
      {"1e308 * 10.0", "error: 1e308 * 10.0 is too large for a number"},
      {"1e308 + 1e308", "error: 1e308 + 1e308 is too large for a number"},
      {"-1e308 - 1e308", "error: -1e308 - 1e308 is too large for a number"},
      {"1 + 1.0",
       "error: can't add 1 (an integer) and 1.0 (a float); make both floats with double(), or both integers with "
       "int()"},
      {"5.0 % 2.0", "error: can't take the remainder of 5.0 (a float) by 2.0 (a float)"},
      {"params.mode + 1",
       "error: can't add params.mode (\"fast\", text) and 1 (an integer); int() or double() makes a number of text, "
       "string() text of a number"},
      {"'a' - 'b'", "error: can't subtract \"a\" (text) and \"b\" (text)"},
      {"'a' * 2",
       "error: can't multiply \"a\" (text) and 2 (an integer); int() or double() makes a number of text, string() text "
       "of a number"},
      {"true + true", "error: can't add true (a boolean) and true (a boolean)"},
      {"null + 1", "error: can't add null and 1 (an integer)"},
      {"[1] - [1]", "error: can't subtract [1] (a list) and [1] (a list)"},
      {"{'a': 1} + {'b': 2}", R"(error: can't add {"a":1} (an object) and {"b":2} (an object))"},
      {"-'a'", "error: can't negate \"a\" (text)"},
      {"-params.ok", "error: can't negate params.ok (true, a boolean)"},
  });
}

TEST_CASE("comparisons") {
  check({
      {"1 == 1", "true"},
      {"1 == 1.0", "true"},
      {"1 == 1.5", "false"},
      {"'1' == 1", "false"},
      {"1 != '1'", "true"},
      {"true == 1", "false"},
      {"null == null", "true"},
      {"null == false", "false"},
      {"params.nothing == null", "true"},
      {"params.whole == 2", "true"},
      {"0.0 == -0.0", "true"},
      {"'a' == 'a'", "true"},
      {"[1, 2.0] == [1.0, 2]", "true"},
      {"[1] == [1, 2]", "false"},
      {"[1, 'a'] == ['a', 1]", "false"},
      {"{'a': 1, 'b': 2} == {'b': 2.0, 'a': 1}", "true"},
      {"{'a': 1} == {'a': 1, 'b': 2}", "false"},
      {"{'a': 1} == {'b': 1}", "false"},
      {"[] == {}", "false"},
      {"[[1]] == [[params.window - 2]]", "true"},
      {"{'a': [params.window]} == {'a': [3]}", "true"},
      {"{'a': params.window} == {'a': 4}", "false"},
      {"[timestamp('2026-01-01T00:00:00Z')] == [timestamp('2026-01-01T01:00:00+01:00')]", "true"},
      // Beyond 53 bits an int and a double are compared exactly.
      {"params.big == 9007199254740992.0", "false"},
      {"params.big > 9007199254740992.0", "true"},
      {"9223372036854775807 < 9223372036854775808.0", "true"},
      {"9223372036854775807 == 9223372036854775808", "false"},
      {"-9223372036854775808 == -9223372036854775808.0", "true"},
      {"1 < 1.5", "true"},
      {"-1 > -1.5", "true"},
      {"2.5 > 2", "true"},
      {"1e300 > 1", "true"},
      {"-1e300 < 1", "true"},
      {"1 < 2", "true"},
      {"2 <= 2", "true"},
      {"2 >= 3", "false"},
      {"3 > 2", "true"},
      {"'a' < 'b'", "true"},
      {"'Z' < 'a'", "true"},
      {"'ﬀ' < '😀'", "true"},
      {"'' < 'a'", "true"},
      {"false < true", "true"},
      {"true >= false", "true"},
      {"params.ratio <= 0.5", "true"},
      {"1 < 2 == true", "true"},
      {"'2' > 1",
       "error: can't compare \"2\" (text) with 1 (an integer); int() or double() makes a number of text, string() text "
       "of a number"},
      {"params.mode > 1",
       "error: can't compare params.mode (\"fast\", text) with 1 (an integer); int() or double() makes a number of "
       "text, string() text of a number"},
      {"null < 1", "error: can't compare null with 1 (an integer)"},
      {"[1] < [2]", "error: can't compare [1] (a list) with [2] (a list)"},
      {"1 < 2 < 3", "error: can't compare 1 < 2 (true, a boolean) with 3 (an integer)"},
      {"true < 1", "error: can't compare true (a boolean) with 1 (an integer)"},
  });
}

TEST_CASE("in") {
  check({
      {"2 in [1, 2]", "true"},
      {"2.0 in [1, 2]", "true"},
      {"'2' in [1, 2]", "false"},
      {"'two' in params.list", "true"},
      {"null in params.list", "true"},
      {"1 in []", "false"},
      {"[1] in [[1], [2]]", "true"},
      {"params.window in [1, params.window]", "true"},
      {"'a' in params.map", "true"},
      {"'b' in params.map", "false"},
      {"1 in params.map", "false"},
      {"'a' in {'a': 1}", "true"},
      {"'a' in {'a': params.window}", "true"},
      {"!('x' in params.list)", "true"},
      {"'a' in 'abc'", "error: can't look for \"a\" (text) in \"abc\" (text); write text.contains(part)"},
      {"1 in 5", "error: can't look for 1 (an integer) in 5 (an integer); 'in' looks in a list or an object"},
      {"1 in params.nothing",
       "error: can't look for 1 (an integer) in params.nothing (null); 'in' looks in a list or an object"},
  });
}

TEST_CASE("logic absorbs errors, on either side, as CEL does") {
  check({
      {"true && true", "true"},
      {"true && false", "false"},
      {"false || true", "true"},
      {"false || false", "false"},
      {"!true", "false"},
      {"!!true", "true"},
      {"!!!params.ok", "false"},
      {"false && 1 / 0 > 0", "false"},
      {"1 / 0 > 0 && false", "false"},
      {"true || 1 / 0 > 0", "true"},
      {"1 / 0 > 0 || true", "true"},
      {"false && params.missing", "false"},
      {"params.missing && false", "false"},
      {"true && 1 / 0 > 0", "error: division by zero in 1 / 0"},
      {"1 / 0 > 0 && true", "error: division by zero in 1 / 0"},
      {"false || 1 / 0 > 0", "error: division by zero in 1 / 0"},
      {"1 / 0 > 0 || 1 % 0 > 0", "error: division by zero in 1 / 0"},
      {"true && 1 / 0 > 0 && true && false", "false"},
      {"1 && false", "false"},
      {"1 && true", "error: 1, not true or false"},
      {"params.mode || true", "true"},
      {"params.mode || false", "error: params.mode is \"fast\", not true or false"},
      {"!params.window", "error: params.window is 3, not true or false"},
      {"!(1 / 0 > 0)", "error: division by zero in 1 / 0"},
      {"true || false && false", "true"},
      {"(true || false) && false", "false"},
      {"params.ok ? 1 : 2", "1"},
      {"false ? 1 / 0 : 2", "2"},
      {"true ? 1 : 1 / 0", "1"},
      {"false ? 1 : true ? 2 : 3", "2"},
      {"(true ? false : true) ? 1 : 2", "2"},
      {"1 / 0 > 0 ? 1 : 2", "error: division by zero in 1 / 0"},
      {"params.mode ? 1 : 2", "error: params.mode is \"fast\", not true or false"},
      {"true ? (false ? 1 : 2) : 3", "2"},
  });
}

TEST_CASE("fields and elements") {
  check({
      {"params.window", "3"},
      {"params['window']", "3"},
      {"params['how-many']", "7"},
      {"event.namespace", R"("n")"},
      {"params.map.a.b", "1"},
      {"params['map'].a['b']", "1"},
      {"params[params.ok ? 'mode' : 'x']", R"("fast")"},
      {"params.list[1]", R"("two")"},
      {"params.list[1.0]", R"("two")"},
      {"[1, 2][params.window - 2]", "2"},
      {"{'a': 1}.a", "1"},
      {"{'a': params.window}['a']", "3"},
      {"[[1, 2], [3]][0][1]", "2"},
      {"[timestamp('2026-01-01T00:00:00Z')][0] < timestamp('2027-01-01T00:00:00Z')", "true"},
      {"event.payload.lates", "error: no field 'lates' in event.payload; did you mean 'latest'?"},
      {"event.payload['lates']", "error: no field 'lates' in event.payload; did you mean 'latest'?"},
      {"event.payload.zzz", "error: no field 'zzz' in event.payload; known: latest, rows"},
      {"event.paylod.x", "error: no field 'paylod' in event; did you mean 'payload'?"},
      {"{}.a", "error: no field 'a' in {}"},
      {"{'a': params.window}.b", "error: no field 'b' in {'a': params.window}; known: a"},
      {"nothing.here", "error: there is no 'nothing' here"},
      {"params.window.x", "error: params.window is 3, not an object: it has no field 'x'"},
      {"params.mode['x']", "error: params.mode is \"fast\", not an object: it has no field 'x'"},
      {"params.nothing.x", "error: no field 'x' in params.nothing, which is null"},
      {"params.list.x",
       R"(error: params.list is [1,"two",null], not an object: it has no field 'x'; name an element: params.list[0])"},
      {"params.list[3]", "error: no element 3 in params.list, which has 3 elements; elements count from 0"},
      {"params.list[-1]", "error: no element -1 in params.list, which has 3 elements; elements count from 0"},
      {"params.empty[0]", "error: no element 0 in params.empty, which is empty; elements count from 0"},
      {"[7][1]", "error: no element 1 in [7], which has 1 element; elements count from 0"},
      {"params.list['x']", "error: an element of the list params.list has an integer, not \"x\" (text)"},
      {"params.list[0.5]", "error: an element of the list params.list has an integer, not 0.5 (a float)"},
      {"params[0]", "error: a field of the object params has text, not 0 (an integer)"},
      {"params.mode[0]", "error: params.mode (\"fast\", text) has no elements; write substring() for a part of text"},
      {"params.window[0]", "error: params.window (3, an integer) has no elements"},
      {"{params.window: 1}", "error: a key of a map is text, not params.window (3, an integer)"},
      {"{'fast': 1, params.mode: 2}", "error: the key 'fast' stands twice in one map"},
  });
}

TEST_CASE("has") {
  check({
      {"has(params.window)", "true"},
      {"has(params.windw)", "false"},
      {"has(params.nothing)", "true"},
      {"has(params.nothing.x)", "false"},
      {"has(params.map.a.b)", "true"},
      {"has(params.map.x)", "false"},
      {"has({'a': 1}.a)", "true"},
      {"has(params['map'].a)", "true"},
      {"has(params.map) && has(params.map.c) && params.map.c > 1", "false"},
      {"has(params.map.x.y)", "error: no field 'x' in params.map; known: a"},
      {"has(params.window.x)", "error: params.window is 3, not an object: it has no field 'x'"},
      {"has(nothing.x)", "error: there is no 'nothing' here"},
  });
}

TEST_CASE("a missing field or element is kNotFound, everything else kFailed") {
  struct Kind {
    const char* expression;
    ErrorKind kind;
  };
  const std::vector<Kind> rows = {
      {"params.missing", ErrorKind::kNotFound},
      {"params.missing.x > 1", ErrorKind::kNotFound},
      {"params.nothing.x", ErrorKind::kNotFound},
      {"params.list[9]", ErrorKind::kNotFound},
      {"nobody", ErrorKind::kNotFound},
      {"true && params.missing", ErrorKind::kNotFound},
      {"params.window.x", ErrorKind::kFailed},
      {"1 / 0", ErrorKind::kFailed},
      {"'a' > 1", ErrorKind::kFailed},
      {"int('x')", ErrorKind::kFailed},
      {"!params.window", ErrorKind::kFailed},
  };
  for (const Kind& row : rows) {
    CAPTURE(row.expression);
    const auto value = Expression::parse(row.expression)->evaluate(scope());
    REQUIRE_FALSE(value);
    CHECK(value.error().kind == row.kind);
  }
}

TEST_CASE("a condition must be true or false") {
  const auto truth = [](std::string_view text) { return Expression::parse(text)->evaluate_bool(scope()); };
  CHECK(*truth("params.window > 1"));
  CHECK_FALSE(*truth("params.window > 3"));
  CHECK_EQ(truth("params.window").error().message, "params.window is 3, not true or false");
  CHECK_EQ(truth("params.nothing").error().message, "params.nothing is null, not true or false");
  CHECK_EQ(truth("'true'").error().message, "\"true\", not true or false");
}

TEST_CASE("a root is asked for once, and only when it is named") {
  const JsonScope scope(json(R"({"params": {"x": 1}, "event": {"rows": [1, 2, 3]}})"));
  CHECK_EQ(outcome("event.rows.filter(r, r > params.x && r > params.x)", scope), "[2,3]");
  CHECK_EQ(scope.asked, 2);
  scope.asked = 0;
  CHECK_EQ(outcome("true || event.rows == [] || params.x == 1", scope), "true");
  CHECK_EQ(scope.asked, 0);
}

TEST_CASE("outside a run only constants and functions work") {
  CHECK_EQ(outcome("1 + size('ab')", EmptyScope()), "3");
  CHECK_EQ(outcome("params.x", EmptyScope()),
           "error: there is no 'params' here; outside a run only constants and functions work");
}

TEST_CASE("unsigned and non-finite numbers of a scope") {
  JsonScope scope;
  scope.set("small", Value(Json(std::uint64_t{5})));
  scope.set("huge", Value(Json(UINT64_MAX)));
  CHECK_EQ(outcome("small - 6", scope), "-1");
  CHECK_EQ(outcome("small == 5 && small < 5.5", scope), "true");
  CHECK_EQ(outcome("huge > 9223372036854775807", scope), "true");
  CHECK_EQ(outcome("huge / 2.0", scope), "9.223372036854776e+18");
}
