#include <doctest/doctest.h>

#include "expression/expression_rows.h"

using namespace qflow;

namespace {

const JsonScope& scope() {
  static const JsonScope scope = [] {
    JsonScope made(json(R"({
      "params": {"window": 1, "mode": "slow", "ok": false, "yes": true, "key": "rows", "nothing": null, "two": "2",
                 "limits": {"rows": 10, "cols": 3}, "empty": [], "tags": ["a", "b", "c", "d", "e"]},
      "event": {"name": "food", "context": "2026-11-20T10", "payload": {"latest": "2026-11-20", "rows": 12,
                "long": "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg"}},
      "artifacts": {"rows": [{"score": 1, "id": "a"}, {"score": 5, "id": "b"}],
                    "many": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26]}
    })"));
    made.set("now", Value(*parse_instant("2026-11-20T10:00:00Z")));
    return made;
  }();
  return scope;
}

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const std::string expression = row.expression;
    CAPTURE(expression);
    const auto parsed = Expression::parse(expression);
    REQUIRE(parsed);
    CHECK_EQ(parsed->explain(scope()), std::string(row.expected));
  }
}

}  // namespace

TEST_CASE("comparisons name the values they had") {
  check({
      {"params.window > 1", "params.window > 1 is false: params.window is 1"},
      {"params.window == 1", "params.window == 1 is true: params.window is 1"},
      {"1 < params.window", "1 < params.window is false: params.window is 1"},
      {"params.window == params.limits.rows",
       "params.window == params.limits.rows is false: params.window is 1, params.limits.rows is 10"},
      {"params.window != params.window", "params.window != params.window is false: params.window is 1"},
      {"params['window'] > 1", "params['window'] > 1 is false: params['window'] is 1"},
      {"params.nothing == 1", "params.nothing == 1 is false: params.nothing is null"},
      {"params.window == '1'", "params.window == '1' is false: params.window is 1, an integer never equals text"},
      {"params.two != 2", "params.two != 2 is true: params.two is \"2\", text never equals an integer"},
      {"now == '2026-11-20T10:00:00Z'",
       "now == '2026-11-20T10:00:00Z' is false: now is 2026-11-20T10:00:00Z, an instant never equals text"},
      {"params.window + 1 > 3", "params.window + 1 > 3 is false: params.window + 1 is 2, params.window is 1"},
      {"params.window * 2 - params.limits.cols == 0",
       "params.window * 2 - params.limits.cols == 0 is false: params.window * 2 - params.limits.cols is -1, "
       "params.window * 2 is 2, params.window is 1, params.limits.cols is 3"},
      {"-params.window > 0", "-params.window > 0 is false: -params.window is -1, params.window is 1"},
      {"size(artifacts.rows) > 2", "size(artifacts.rows) > 2 is false: size(artifacts.rows) is 2"},
      {"event.name.upperAscii() == 'DRINK'",
       "event.name.upperAscii() == 'DRINK' is false: event.name.upperAscii() is \"FOOD\""},
      {"params.limits[params.key] > 20",
       "params.limits[params.key] > 20 is false: params.limits[params.key] is 10, params.key is \"rows\""},
      {"(params.window > 0) == params.ok",
       "(params.window > 0) == params.ok is false: params.window > 0 is true, params.window is 1, params.ok is false"},
      {"event.payload.long == ''",
       "event.payload.long == '' is false: event.payload.long is "
       "\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff...\""},
      {"artifacts.many == []",
       "artifacts.many == [] is false: artifacts.many is "
       "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23... (26 elements)"},
      {"params.mode\n    ==   'fast'", "params.mode == 'fast' is false: params.mode is \"slow\""},
  });
}

TEST_CASE("in") {
  check({
      {"params.mode in ['fast', 'faster']", "params.mode in ['fast', 'faster'] is false: params.mode is \"slow\""},
      {"'z' in params.tags", "'z' in params.tags is false: params.tags is [\"a\",\"b\",\"c\",\"d\",\"e\"]"},
      {"'x' in params.limits", "'x' in params.limits is false: params.limits is {\"cols\":3,\"rows\":10}"},
      {"params.window in [2, params.limits.cols]",
       "params.window in [2, params.limits.cols] is false: params.window is 1, params.limits.cols is 3"},
      {"!(params.mode in ['slow'])", "!(params.mode in ['slow']) is false: params.mode is \"slow\""},
  });
}

