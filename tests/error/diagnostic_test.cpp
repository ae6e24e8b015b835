#include "qflow/error/diagnostic.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

std::vector<std::string> messages(const Diagnostics& diagnostics) {
  std::vector<std::string> all;
  for (const Diagnostic& diagnostic : diagnostics.list()) all.push_back(diagnostic.message);
  return all;
}

// What one error at `position` of `text` renders as, after its first line.
std::string source_lines(const std::string& text, SourcePosition position) {
  Diagnostics diagnostics("f", text);
  diagnostics.error(position, "x");
  const std::string rendered = diagnostics.render();
  return rendered.substr(rendered.find('\n') + 1);
}

TEST_CASE("a problem renders with position, help, source line and caret") {
  Diagnostics diagnostics("flows/a.toml", "id = \"A\"\nretries = \"3\"\n");
  diagnostics.error({2, 11}, "`retries` must be an integer", "write 3");
  CHECK(diagnostics.render() ==
        "flows/a.toml:2:11: error: `retries` must be an integer; write 3\n"
        "retries = \"3\"\n"
        "          ^\n");
}

TEST_CASE("warnings say so, and are no errors") {
  Diagnostics diagnostics("a.toml", "id = 1\n");
  CHECK(!diagnostics.has_errors());
  CHECK(diagnostics.render().empty());
  diagnostics.warning({1, 1}, "no steps");
  CHECK(!diagnostics.has_errors());
  CHECK(diagnostics.render() == "a.toml:1:1: warning: no steps\nid = 1\n^\n");
  diagnostics.error({1, 6}, "wrong");
  CHECK(diagnostics.has_errors());
}

TEST_CASE("problems stand in the order of their positions, equal ones in the order of finding") {
  Diagnostics diagnostics("f", "");
  diagnostics.error({2, 1}, "c");
  diagnostics.error({1, 5}, "b");
  diagnostics.warning({1, 1}, "z");
  diagnostics.error({10, 1}, "e");
  diagnostics.error({1, 1}, "a");
  diagnostics.error({2, 9}, "d");
  CHECK(messages(diagnostics) == std::vector<std::string>{"z", "a", "b", "c", "d", "e"});
}

TEST_CASE("the same problem is listed once; another help, severity or place is another problem") {
  Diagnostics diagnostics("f", "");
  diagnostics.error({1, 1}, "a");
  diagnostics.error({1, 1}, "b");
  diagnostics.error({1, 1}, "a");
  diagnostics.warning({1, 1}, "a");
  diagnostics.error({1, 1}, "a", "help");
  diagnostics.error({1, 2}, "a");
  diagnostics.error({1, 2}, "a");
  CHECK(messages(diagnostics) == std::vector<std::string>{"a", "b", "a", "a", "a"});
}

TEST_CASE("the caret stands under its column") {
  struct Row {
    std::string_view what;
    std::string text;
    SourcePosition position;
    std::string_view expected;
  };
  const Row rows[] = {
      {"tabs are kept", "\tkey\t= 1", {1, 6}, "\tkey\t= 1\n\t   \t^\n"},
      {"columns are code points", "\xC3\xA4\xE2\x82\xAC = x", {1, 6}, "\xC3\xA4\xE2\x82\xAC = x\n     ^\n"},
      {"broken UTF-8 is one column a byte", "\xFF\xFF = x", {1, 6}, "\xEF\xBF\xBD\xEF\xBF\xBD = x\n     ^\n"},
      {"control characters do not reach the terminal", "a\x1B[2J = x", {1, 9}, "a\xEF\xBF\xBD[2J = x\n        ^\n"},
      {"Windows line ends", "a\r\nbc\r\n", {2, 2}, "bc\n ^\n"},
      {"the last line needs no newline", "a\nbc", {2, 1}, "bc\n^\n"},
      {"just after the line's end", "abc", {1, 4}, "abc\n   ^\n"},
      {"far behind the line's end", "abc", {1, 400}, "abc\n   ^\n"},
      {"an empty line", "\n\nx", {2, 1}, "\n^\n"},
      {"positions that no text has", "abc", {1, 0}, "abc\n^\n"},
      {"negative columns", "abc", {1, -7}, "abc\n^\n"},
      {"no such line", "abc", {2, 1}, ""},
      {"line 0", "abc", {0, 1}, ""},
      {"an empty text", "", {1, 1}, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    CHECK(source_lines(row.text, row.position) == row.expected);
  }
}

TEST_CASE("of a long line only the part around the column is shown") {
  const std::string dots = "\xE2\x80\xA6";
  const std::string text = std::string(1 << 20, 'a') + "X" + std::string(1 << 20, 'b');
  const std::string shown = source_lines(text, {1, (1 << 20) + 1});
  CHECK(shown ==
        dots + std::string(120, 'a') + "X" + std::string(119, 'b') + dots + "\n" + std::string(121, ' ') + "^\n");
  CHECK(source_lines(text, {1, 3}) == std::string(240, 'a') + dots + "\n  ^\n");
  CHECK(source_lines(std::string(240, 'a'), {1, 240}) == std::string(240, 'a') + "\n" + std::string(239, ' ') + "^\n");
}

TEST_CASE("many problems in one long line") {
  Diagnostics diagnostics("f", std::string(1 << 20, 'a') + "\nb");
  for (int i = 1; i <= 20'000; ++i) diagnostics.error({1, i * 50}, "x");
  diagnostics.error({2, 1}, "y");
  CHECK(diagnostics.render().ends_with("f:2:1: error: y\nb\n^\n"));
}

TEST_CASE("messages can't forge lines") {
  Diagnostics diagnostics("f", "x");
  diagnostics.error({1, 1}, "a\nb\x1B[2J", "c\td");
  CHECK(diagnostics.render() == "f:1:1: error: a\\nb\\x1b[2J; c\\td\nx\n^\n");
}

TEST_CASE("100,000 problems at one place are listed") {
  Diagnostics diagnostics("f", "");
  for (int i = 0; i < 100'000; ++i) diagnostics.error({1, 1}, "m" + std::to_string(i % 50'000));
  CHECK(diagnostics.list().size() == 50'000);
}

TEST_CASE("the file and its text are kept") {
  const Diagnostics diagnostics("flow.toml", "abc");
  CHECK(diagnostics.file() == "flow.toml");
  CHECK(diagnostics.text() == "abc");
}

}  // namespace
}  // namespace qflow
