#include <doctest/doctest.h>

#include "expression/expression_rows.h"

using namespace qflow;

namespace {

JsonScope make_scope() {
  JsonScope scope(json(R"({"p": {"text": "Grüße, 世界", "pattern": "^a+$", "bad": "(", "n": 3, "list": ["a", "b"],
                                 "mixed": ["a", 1], "map": {"x": 1, "y": 2}, "day": "2026-11-20T10:00:00Z"}})"));
  scope.set("now", Value(*parse_instant("2026-11-20T10:00:00.25Z")));
  scope.set("length", Value(*parse_duration("90m")));
  return scope;
}

void check(const std::vector<Row>& rows) {
  check_rows(rows, make_scope());
}

}  // namespace

TEST_CASE("size") {
  check({
      {"size('')", "0"},
      {"size('abc')", "3"},
      {"size(p.text)", "9"},
      {"p.text.size()", "9"},
      {"'😀'.size()", "1"},
      {"size([1, 2])", "2"},
      {"[].size()", "0"},
      {"size(p.map)", "2"},
      {"{'a': p.n}.size()", "1"},
      {"size([now, length])", "2"},
      {"size(1)", "error: size() takes text, a list or an object, not 1 (an integer)"},
      {"size(null)", "error: size() takes text, a list or an object, not null"},
      {"p.n.size()", "error: size() takes text, a list or an object, not p.n (3, an integer)"},
      {"size(now)", "error: size() takes text, a list or an object, not now (2026-11-20T10:00:00.250Z, an instant)"},
  });
}

TEST_CASE("parts of text") {
  check({
      {"'abc'.startsWith('ab')", "true"},
      {"'abc'.startsWith('b')", "false"},
      {"'abc'.startsWith('')", "true"},
      {"'abc'.endsWith('bc')", "true"},
      {"'abc'.endsWith('abcd')", "false"},
      {"'abc'.contains('b')", "true"},
      {"'abc'.contains('')", "true"},
      {"'abc'.contains('ac')", "false"},
      {"''.contains('a')", "false"},
      {"p.text.contains('世')", "true"},
      {"p.n.startsWith('a')", "error: startsWith() takes text, not p.n (3, an integer)"},
      {"'a'.contains(p.n)", "error: contains() takes text, not p.n (3, an integer)"},
      {"'a'.endsWith(null)", "error: endsWith() takes text, not null"},
      {"'AbÄ'.lowerAscii()", "\"abÄ\""},
      {"'abä'.upperAscii()", "\"ABä\""},
      {"1.upperAscii()", "error: upperAscii() takes text, not 1 (an integer)"},
      {"'tacocat'.substring(4)", R"("cat")"},
      {"'tacocat'.substring(0, 4)", R"("taco")"},
      {"'tacocat'.substring(7)", R"("")"},
      {"'tacocat'.substring(3, 3)", R"("")"},
      {"p.text.substring(2, 5)", "\"üße\""},
      {"p.text.substring(7)", "\"世界\""},
      {"'abc'.substring(4)", "error: no part from 4 to 3 in \"abc\", which has 3 characters"},
      {"'abc'.substring(0, 4)", "error: no part from 0 to 4 in \"abc\", which has 3 characters"},
      {"'abc'.substring(2, 1)", "error: no part from 2 to 1 in \"abc\", which has 3 characters"},
      {"'abc'.substring(-1)", "error: no part from -1 to 3 in \"abc\", which has 3 characters"},
      {"'a'.substring(0, 10)", "error: no part from 0 to 10 in \"a\", which has 1 character"},
      {"'abc'.substring(1.0)", "error: substring() takes an integer, not 1.0 (a float)"},
      {"'abc'.substring(0, 'x')", "error: substring() takes an integer, not \"x\" (text)"},
  });
}

