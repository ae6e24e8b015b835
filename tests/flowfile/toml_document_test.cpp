#include "flowfile/toml_document.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace qflow {
namespace {

std::string first_line(const Diagnostics& diagnostics) {
  const std::string text = diagnostics.render();
  return text.substr(0, text.find('\n'));
}

const ConfigValue& value_of(const ConfigTable& table, std::string_view key) {
  const ConfigEntry* entry = table.find(key);
  REQUIRE(entry != nullptr);
  return entry->value;
}

TEST_CASE("the tree has every type of TOML") {
  Diagnostics diagnostics("f.toml", "");
  const auto tree = parse_toml(
      "a = true\nb = 7\nc = 1.5\nd = \"x\"\ne = 2026-11-20\nf = 2026-11-20T10:00:00.5+01:00\ng = [1, \"y\"]\n"
      "h = { k = 1 }\ni = 10:00:00\nj = 2026-11-20 10:00:00\n",
      diagnostics);
  REQUIRE(tree);
  CHECK(std::get<bool>(value_of(*tree, "a").data));
  CHECK(std::get<std::int64_t>(value_of(*tree, "b").data) == 7);
  CHECK(std::get<double>(value_of(*tree, "c").data) == 1.5);
  CHECK(std::get<std::string>(value_of(*tree, "d").data) == "x");
  CHECK(std::get<ConfigDateTime>(value_of(*tree, "e").data).text == "2026-11-20");
  CHECK(std::get<ConfigDateTime>(value_of(*tree, "f").data).text == "2026-11-20T10:00:00.5+01:00");
  CHECK(std::get<ConfigList>(value_of(*tree, "g").data).size() == 2);
  CHECK(std::get<ConfigTable>(value_of(*tree, "h").data).entries.size() == 1);
  CHECK(std::get<ConfigDateTime>(value_of(*tree, "i").data).text == "10:00:00");
  CHECK(std::get<ConfigDateTime>(value_of(*tree, "j").data).text == "2026-11-20 10:00:00");
}

TEST_CASE("dates are read as they stand in their lines") {
  for (const std::string begin : {"", "\xEF\xBB\xBF"}) {
    Diagnostics diagnostics("f.toml", "");
    const auto tree =
        parse_toml(begin + "a = [2026-01-01,\r\n\n  2026-01-02, \"é\", 2026-01-03]\nb = 2026-01-04", diagnostics);
    REQUIRE(tree);
    const auto& list = std::get<ConfigList>(value_of(*tree, "a").data);
    CHECK(std::get<ConfigDateTime>(list[0].data).text == "2026-01-01");
    CHECK(std::get<ConfigDateTime>(list[1].data).text == "2026-01-02");
    CHECK(std::get<ConfigDateTime>(list[3].data).text == "2026-01-03");
    CHECK(std::get<ConfigDateTime>(value_of(*tree, "b").data).text == "2026-01-04");
  }
}

TEST_CASE("entries keep the order of the text") {
  Diagnostics diagnostics("f.toml", "");
  const auto tree = parse_toml("zeta = 1\nalpha = 2\n[middle]\nb = 1\na = 2\n[[list]]\nx = 1\n", diagnostics);
  REQUIRE(tree);
  std::vector<std::string> keys;
  for (const ConfigEntry& entry : tree->entries) keys.push_back(entry.key);
  CHECK(keys == std::vector<std::string>{"zeta", "alpha", "middle", "list"});
  const auto& middle = std::get<ConfigTable>(value_of(*tree, "middle").data);
  CHECK(middle.entries[0].key == "b");
}

TEST_CASE("positions count lines and code points from 1") {
  struct Row {
    const char* text;
    const char* key;
    SourcePosition key_position;
    SourcePosition position;
  };
  const Row rows[] = {
      {"a = 1\n", "a", {1, 1}, {1, 5}},
      {"\"ünï\" = \"x\"\n", "ünï", {1, 1}, {1, 9}},
      {"# é\r\n  a = [1]\r\n", "a", {2, 3}, {2, 7}},
      {"\n[ a ]\n", "a", {2, 3}, {2, 1}},
      {"[[a]]\n[[a]]\n", "a", {1, 3}, {1, 1}},
      {"a = '''\nx\n'''\n", "a", {1, 1}, {1, 5}},
      {"a.b = 1\n", "a", {1, 1}, {1, 1}},
      {"\xEF\xBB\xBF\na = 1\n", "a", {2, 1}, {2, 5}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Diagnostics diagnostics("f.toml", row.text);
    const auto tree = parse_toml(row.text, diagnostics);
    REQUIRE(tree);
    const ConfigEntry* entry = tree->find(row.key);
    REQUIRE(entry != nullptr);
    CHECK(entry->key_position == row.key_position);
    CHECK(entry->value.position == row.position);
  }
}

TEST_CASE("a byte order mark does not move the first line") {
  Diagnostics diagnostics("f.toml", "");
  const auto tree = parse_toml(
      "\xEF\xBB\xBF"
      "a = 1\n",
      diagnostics);
  REQUIRE(tree);
  CHECK(tree->entries[0].key_position == SourcePosition{1, 1});
}

TEST_CASE("each table of a list knows its header") {
  Diagnostics diagnostics("f.toml", "");
  const auto tree = parse_toml("[[a]]\nx = 1\n\n[[a]]\nx = 2\n", diagnostics);
  REQUIRE(tree);
  const auto& list = std::get<ConfigList>(value_of(*tree, "a").data);
  CHECK(list[0].position == SourcePosition{1, 1});
  CHECK(list[1].position == SourcePosition{4, 1});
}

TEST_CASE("broken TOML is one error with its position and advice") {
  struct Row {
    std::string text;
    const char* line;
  };
  const Row rows[] = {
      {"[\n",
       "f.toml:1:2: error: broken TOML: key: expected bare key starting character or string delimiter, saw '\\n'; see "
       "https://toml.io for the syntax"},
      {"[=",
       "f.toml:1:2: error: broken TOML: key: expected bare key starting character or string delimiter, saw '='; see "
       "https://toml.io for the syntax"},
      {"id = hello\n",
       "f.toml:1:6: error: broken TOML: value: could not determine value type; put text in double quotes"},
      {"id = \"x\n",
       "f.toml:1:8: error: broken TOML: string: unescaped control characters other than TAB (U+0009) are explicitly "
       "prohibited; close the quotes, or use \"\"\" for text of several lines"},
      {"id = \"x\"\nid = \"y\"\n",
       "f.toml:2:1: error: broken TOML: key-value pair: cannot redefine existing string 'id'; keep one of the two"},
      {"[run]\n[run]\n",
       "f.toml:2:1: error: broken TOML: table header: cannot redefine existing table 'run'; keep one of the two "
       "headers; a list of tables has [[double brackets]]"},
      {"[[steps]]\n[steps]\n",
       "f.toml:2:1: error: broken TOML: table header: cannot redefine existing array 'steps' as table; a list of "
       "tables is continued with [[double brackets]]"},
      {"a = 99999999999999999999\n",
       "f.toml:1:5: error: broken TOML: decimal integer: '99999999999999999999' is not representable in 64 bits; "
       "integers lie between -9223372036854775808 and 9223372036854775807"},
      {"a = 01\n",
       "f.toml:1:5: error: broken TOML: decimal integer: leading zeroes are prohibited; write the number without the "
       "leading zero, or as text in quotes"},
      {"a = \"\\q\"\n",
       "f.toml:1:7: error: broken TOML: string: unknown escape sequence '\\q'; write \\\\ for a backslash, or the text "
       "in 'single quotes'"},
      {"a = \"\xFF\"\n", "f.toml:1:5: error: broken TOML: encountered invalid utf-8 sequence; save the file as UTF-8"},
      {std::string("a = 1\n\0", 7),
       "f.toml:2:1: error: broken TOML: root table: expected keys, tables, whitespace or comments, saw '\\u0000'; the "
       "file contains a NUL byte; remove it"},
      {std::string("a = \"\0\"\n", 8),
       "f.toml:1:6: error: broken TOML: string: unescaped control characters other than TAB (U+0009) are explicitly "
       "prohibited; close the quotes, or use \"\"\" for text of several lines"},
      {"a b = 1\n",
       "f.toml:1:3: error: broken TOML: key-value pair: expected '=', saw 'b'; see https://toml.io for the syntax"},
      {"a = [1,\n", "f.toml:1:8: error: broken TOML: array: encountered end-of-file; close what is open here"},
      {"a = 2026-13-01\n",
       "f.toml:1:5: error: broken TOML: date: expected month between 1 and 12 (inclusive), saw 13; see https://toml.io "
       "for the syntax"},
      {"= 1\n",
       "f.toml:1:1: error: broken TOML: root table: expected keys, tables, whitespace or comments, saw '='; see "
       "https://toml.io for the syntax"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Diagnostics diagnostics("f.toml", row.text);
    CHECK_FALSE(parse_toml(row.text, diagnostics));
    CHECK(diagnostics.list().size() == 1);
    CHECK(first_line(diagnostics) == row.line);
  }
}

TEST_CASE("numbers are finite") {
  for (const char* number : {"inf", "-inf", "nan", "+nan"}) {
    const std::string text = std::string("a = ") + number + "\nb = [1.0, " + number + "]\n";
    Diagnostics diagnostics("f.toml", text);
    REQUIRE(parse_toml(text, diagnostics));
    REQUIRE(diagnostics.list().size() == 2);
    CHECK(first_line(diagnostics) ==
          "f.toml:1:5: error: a number must be finite; write a plain number, or leave the key out");
    CHECK(diagnostics.list()[1].position == SourcePosition{2, 11});
  }
}

TEST_CASE("letters that are not ASCII are no bare keys, and nothing worse") {
  for (const char* letter : {"é", "ß", "ж", "ᚠ", "›", "⺀", "漢", "ﻼ", "😀", "\u00A0", "\u2003", "\u3000"}) {
    for (const std::string& text : {"[" + std::string(letter) + "]\n", "[a" + std::string(letter) + "]\n",
                                    letter + std::string(" = 1\n"), "a" + std::string(letter) + " = 1\n",
                                    "a = " + std::string(letter) + "\n", "a = 1" + std::string(letter) + "\n",
                                    "a = [1," + std::string(letter) + "]\n", "a." + std::string(letter) + " = 1\n"}) {
      CAPTURE(text);
      Diagnostics diagnostics("f.toml", text);
      const auto tree = parse_toml(text, diagnostics);
      CHECK(tree.has_value() != diagnostics.has_errors());
    }
    const std::string good =
        "# " + std::string(letter) + "\na = \"" + letter + "\"\n\"" + letter + "\" = '''" + letter + "'''\n";
    Diagnostics diagnostics("f.toml", good);
    CHECK(parse_toml(good, diagnostics));
  }
}

TEST_CASE("a name of very many parts is an error, not a crash") {
  for (const auto& [parts, message] : {std::pair{1'500, "broken TOML: nested deeper than 400 levels"},
                                       std::pair{100'000, "broken TOML: a name of more than 2000 parts"}}) {
    for (const std::string begin : {"", "[", "[[", "x = { "}) {
      CAPTURE(begin);
      std::string text = "id = \"A\"\n" + begin + "a";
      for (int i = 0; i < parts; ++i) text += i % 2 == 0 ? ".b" : " . \"! \"";
      text += begin == "[" ? "]" : begin == "[[" ? "]]" : begin.empty() ? " = 1" : " = 1 }";
      Diagnostics diagnostics("f.toml", text);
      CHECK_FALSE(parse_toml(text, diagnostics));
      REQUIRE(diagnostics.list().size() == 1);
      CHECK(diagnostics.list().front().message == message);
      CHECK(diagnostics.list().front().position.line == 2);
    }
  }
}

TEST_CASE("long names in tables in each other are an error, not a crash") {
  std::string text, end;
  for (int i = 0; i < 250; ++i) {
    text += "a";
    for (int part = 1; part < 1'900; ++part) text += ".a";
    text += " = { ";
    end += " }";
  }
  text += "z = 1" + end;
  Diagnostics diagnostics("f.toml", text);
  CHECK_FALSE(parse_toml(text, diagnostics));
  CHECK(diagnostics.list().size() == 1);
}

TEST_CASE("lines with many dots are no names") {
  std::string numbers = "1", words = "x";
  for (int i = 0; i < 900; ++i) {
    numbers += ".5";
    words += ".x . x";
  }
  const std::string text = "a = \"" + numbers + "\"\nrun = '''\n" + words + "\n'''\n# " + words + "\n";
  Diagnostics diagnostics("f.toml", text);
  CHECK(parse_toml(text, diagnostics));
}

TEST_CASE("deep nesting is an error, not a crash") {
  for (const char* open : {"[", "{ a = "}) {
    std::string text = "a = ";
    for (int i = 0; i < 100000; ++i) text += open;
    Diagnostics diagnostics("f.toml", text);
    CHECK_FALSE(parse_toml(text, diagnostics));
    CHECK(diagnostics.has_errors());
  }
}

}  // namespace
}  // namespace qflow
