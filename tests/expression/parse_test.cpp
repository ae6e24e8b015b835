#include <doctest/doctest.h>

#include <string>

#include "expression/expression_rows.h"

using namespace qflow;

namespace {

std::string repeat(std::string_view part, std::size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

std::string problem(std::string_view text) {
  const std::string found = outcome(text, EmptyScope());
  return found.starts_with("problem") ? found : "no problem: " + found.substr(0, 100);
}

}  // namespace

TEST_CASE("problems of syntax say where, what, and what to write") {
  check_rows(
      {
          {"", "problem at 0: there is no expression here"},
          {"  ", "problem at 0: there is no expression here"},
          {"// only a comment", "problem at 0: there is no expression here"},
          {"1 +", "problem at 3: expected a value, found the end"},
          {"+ 1", "problem at 0: expected a value, found '+'"},
          {"1 2", "problem at 2: expected the end of the expression, found '2'"},
          {"(1", "problem at 2: expected ')', found the end"},
          {"1)", "problem at 1: expected the end of the expression, found ')'"},
          {"[1 2]", "problem at 3: expected ',' or ']', found '2'"},
          {"[,]", "problem at 1: expected a value, found ','"},
          {"{'a'}", "problem at 4: expected ':' and the value of the key, found '}'"},
          {"{'a': 1 'b': 2}", "problem at 8: expected ',' or '}', found 'b'"},
          {"{1: 2}", "problem at 1: a key of a map is text; write it in quotes"},
          {"{'a': 1, 'a': x}", "problem at 9: the key 'a' stands twice in one map"},
          {"{{ params.x }}", "problem at 0: this is an expression, not a template; write it without {{ and }}"},
          {"a.", "problem at 2: expected the name of a field, found the end"},
          {"a.1", "problem at 1: expected the end of the expression, found '.1'"},
          {"a.'b'", "problem at 2: expected the name of a field, found 'b'"},
          {"a[]", "problem at 2: expected a value, found ']'"},
          {"a[1", "problem at 3: expected ']', found the end"},
          {"a.in", "problem at 2: 'in' is a word of the language, not a field; write [\"in\"]"},
          {"a.true", "problem at 2: 'true' is a word of the language, not a field; write [\"true\"]"},
          {"true ? 1", "problem at 8: expected ':' and the value for false, found the end"},
          {"true ? true ? 1 : 2 : 3", "problem at 12: a ?: between '?' and ':' needs parentheses around it"},
          {"a = 1", "problem at 2: unexpected character '='; write == to compare"},
          {"a & b", "problem at 2: unexpected character '&'; write && for 'and'"},
          {"a | b", "problem at 2: unexpected character '|'; write || for 'or'"},
          {"a and b", "problem at 2: expected the end of the expression, found 'and'; write && for 'and'"},
          {"a or b", "problem at 2: expected the end of the expression, found 'or'; write || for 'or'"},
          {"not a", "problem at 0: there is no name 'not'; write ! for 'not'"},
          {"a is null", "problem at 2: expected the end of the expression, found 'is'; write == to compare"},
          {"a # b", "problem at 2: unexpected character '#'"},
          {"a.`b`", "problem at 2: unexpected character '`'; write [\"name\"] for a field whose name is no plain word"},
          {"\u201ca\u201d", "problem at 0: unexpected character '\u201c'; write straight quotes: \""},
          {"ü", "problem at 0: unexpected character 'ü'"},
          {"'abc", "problem at 0: the text that starts here is not closed; close it with '"},
          {"x == \"abc", "problem at 5: the text that starts here is not closed; close it with \""},
          {"'''abc'", "problem at 0: the text that starts here is not closed; close it with '''"},
          {"'a\nb'",
           "problem at 0: a line ends inside the text that starts here; close it with ', or write \\n for a line "
           "break"},
          {"'a\\'", "problem at 0: the text that starts here is not closed; close it with '"},
          {R"(1 + "\q")",
           R"(problem at 5: unknown escape '\q'; write \\ for a backslash, or r'...' for text without escapes)"},
          {R"("\x4")",
           R"(problem at 1: unknown escape '\x'; write \\ for a backslash, or r'...' for text without escapes)"},
          {R"("\uD800")",
           R"(problem at 1: unknown escape '\u'; write \\ for a backslash, or r'...' for text without escapes)"},
          {R"("\U00110000")",
           R"(problem at 1: unknown escape '\U'; write \\ for a backslash, or r'...' for text without escapes)"},
          {R"("\8")",
           R"(problem at 1: unknown escape '\8'; write \\ for a backslash, or r'...' for text without escapes)"},
          {"b'abc'", "problem at 0: there are no byte strings; write text without the 'b'"},
          {"1u", "problem at 0: '1u' is neither a number nor a name; write integers without the 'u'"},
          {"12abc", "problem at 0: '12abc' is neither a number nor a name"},
          {"0x", "problem at 0: '0x' is neither a number nor a name"},
          {"1e400", "problem at 0: the number is too large; doubles reach 1.8e308"},
          {"1.", "problem at 2: expected the name of a field, found the end"},
          {"while", "problem at 0: 'while' is a reserved word"},
          {"namespace.x", "problem at 0: 'namespace' is a reserved word"},
          {".x", "problem at 0: expected a value, found '.'"},
          {"a ? b", "problem at 5: expected ':' and the value for false, found the end"},
      },
      EmptyScope());
}

TEST_CASE("calls are checked when they are parsed") {
  check_rows(
      {
          {"sizee(1)", "problem at 0: there is no function 'sizee'; did you mean 'size'?"},
          {"1 + a.startWith('x')", "problem at 6: there is no function 'startWith'; did you mean 'startsWith'?"},
          {"a.exist(x, x)", "problem at 2: there is no function 'exist'; did you mean 'exists'?"},
          {"exists(a, x, x)", "problem at 0: there is no function 'exists'; write list.exists(x, condition)"},
          {"a.has(b)", "problem at 2: there is no function 'has'; write has(a.b)"},
          {"size()", "problem at 0: 'size' takes 1 argument, not 0; write size(x)"},
          {"size(1, 2)", "problem at 0: 'size' takes 1 argument, not 2; write size(x)"},
          {"a.size(1)", "problem at 2: 'size' takes no argument, not 1; write size(x)"},
          {"'a'.substring()",
           "problem at 4: 'substring' takes 1 or 2 arguments, not 0; write text.substring(start, end)"},
          {"'a'.contains('a', 'b')", "problem at 4: 'contains' takes 1 argument, not 2; write text.contains(part)"},
          {"'a'.lowerAscii(1)", "problem at 4: 'lowerAscii' takes no argument, not 1; write text.lowerAscii()"},
          {"matches('a')", "problem at 0: 'matches' takes 2 arguments, not 1; write text.matches(pattern)"},
          {"contains('a', 'b')", "problem at 0: 'contains' is called on a value; write text.contains(part)"},
          {"a.int()", "problem at 2: 'int' is not called on a value; write int(x)"},
          {"size(1,)", "problem at 7: expected a value, found ')'"},
          {"size(1", "problem at 6: expected ',' or ')', found the end"},
          {"has(a)", "problem at 4: has() asks for a field: has(a.b)"},
          {"has(a['b'])", "problem at 4: has() asks for a field: has(a.b); write \"key\" in a"},
          {"has(1 + 2)", "problem at 4: has() asks for a field: has(a.b)"},
          {"has()", "problem at 4: expected a value, found ')'"},
          {"a.all(1, true)", "problem at 6: 'all' takes a name for the element first; write list.all(x, condition)"},
          {"a.all(x.y, true)",
           "problem at 7: after the element's name 'all' takes an expression; write list.all(x, condition)"},
          {"a.all(x)",
           "problem at 7: after the element's name 'all' takes an expression; write list.all(x, condition)"},
          {"a.all(x, 1, 2)",
           "problem at 2: 'all' takes a name and one expression, not 2; write list.all(x, condition)"},
          {"a.map(x, 1, 2, 3)",
           "problem at 2: 'map' takes a name and one or two expressions, not 3; write list.map(x, value)"},
          {"a.map(if, 1)", "problem at 6: 'map' takes a name for the element first; write list.map(x, value)"},
          {"a.map()", "problem at 6: 'map' takes a name for the element first; write list.map(x, value)"},
          {"a.map(x, x", "problem at 10: expected ',' or ')', found the end"},
      },
      EmptyScope());
}

TEST_CASE("what nests deeper than 200 levels is refused, wherever it nests") {
  constexpr std::size_t kMany = 100'000;
  const std::vector<std::string> hostile = {
      repeat("(", kMany),
      repeat("(", kMany) + "1" + repeat(")", kMany),
      repeat("[", kMany) + repeat("]", kMany),
      repeat("{'a':", kMany) + "1" + repeat("}", kMany),
      repeat("!", kMany) + "true",
      repeat("-", kMany) + "x",
      repeat("-", kMany) + "1",
      repeat("true ? 1 : ", kMany / 2) + "1",
      repeat("1 + ", kMany) + "1",
      repeat("x * ", kMany) + "1",
      repeat("1 == ", kMany) + "1",
      "a" + repeat(".b", kMany),
      "a" + repeat("[0]", kMany),
      "a" + repeat(".size()", kMany),
      repeat("size(", kMany),
      "a" + repeat(".map(x, x", kMany / 2),
      repeat("has(a.b) && (", kMany / 2),
  };
  for (const std::string& text : hostile) {
    const std::string shown = text.substr(0, 30);
    CAPTURE(shown);
    CHECK_NE(problem(text).find("more than 200 levels deep"), std::string::npos);
  }
  CHECK_EQ(outcome(repeat("(", 199) + "1" + repeat(")", 199), EmptyScope()), "1");
  CHECK_EQ(outcome(repeat("!", 199) + "true", EmptyScope()), "false");
  CHECK_EQ(outcome(repeat("1 + ", 199) + "1", EmptyScope()), "200");
  CHECK_EQ(outcome(repeat("false ? 0 : ", 199) + "7", EmptyScope()), "7");
  CHECK_EQ(outcome(repeat("[", 199) + repeat("]", 199) + " != []", EmptyScope()), "true");
}

TEST_CASE("chains of && and || are as long as they like") {
  CHECK_EQ(outcome(repeat("true && ", 50'000) + "false", EmptyScope()), "false");
  CHECK_EQ(outcome(repeat("false || ", 50'000) + "true", EmptyScope()), "true");
  CHECK_EQ(outcome(repeat("true && false || ", 20'000) + "false", EmptyScope()), "false");
}

TEST_CASE("hostile texts") {
  using namespace std::string_literals;
  CHECK_EQ(problem("a\xff"), "problem at 1: the expression is not valid UTF-8");
  CHECK_EQ(problem("'\xc3'"), "problem at 1: the expression is not valid UTF-8");
  CHECK_EQ(problem("'\xed\xa0\x80'"), "problem at 1: the expression is not valid UTF-8");
  CHECK_EQ(problem("\0"s), "problem at 0: unexpected character '\\x00'");
  CHECK_EQ(problem("1 \0"s), "problem at 2: unexpected character '\\x00'");
  CHECK(problem("\xef\xbb\xbf"
                "1")
            .starts_with("problem at 0: unexpected character"));
  CHECK_EQ(outcome("'a\0b'.size()"s, EmptyScope()), "3");
  CHECK_EQ(problem(repeat("1", 400)), "problem at 0: the number is too large; doubles reach 1.8e308");
  CHECK_EQ(outcome(repeat("0", 100'000) + "7", EmptyScope()), "7");
  CHECK_EQ(outcome("0." + repeat("0", 100'000) + "1", EmptyScope()), "0.0");
  CHECK_EQ(outcome("size('" + repeat("a", 500'000) + "')", EmptyScope()), "500000");
  CHECK_EQ(outcome("size([" + repeat("1,", 200'000) + "])", EmptyScope()), "200000");
  CHECK_EQ(problem(std::string((1 << 20) + 1, ' ')), "problem at 0: the expression is longer than 1 MiB");
  CHECK_EQ(problem("[" + repeat("'a'.matches('(\\\\pL{10}){10}'),", 1000) + "1]"),
           "problem at 73: the regular expressions of one expression are too large; write simpler ones");
  CHECK_NE(problem("'a'.matches('" + repeat("(a{1000})", 1000) + "')").find("not a regular expression"),
           std::string::npos);
}

TEST_CASE("an expression that was not parsed names nothing") {
  const Expression none;
  CHECK_EQ(none.text(), "");
  CHECK_FALSE(none.evaluate(EmptyScope()));
  CHECK_FALSE(none.evaluate_bool(EmptyScope()));
  CHECK(none.references().empty());
  CHECK(none.type() == ExpressionType::kUnknown);
  CHECK_EQ(none.explain(EmptyScope()), "there is no expression here");
}