TEST_CASE("split and join") {
  check({
      {"'a,b,,c'.split(',')", R"(["a","b","","c"])"},
      {"','.split(',')", R"(["",""])"},
      {"''.split(',')", R"([""])"},
      {"'abc'.split('x')", R"(["abc"])"},
      {"'a--b--c'.split('--')", R"(["a","b","c"])"},
      {"'a b c'.split(' ', 2)", R"(["a","b c"])"},
      {"'a b c'.split(' ', 1)", R"(["a b c"])"},
      {"'a b c'.split(' ', 0)", "[]"},
      {"'a b c'.split(' ', -1)", R"(["a","b","c"])"},
      {"'a b c'.split(' ', 9)", R"(["a","b","c"])"},
      {"'aü世'.split('')", "[\"a\",\"ü\",\"世\"]"},
      {"'aü世'.split('', 2)", "[\"a\",\"ü世\"]"},
      {"''.split('')", "[]"},
      {"p.n.split(',')", "error: split() takes text, not p.n (3, an integer)"},
      {"'a'.split(1)", "error: split() takes text, not 1 (an integer)"},
      {"['a', 'b'].join()", R"("ab")"},
      {"['a', 'b'].join('-')", R"("a-b")"},
      {"[].join('-')", R"("")"},
      {"p.list.join(', ')", R"("a, b")"},
      {"'c,a'.split(',').join('+')", R"("c+a")"},
      {"p.mixed.join('-')",
       R"(error: join() takes a list of texts, not p.mixed (["a",1], a list); element 1 is an integer; map(x, string(x)) makes texts)"},
      {"p.mixed.map(x, string(x)).join('-')", R"("a-1")"},
      {"'a'.join('-')", "error: join() takes a list of texts, not \"a\" (text)"},
      {"['a'].join(1)", "error: join() takes text, not 1 (an integer)"},
  });
}

TEST_CASE("matches is RE2, anywhere in the text") {
  check({
      {"'abc'.matches('b')", "true"},
      {"matches('abc', '^b')", "false"},
      {R"('2026-11'.matches(r'^\d{4}-\d{2}$'))", "true"},
      {R"('2026-11'.matches('^\\d{4}-\\d{2}$'))", "true"},
      {"'aaa'.matches(p.pattern)", "true"},
      {"'aab'.matches(p.pattern)", "false"},
      {"'ü'.matches('^.$')", "true"},
      {"'ABC'.matches('(?i)abc')", "true"},
      {"''.matches('')", "true"},
      {R"("a\u0000b".matches("\u0000"))", "true"},
      {"'a'.matches(p.bad)", "error: matches() takes a regular expression, not p.bad (\"(\"): missing ): ("},
      {"p.n.matches('a')", "error: matches() takes text, not p.n (3, an integer)"},
      {"'a'.matches(p.n)", "error: matches() takes text, not p.n (3, an integer)"},
      {"'a'.matches('(')",
       "problem at 12: not a regular expression: missing ): (; the syntax is RE2's: "
       "https://github.com/google/re2/wiki/Syntax"},
      {"matches('a', '(?=a)')",
       "problem at 13: not a regular expression: invalid perl operator: (?=; the syntax is RE2's: "
       "https://github.com/google/re2/wiki/Syntax"},
  });
}