TEST_CASE("of && and || only the terms that decided") {
  check({
      {"params.window > 1 && params.yes", "params.window > 1 is false: params.window is 1"},
      {"params.yes && params.window > 1", "params.window > 1 is false: params.window is 1"},
      {"params.yes && params.ok", "params.ok is false"},
      {"params.window > 1 && params.mode == 'fast'",
       "params.window > 1 is false: params.window is 1; params.mode == 'fast' is false: params.mode is \"slow\""},
      {"params.yes && params.window == 1", "params.yes is true; params.window == 1 is true: params.window is 1"},
      {"params.ok || params.window > 1", "params.ok is false; params.window > 1 is false: params.window is 1"},
      {"params.ok || params.window == 1", "params.window == 1 is true: params.window is 1"},
      {"has(event.payload.x) && event.payload.x > 1", "has(event.payload.x) is false: event.payload has no 'x'"},
      {"params.missing == 1 || params.yes", "params.yes is true"},
      {"true && params.ok", "params.ok is false"},
      {"params.yes && true", "params.yes is true"},
      {"params.yes && false", "it is always false"},
      {"params.yes && (params.ok || params.window > 1)",
       "params.ok is false; params.window > 1 is false: params.window is 1"},
      {"params.ok || params.window == 2 || params.window == 3 || params.window == 4 || params.window == 5",
       "params.ok is false; params.window == 2 is false: params.window is 1; params.window == 3 is false: "
       "params.window "
       "is 1; and 2 more"},
  });
}

TEST_CASE("negations") {
  check({
      {"!params.yes", "!params.yes is false: params.yes is true"},
      {"!params.ok", "!params.ok is true: params.ok is false"},
      {"!!params.ok", "!!params.ok is false: params.ok is false"},
      {"!(params.window > 0)", "!(params.window > 0) is false: params.window is 1"},
      {"!has(params.window)", "!has(params.window) is false: params.window is 1"},
      {"!(params.window > 0 && params.yes)",
       "!(params.window > 0 && params.yes) is false: params.window > 0 is true (params.window is 1); params.yes is "
       "true"},
      {"!(params.ok || params.window == 1)",
       "!(params.ok || params.window == 1) is false: params.window == 1 is true (params.window is 1)"},
      {"!params.tags.exists(t, t == 'b')",
       "!params.tags.exists(t, t == 'b') is false: in element 1 of params.tags t is \"b\""},
  });
}

TEST_CASE("has, functions, names, constants, values") {
  check({
      {"has(event.payload.lates)", "has(event.payload.lates) is false: event.payload has no 'lates', but 'latest'"},
      {"has(event.payload.zzz)", "has(event.payload.zzz) is false: event.payload has no 'zzz'"},
      {"has(event.payload.rows)", "has(event.payload.rows) is true: event.payload.rows is 12"},
      {"has(params.nothing.x)", "has(params.nothing.x) is false: params.nothing is null"},
      {"event.name.startsWith('x')", "event.name.startsWith('x') is false: event.name is \"food\""},
      {"event.name.matches(params.mode)",
       "event.name.matches(params.mode) is false: event.name is \"food\", params.mode is \"slow\""},
      {"bool(params.two + '')", "bool() reads no boolean from params.two + '' (\"2\"); 'true' and 'false' are read"},
      {"params.ok", "params.ok is false"},
      {"params.window + 1", "params.window + 1 is 2: params.window is 1"},
      {"params.limits", "params.limits is {\"cols\":3,\"rows\":10}"},
      {"[params.window, 2]", "[params.window, 2] is [1,2]: params.window is 1"},
      {"{'a': params.window}.a", "{'a': params.window}.a is 1: params.window is 1"},
      {"artifacts.rows.map(r, r.id)",
       R"(artifacts.rows.map(r, r.id) is ["a","b"]: artifacts.rows is [{"id":"a","score":1},{"id":"b","score":5}])"},
      {"false", "it is always false"},
      {"1 > 2", "1 > 2 is always false"},
      {"[1].exists(x, x > 2)", "[1].exists(x, x > 2) is false: no element of [1] fits; in element 0 x is 1"},
      {"params.ok ? params.window > 0 : params.mode == 'fast'",
       "params.ok is false; params.mode == 'fast' is false: params.mode is \"slow\""},
      {"params.yes ? params.window > 3 : params.missing",
       "params.yes is true; params.window > 3 is false: params.window is 1"},
  });
}

