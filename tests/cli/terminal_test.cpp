#include "cli/terminal.h"

#include <doctest/doctest.h>

#include "cli/command_fixture.h"
#include "cli/table.h"

namespace qflow {
namespace {

TEST_CASE("colour is for terminals, unless somebody says otherwise") {
  struct Row {
    bool terminal;
    ColorMode mode;
    std::string no_color;
    std::string term;
    bool colored;
  };
  const std::vector<Row> rows{
      {true, ColorMode::kAuto, "", "xterm", true},   {false, ColorMode::kAuto, "", "xterm", false},
      {true, ColorMode::kAuto, "1", "xterm", false}, {true, ColorMode::kAuto, "", "dumb", false},
      {true, ColorMode::kAuto, "", "", true},        {false, ColorMode::kAlways, "1", "dumb", true},
      {true, ColorMode::kNever, "", "xterm", false}, {false, ColorMode::kAlways, "", "xterm", true},
  };
  for (const Row& row : rows) {
    CommandFixture fixture;
    fixture.out.terminal = row.terminal;
    fixture.home.environment["NO_COLOR"] = row.no_color;
    fixture.home.environment["TERM"] = row.term;
    Context context = fixture.context();
    context.options.color = row.mode;
    const std::string painted = painter_for(context, context.out).paint(Color::kRed, "x");
    CHECK(painted == (row.colored ? "\x1b[31mx\x1b[0m" : "x"));
  }
}

TEST_CASE("times are told as people tell them") {
  struct Row {
    std::string instant;
    std::string text;
  };
  const Instant now = *parse_instant("2026-11-20T10:00:00Z");
  const std::vector<Row> rows{
      {"2026-11-20T10:00:00Z", "just now"},   {"2026-11-20T09:59:59.5Z", "just now"},
      {"2026-11-20T09:59:59Z", "1 s ago"},    {"2026-11-20T09:59:01Z", "59 s ago"},
      {"2026-11-20T09:59:00Z", "1 min ago"},  {"2026-11-20T09:00:01Z", "59 min ago"},
      {"2026-11-20T09:00:00Z", "1 h ago"},    {"2026-11-18T10:00:01Z", "47 h ago"},
      {"2026-11-18T10:00:00Z", "2 days ago"}, {"2026-10-22T10:00:00Z", "29 days ago"},
      {"2026-10-21T10:00:00Z", "2026-10-21"}, {"2026-11-20T10:03:00Z", "in 3 min"},
      {"2026-11-25T10:00:00Z", "in 5 days"},  {"2027-11-25T10:00:00Z", "2027-11-25"},
  };
  for (const Row& row : rows) CHECK(relative_time(*parse_instant(row.instant), now) == row.text);
}

TEST_CASE("texts have a width on the terminal, and are cut to one") {
  struct Row {
    std::string text;
    int width;
    std::string cut_to_4;
  };
  const std::vector<Row> rows{
      {"", 0, ""},          {"abcd", 4, "abcd"},  {"abcde", 5, "abc…"}, {"日本", 4, "日本"},
      {"日本語", 6, "日…"}, {"a日本", 5, "a日…"}, {"é", 1, "é"},        {"e\u0301x", 2, "e\u0301x"},
      {"😀😀😀", 6, "😀…"},     {"…", 1, "…"},        {"\xff", 1, "\xff"},
  };
  for (const Row& row : rows) {
    CHECK(display_width(row.text) == row.width);
    CHECK(cut_to_width(row.text, 4) == row.cut_to_4);
    CHECK(display_width(cut_to_width(row.text, 4)) <= 4);
  }
  CHECK(cut_to_width("abc", 1) == "…");
  CHECK(cut_to_width("abc", 0).empty());
}

std::string table_text(bool terminal, int columns, ColorMode mode = ColorMode::kNever) {
  CommandFixture fixture;
  fixture.out.terminal = terminal;
  fixture.out.columns = columns;
  Context context = fixture.context();
  context.options.color = mode;
  Table table({"RUN", "STATUS", "REASON"});
  table.add({{"Flow/1"}, {"failed", Color::kRed}, {"exit\tstatus\n3 \\ \x1b[2J"}});
  table.add({{"日本/12"}, {"ok"}, {""}});
  table.print(context);
  return fixture.out.text;
}

TEST_CASE("a list is a table on a terminal, and tab-separated values elsewhere") {
  CHECK(table_text(true, 80) ==
        "RUN      STATUS  REASON\n"
        "Flow/1   failed  exit\\tstatus\\n3 \\ \\x1b[2J\n"
        "日本/12  ok\n");
  CHECK(table_text(true, 24) ==
        "RUN      STATUS  REASON\n"
        "Flow/1   failed  exit\\t…\n"
        "日本/12  ok\n");
  CHECK(table_text(false, 24) == "Flow/1\tfailed\texit\\tstatus\\n3 \\\\ \\x1b[2J\n日本/12\tok\t\n");
  CHECK(table_text(true, 80, ColorMode::kAlways).find("  \x1b[31mfailed\x1b[0m  exit") != std::string::npos);
}

std::string narrow_table(int columns) {
  CommandFixture fixture;
  fixture.out.terminal = true;
  fixture.out.columns = columns;
  Table table({"RUN", "STATE", "TAGS", "REASON", "BY"});
  table.add({{"LongFlow/1234", Color::kNone, true}, {"failed quickly"}, {"-"}, {"exit status 3 of step"}, {"me"}});
  Context context = fixture.context();
  context.options.color = ColorMode::kNever;
  table.print(context);
  return fixture.out.text;
}

TEST_CASE("a narrow terminal cuts the widest columns, and drops none") {
  CHECK(narrow_table(60) ==
        "RUN            STATE           REASON                 BY\n"
        "LongFlow/1234  failed quickly  exit status 3 of step  me\n");
  CHECK(narrow_table(70) ==
        "RUN            STATE           TAGS  REASON                 BY\n"
        "LongFlow/1234  failed quickly  -     exit status 3 of step  me\n");
  CHECK(narrow_table(50) ==
        "RUN            STATE           REASON           BY\n"
        "LongFlow/1234  failed quickly  exit status 3 …  me\n");
  CHECK(narrow_table(40) ==
        "RUN            STATE      REASON      BY\n"
        "LongFlow/1234  failed q…  exit stat…  me\n");
  // Nothing is left to be cut.
  CHECK(narrow_table(20) ==
        "RUN            STATE   REASON  BY\n"
        "LongFlow/1234  faile…  exit …  me\n");
}

TEST_CASE("an empty list prints nothing") {
  CommandFixture fixture;
  fixture.out.terminal = true;
  Table({"RUN"}).print(fixture.context());
  CHECK(fixture.out.text.empty());
}

TEST_CASE("times of lists are relative on terminals only") {
  CommandFixture fixture;
  fixture.clock = &fixture.fake_clock;
  const Instant instant = *parse_instant("2026-11-20T09:57:00Z");
  CHECK(list_time(fixture.context(), instant) == "2026-11-20T09:57:00Z");
  CHECK(list_time(fixture.context(), std::nullopt) == "-");
  fixture.out.terminal = true;
  CHECK(list_time(fixture.context(), instant) == "3 min ago");
}

TEST_CASE("JSON is compact, and on a terminal over several lines") {
  StringOutput stream;
  print_json(stream, {{"b", 1}, {"a", nullptr}});
  CHECK(stream.text == "{\"a\":null,\"b\":1}\n");
  stream.text.clear();
  stream.terminal = true;
  print_json(stream, {{"b", 1}});
  CHECK(stream.text == "{\n  \"b\": 1\n}\n");
  stream.text.clear();
  print_json_line(stream, {{"b", 1}});
  CHECK(stream.text == "{\"b\":1}\n");
}

}  // namespace
}  // namespace qflow