TEST_CASE("conversions") {
  check({
      {"int(5)", "5"},
      {"int(2.9)", "2"},
      {"int(-2.9)", "-2"},
      {"int('42')", "42"},
      {"int('-7')", "-7"},
      {"int('9223372036854775807')", "9223372036854775807"},
      {"int(now)", "1795168800"},
      {"int(1e19)", "error: int() reads no integer of 64 bits from 1e+19"},
      {"int('9223372036854775808')", "error: int() reads no integer from \"9223372036854775808\""},
      {"int('1.5')", "error: int() reads no integer from \"1.5\""},
      {"int(' 1')", "error: int() reads no integer from \" 1\""},
      {"int('')", "error: int() reads no integer from \"\""},
      {"int(p.text)", "error: int() reads no integer from p.text (\"Grüße, 世界\")"},
      {"int(true)", "error: int() takes a number, text or an instant, not true (a boolean)"},
      {"int(null)", "error: int() takes a number, text or an instant, not null"},
      {"double(1)", "1.0"},
      {"double(1.5)", "1.5"},
      {"double('1.5')", "1.5"},
      {"double('-2e3')", "-2000.0"},
      {"double(9007199254740993)", "9.007199254740992e+15"},
      {"double('inf')", "error: double() reads no number from \"inf\""},
      {"double('NaN')", "error: double() reads no number from \"NaN\""},
      {"double('1e999')", "error: double() reads no number from \"1e999\""},
      {"double('1x')", "error: double() reads no number from \"1x\""},
      {"double('0x10')", "error: double() reads no number from \"0x10\""},
      {"double(false)", "error: double() takes a number or text, not false (a boolean)"},
      {"string('a')", R"("a")"},
      {"string(1)", R"("1")"},
      {"string(-1.0)", R"("-1.0")"},
      {"string(0.1)", R"("0.1")"},
      {"string(1e30)", R"("1e+30")"},
      {"string(true)", R"("true")"},
      {"string(now)", R"("2026-11-20T10:00:00.250Z")"},
      {"string(length)", R"("1h30m")"},
      {"string(null)", "error: string() takes text, a number, a boolean, an instant or a duration, not null"},
      {"string([1])", "error: string() takes text, a number, a boolean, an instant or a duration, not [1] (a list)"},
      {"bool(true)", "true"},
      {"bool('true')", "true"},
      {"bool('False')", "false"},
      {"bool('1')", "true"},
      {"bool('f')", "false"},
      {"bool('yes')", "error: bool() reads no boolean from \"yes\"; 'true' and 'false' are read"},
      {"bool('TrUe')", "error: bool() reads no boolean from \"TrUe\"; 'true' and 'false' are read"},
      {"bool(1)", "error: bool() takes text or a boolean, not 1 (an integer)"},
  });
}

TEST_CASE("instants and durations") {
  check({
      {"timestamp('2026-11-20T10:00:00Z')", R"("2026-11-20T10:00:00Z")"},
      {"timestamp('2026-11-20T10:00:00+02:00')", R"("2026-11-20T08:00:00Z")"},
      {"timestamp(p.day) == timestamp('2026-11-20T11:00:00+01:00')", "true"},
      {"timestamp(0)", R"("1970-01-01T00:00:00Z")"},
      {"timestamp(now) == now", "true"},
      {"timestamp('2026-11-20')", R"("2026-11-20T00:00:00Z")"},  // what a datetime parameter may be
      {"timestamp('2026-11-20T10:00')", R"("2026-11-20T10:00:00Z")"},
      {"timestamp('2026-11-20 10:00:01')", R"("2026-11-20T10:00:01Z")"},
      {"timestamp('20.11.2026')",
       "error: timestamp() reads no instant from \"20.11.2026\"; write RFC 3339: 2026-11-20T10:00:00Z"},
      {"timestamp(253402300800)", "error: timestamp() reads no instant between the years 1 and 9999 from 253402300800"},
      {"timestamp(1.5)", "error: timestamp() takes text or seconds since 1970 as an integer, not 1.5 (a float)"},
      {"duration('1h30m')", R"("1h30m")"},
      {"duration('90s')", R"("1m30s")"},
      {"duration('-1h')", R"("-1h")"},
      {"duration(length) == length", "true"},
      {"duration('fast')",
       "error: duration() reads no duration from \"fast\"; write 90s, 1h30m, 2d; units are ms, s, m, h, d, w"},
      {"duration('--1h')",
       "error: duration() reads no duration from \"--1h\"; write 90s, 1h30m, 2d; units are ms, s, m, h, d, w"},
      {"duration(5)", "error: duration() takes text, not 5 (an integer)"},
      {"now + length", R"("2026-11-20T11:30:00.250Z")"},
      {"length + now", R"("2026-11-20T11:30:00.250Z")"},
      {"now - length", R"("2026-11-20T08:30:00.250Z")"},
      {"now - timestamp(p.day)", R"("250ms")"},
      {"timestamp(p.day) - now", R"("-250ms")"},
      {"length + length", R"("3h")"},
      {"length - duration('2h')", R"("-30m")"},
      {"now > timestamp(p.day)", "true"},
      {"length >= duration('1h30m')", "true"},
      {"now == p.day", "false"},
      {"now != now", "false"},
      {"[now, now].exists(t, t == now)", "true"},
      {"now in [length, now]", "true"},
      {"{'a': now}.a - now", R"("0s")"},
      {"[now]", R"(["2026-11-20T10:00:00.250Z"])"},
      {"timestamp('9999-12-31T23:59:59Z') + duration('1s')",
       "error: timestamp('9999-12-31T23:59:59Z') + duration('1s') is not between the years 1 and 9999"},
      {"timestamp('0001-01-01T00:00:00Z') - duration('1ms')",
       "error: timestamp('0001-01-01T00:00:00Z') - duration('1ms') is not between the years 1 and 9999"},
      {"now + now",
       "error: can't add now (2026-11-20T10:00:00.250Z, an instant) and now (2026-11-20T10:00:00.250Z, an instant)"},
      {"length - now",
       "error: can't subtract length (1h30m, a duration) and now (2026-11-20T10:00:00.250Z, an instant)"},
      {"length * 2", "error: can't multiply length (1h30m, a duration) and 2 (an integer)"},
      {"-length", "error: can't negate length (1h30m, a duration)"},
      {"now > p.day",
       "error: can't compare now (2026-11-20T10:00:00.250Z, an instant) with p.day (\"2026-11-20T10:00:00Z\", text); "
       "timestamp() makes an instant of text, duration() a duration"},
      {"now > length",
       "error: can't compare now (2026-11-20T10:00:00.250Z, an instant) with length (1h30m, a duration)"},
  });
}