TEST_CASE("macros name the elements") {
  check({
      {"artifacts.rows.exists(r, r.score > 9)",
       "artifacts.rows.exists(r, r.score > 9) is false: no element of artifacts.rows fits; in element 0 r.score is 1; "
       "in element 1 r.score is 5"},
      {"artifacts.rows.exists(r, r.score > 3)",
       "artifacts.rows.exists(r, r.score > 3) is true: in element 1 of artifacts.rows r.score is 5"},
      {"params.tags.exists(t, t == params.mode)",
       "params.tags.exists(t, t == params.mode) is false: no element of params.tags fits; in element 0 t is \"a\", "
       "params.mode is \"slow\"; in element 1 t is \"b\", params.mode is \"slow\"; in element 2 t is \"c\", "
       "params.mode "
       "is \"slow\"; and 2 more"},
      {"params.empty.exists(t, t > 1)", "params.empty.exists(t, t > 1) is false: params.empty is empty"},
      {"artifacts.rows.all(r, r.score > 3)",
       "artifacts.rows.all(r, r.score > 3) is false: in element 0 of artifacts.rows r.score is 1"},
      {"artifacts.many.all(n, n > 20)",
       "artifacts.many.all(n, n > 20) is false: in element 0 of artifacts.many n is 1 (one of 20 such)"},
      {"artifacts.rows.all(r, r.score > 0)",
       "artifacts.rows.all(r, r.score > 0) is true: all 2 elements of artifacts.rows fit"},
      {"params.empty.all(t, t > 1)", "params.empty.all(t, t > 1) is true: params.empty is empty"},
      {"artifacts.rows.all(r, r.score > 3 && r.id != 'z')",
       "artifacts.rows.all(r, r.score > 3 && r.id != 'z') is false: in element 0 of artifacts.rows r.score > 3 is "
       "false "
       "(r.score is 1)"},
      {"artifacts.rows.exists_one(r, r.score > 0)",
       "artifacts.rows.exists_one(r, r.score > 0) is false: 2 elements of artifacts.rows fit: 0, 1"},
      {"artifacts.rows.exists_one(r, r.score > 9)",
       "artifacts.rows.exists_one(r, r.score > 9) is false: no element of artifacts.rows fits; in element 0 r.score is "
       "1; in element 1 r.score is 5"},
      {"artifacts.rows.exists_one(r, r.score > 3)",
       "artifacts.rows.exists_one(r, r.score > 3) is true: in element 1 of artifacts.rows r.score is 5"},
      {"params.limits.exists(k, params.limits[k] > 20)",
       "params.limits.exists(k, params.limits[k] > 20) is false: no key of params.limits fits; in key \"cols\" "
       "params.limits[k] is 3, k is \"cols\"; in key \"rows\" params.limits[k] is 10, k is \"rows\""},
      {"size(artifacts.rows.filter(r, r.score > 9)) > 0",
       "size(artifacts.rows.filter(r, r.score > 9)) > 0 is false: size(artifacts.rows.filter(r, r.score > 9)) is 0, "
       "artifacts.rows has 2 elements"},
      {"artifacts.rows.exists(r, params.tags.exists(t, t == r.id && r.score > 9))",
       "artifacts.rows.exists(r, params.tags.exists(t, t == r.id && r.score > 9)) is false: no element of "
       "artifacts.rows fits; in element 0 no element of params.tags fits; in element 0 r.score > 9 is false (r.score "
       "is "
       "1); and 4 more; in element 1 no element of params.tags fits; in element 0 t == r.id is false (t is \"a\", r.id "
       "is \"b\"); r.score > 9 is false (r.score is 5); and 4 more"},
  });
}

TEST_CASE("of an error its text") {
  check({
      {"event.payload.lates > '2026'", "no field 'lates' in event.payload; did you mean 'latest'?"},
      {"params.yes && params.mode > 1",
       "can't compare params.mode (\"slow\", text) with 1 (an integer); int() or double() makes a number of text, "
       "string() text of a number"},
      {"1 / (params.window - 1) > 2", "division by zero in 1 / (params.window - 1)"},
      {"nobody.x", "there is no 'nobody' here"},
  });
}
