#include "qflow/error/printable.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

TEST_CASE("utf8_length knows well-formed sequences only (RFC 3629)") {
  struct Row {
    std::string_view text;
    std::size_t length;
  };
  const Row rows[] = {
      {"", 0},
      {"a", 1},
      {"\x7F", 1},
      {"\xC3\xA4", 2},
      {"\xE2\x82\xACxyz", 3},
      {"\xF0\x9F\x98\x80", 4},
      {"\xED\x9F\xBF", 3},
      {"\xF4\x8F\xBF\xBF", 4},
      {"\x80", 0},              // a continuation byte alone
      {"\xC3", 0},              // cut off
      {"\xC3(", 0},             // broken off
      {"\xE2\x82", 0},          // cut off
      {"\xC0\x80", 0},          // NUL in two bytes
      {"\xC1\xBF", 0},          // over-long
      {"\xE0\x9F\xBF", 0},      // over-long
      {"\xF0\x8F\xBF\xBF", 0},  // over-long
      {"\xED\xA0\x80", 0},      // a surrogate
      {"\xF4\x90\x80\x80", 0},  // beyond U+10FFFF
      {"\xF5\x80\x80\x80", 0},
      {"\xFF", 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(utf8_length(row.text) == row.length);
  }
  CHECK(utf8_length(std::string_view("\0", 1)) == 1);
}

TEST_CASE("is_utf8 and count_code_points read whole texts") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("Stra\xC3\x9F\x65"));
  CHECK(!is_utf8("Stra\xDF\x65"));
  CHECK(count_code_points("") == 0);
  CHECK(count_code_points("Stra\xC3\x9F\x65") == 6);
  CHECK(count_code_points("Stra\xDF\x65") == 6);
  CHECK(count_code_points("\xE2\x82\xE2\x82\xAC") == 3);
}

TEST_CASE("printable escapes what could upset a terminal and leaves the rest") {
  struct Row {
    std::string text;
    std::string_view expected;
  };
  const Row rows[] = {
      {"", ""},
      {"plain 'text' \\ here", "plain 'text' \\ here"},
      {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
      {"\x1B[31m", "\\x1b[31m"},
      {std::string("\0\x01\x7F", 3), "\\x00\\x01\\x7f"},
      {"\xC2\x9B"
       "2J",
       "\\u009b2J"},
      {"\xE2\x80\xAE"
       "exe.txt",
       "\\u202eexe.txt"},
      {"\xE2\x81\xA6", "\\u2066"},
      {"\xE2\x80\xA8", "\\u2028"},
      {"\xFF\xC3", "\\xff\\xc3"},
  };
  for (const Row& row : rows) CHECK(printable(row.text) == row.expected);
}

TEST_CASE("quoted cuts after 80 characters") {
  CHECK(quoted("") == "''");
  CHECK(quoted("a\nb") == "'a\\nb'");
  const std::string exact(80, 'x');
  CHECK(quoted(exact) == "'" + exact + "'");
  CHECK(quoted(exact + "y") == "'" + exact + "...'");
  std::string wide;
  for (int i = 0; i < 80; ++i) wide += "\xC3\xA4";
  CHECK(quoted(wide) == "'" + wide + "'");
  CHECK(quoted(std::string(1 << 20, '\x01')).size() == 80 * 4 + 5);
}

}  // namespace
}  // namespace qflow