TEST_CASE("macros") {
  check({
      {"[1, 2, 3].all(x, x > 0)", "true"},
      {"[1, 2, 3].all(x, x > 1)", "false"},
      {"[].all(x, x > 1)", "true"},
      {"[1, 2].exists(x, x == 2)", "true"},
      {"[].exists(x, true)", "false"},
      {"[1, 2, 2].exists_one(x, x == 1)", "true"},
      {"[1, 2, 2].exists_one(x, x == 2)", "false"},
      {"[1, 2].exists_one(x, x == 3)", "false"},
      {"[1, 2, 3].filter(x, x % 2 == 1)", "[1,3]"},
      {"[1, 2, 3].map(x, x * x)", "[1,4,9]"},
      {"[1, 2, 3].map(x, x > 1, x * 10)", "[20,30]"},
      {"p.map.all(k, k in ['x', 'y'])", "true"},
      {"p.map.map(k, p.map[k])", "[1,2]"},
      {"p.map.filter(k, p.map[k] > 1)", R"(["y"])"},
      {"{'a': now}.exists(k, k == 'a')", "true"},
      {"[[1, 2], [3]].map(x, x.map(y, y + size(x)))", "[[3,4],[4]]"},
      {"[1, 2].map(p, p)", "[1,2]"},
      {"[p].map(p, p.n)", "[3]"},
      {"[1, 2].map(x, [10].map(x, x)[0] + x)", "[11,12]"},
      {"[1, 2].map(x, {'v': x})[1].v", "2"},
      {"[1].map(x, x).map(x, x).filter(x, x == 1)", "[1]"},
      // Errors are absorbed by all and exists as by && and ||, by nothing else.
      {"[0, 1].all(x, 1 / x > 1)", "false"},
      {"[0, 1].exists(x, 1 / x == 1)", "true"},
      {"[0, 1].all(x, 1 / x == 1)", "error: division by zero in 1 / x"},
      {"[0, 1].exists(x, 1 / x > 1)", "error: division by zero in 1 / x"},
      {"[0, 1].exists_one(x, 1 / x == 1)", "error: division by zero in 1 / x"},
      {"[0, 1].filter(x, 1 / x == 1)", "error: division by zero in 1 / x"},
      {"[0, 1].map(x, 1 / x)", "error: division by zero in 1 / x"},
      {"[1].all(x, x)", "error: x is 1, not true or false"},
      {"[1].filter(x, x.y)", "error: x is 1, not an object: it has no field 'y'"},
      {"[{'a': 1}].map(r, r.b)", "error: no field 'b' in r; known: a"},
      {"p.n.all(x, true)", "error: a macro goes through a list or an object, not p.n (3, an integer)"},
      {"'abc'.map(x, x)", "error: a macro goes through a list or an object, not \"abc\" (text)"},
      {"x.all(x, true)", "error: there is no 'x' here"},
      {"[1].all(x, true) && x", "error: there is no 'x' here"},
  });
}
