#include "qflow/model/config_reader.h"

#include <doctest/doctest.h>

#include <limits>

namespace qflow {
namespace {

using Data = decltype(ConfigValue::data);

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ConfigList list_of(std::vector<Data> elements) {
  ConfigList list;
  int column = 100;
  for (Data& element : elements) list.push_back({{9, column++}, std::move(element)});
  return list;
}

// A table with its header on line 5 and the key `k` at 6:1 with its value at 6:5, and a reader of it.
struct Fixture {
  ConfigTable table;
  Diagnostics diagnostics{"f", ""};
  ConfigReader reader{table, "step", diagnostics};

  Fixture() { table.position = {5, 1}; }
  explicit Fixture(Data data) : Fixture() { table.entries.push_back({"k", {6, 1}, {{6, 5}, std::move(data)}}); }

  // "LINE:COLUMN message; help" of each problem, one line each.
  std::string problems() const {
    std::string text;
    for (const Diagnostic& d : diagnostics.list()) {
      if (!text.empty()) text += "\n";
      text += std::to_string(d.position.line) + ":" + std::to_string(d.position.column) + " " + d.message;
      if (!d.help.empty()) text += "; " + d.help;
    }
    return text;
  }
};

TEST_CASE("values of the right type come with their position and no problem") {
  const SourcePosition position{6, 5};
  Fixture text{Data(std::string("x"))};
  CHECK(text.reader.text("k")->value == "x");
  CHECK(text.reader.required_text("k")->position == position);
  CHECK(text.reader.choice("k", {"w", "x"})->value == "x");
  Fixture integer{Data(std::int64_t{3})};
  CHECK(integer.reader.integer("k", 3, 3)->value == 3);
  CHECK(integer.reader.number("k", 0, 5)->value == 3.0);
  CHECK(integer.reader.integer("k", kMin, kMax)->position == position);
  Fixture number{Data(1.5)};
  CHECK(number.reader.number("k", 1.5, 1.5)->value == 1.5);
  Fixture boolean{Data(true)};
  CHECK(boolean.reader.boolean("k")->value == true);
  Fixture duration{Data(std::string("1m"))};
  CHECK(duration.reader.duration("k")->value == std::chrono::minutes{1});
  Fixture table{Data(ConfigTable{})};
  CHECK(table.reader.table("k") == std::get_if<ConfigTable>(&table.table.entries[0].value.data));
  for (const Fixture* fixture : {&text, &integer, &number, &boolean, &duration, &table})
    CHECK(fixture->problems().empty());
}

TEST_CASE("instants are RFC 3339 text, or TOML dates with UTC where they have no offset") {
  const std::pair<Data, std::string_view> rows[] = {
      {std::string("2026-11-20T10:00:00+01:00"), "2026-11-20T09:00:00Z"},
      {ConfigDateTime{"2026-11-20T10:00:00+01:00"}, "2026-11-20T09:00:00Z"},
      {ConfigDateTime{"2026-11-20 10:00:00"}, "2026-11-20T10:00:00Z"},
      {ConfigDateTime{"2026-11-20"}, "2026-11-20T00:00:00Z"},
  };
  for (const auto& [data, utc] : rows) {
    Fixture fixture{data};
    const auto instant = fixture.reader.instant("k");
    REQUIRE(instant);
    CHECK(format_instant(instant->value) == utc);
  }
}

TEST_CASE("lists of text and of tables") {
  Fixture texts{Data(list_of({std::string("a"), std::string("b")}))};
  const auto list = texts.reader.text_list("k");
  REQUIRE(list.size() == 2);
  CHECK(list[1].value == "b");
  CHECK(list[1].position == SourcePosition{9, 101});
  Fixture tables{Data(list_of({ConfigTable{}, ConfigTable{}}))};
  CHECK(tables.reader.tables("k").size() == 2);
  Fixture empty{Data(ConfigList{})};
  CHECK(empty.reader.text_list("k").empty());
  CHECK(empty.reader.tables("k").empty());
  for (const Fixture* fixture : {&texts, &tables, &empty}) CHECK(fixture->problems().empty());
}

TEST_CASE("absent keys give nothing and are no problem, unless they are required") {
  Fixture fixture;
  ConfigReader& reader = fixture.reader;
  CHECK(reader.find("k") == nullptr);
  CHECK(!reader.has("k"));
  CHECK(!reader.text("k"));
  CHECK(!reader.integer("k", 0, 1));
  CHECK(!reader.number("k", 0, 1));
  CHECK(!reader.boolean("k"));
  CHECK(!reader.duration("k"));
  CHECK(!reader.instant("k"));
  CHECK(!reader.choice("k", {"a"}));
  CHECK(reader.text_list("k").empty());
  CHECK(reader.table("k") == nullptr);
  CHECK(reader.tables("k").empty());
  reader.finish();
  CHECK(fixture.problems().empty());
  CHECK(!reader.required_text("id"));
  CHECK(fixture.problems() == "5:1 missing key 'id' in step; add id = \"...\"");
}

TEST_CASE("a wrong type is reported at the value, with what to write instead") {
  using Read = void (*)(ConfigReader&);
  const Read text = [](ConfigReader& r) { CHECK(!r.text("k")); };
  const Read required = [](ConfigReader& r) { CHECK(!r.required_text("k")); };
  const Read integer = [](ConfigReader& r) { CHECK(!r.integer("k", kMin, kMax)); };
  const Read number = [](ConfigReader& r) { CHECK(!r.number("k", -kInfinity, kInfinity)); };
  const Read boolean = [](ConfigReader& r) { CHECK(!r.boolean("k")); };
  const Read duration = [](ConfigReader& r) { CHECK(!r.duration("k")); };
  const Read instant = [](ConfigReader& r) { CHECK(!r.instant("k")); };
  const Read choice = [](ConfigReader& r) { CHECK(!r.choice("k", {"queue", "skip"})); };
  const Read texts = [](ConfigReader& r) { CHECK(r.text_list("k").empty()); };
  const Read table = [](ConfigReader& r) { CHECK(r.table("k") == nullptr); };
  const Read tables = [](ConfigReader& r) { CHECK(r.tables("k").empty()); };
  struct Row {
    Read read;
    Data data;
    std::string_view problem;
  };
  const Row rows[] = {
      {text, std::int64_t{3}, "`k` must be text; is an integer; write it in quotes: \"3\""},
      {text, ConfigDateTime{"1979-05-27"}, "`k` must be text; is a date or time; write it in quotes: \"1979-05-27\""},
      {text, ConfigList{}, "`k` must be text; is a list"},
      {required, true, "`k` must be text; is a boolean; write it in quotes: \"true\""},
      {integer, std::string("3"), "`k` must be an integer; is text; write it without quotes: 3"},
      {integer, std::string("three"), "`k` must be an integer; is text"},
      {integer, std::string("3.5"), "`k` must be an integer; is text"},
      {integer, 3.0, "`k` must be an integer; is a float"},
      {number, std::string("3.5"), "`k` must be a number; is text; write it without quotes: 3.5"},
      {number, true, "`k` must be a number; is a boolean"},
      {boolean, std::string("true"), "`k` must be a boolean; is text; write it without quotes: true"},
      {boolean, std::string("yes"), "`k` must be a boolean; is text; write true or false"},
      {boolean, std::int64_t{1}, "`k` must be a boolean; is an integer; write true or false"},
      {duration, std::int64_t{90}, "`k` must be a duration; is an integer; write \"90s\" for seconds"},
      {duration, std::int64_t{-1}, "`k` must be a duration; is an integer; write it as \"90s\" or \"1h30m\""},
      {duration, 1.5, "`k` must be a duration; is a float; write it as \"90s\" or \"1h30m\""},
      {instant, std::int64_t{0}, "`k` must be an instant; is an integer; write it as \"2026-11-20T10:00:00Z\""},
      {choice, std::int64_t{0}, "`k` must be text; is an integer; write it in quotes: \"0\""},
      {texts, std::string("a"), "`k` must be a list of text; is text; write it in brackets: [\"a\"]"},
      {texts, ConfigTable{}, "`k` must be a list of text; is a table"},
      {table, std::string("a"), "`k` must be a table; is text; write { key = value }"},
      {table, ConfigList{}, "`k` must be a table; is a list; write [k] instead of [[k]]"},
      {tables, ConfigTable{}, "`k` must be a list of tables; is a table; write [[k]] instead of [k]"},
      {tables, std::string("a"), "`k` must be a list of tables; is text"},
  };
  for (const Row& row : rows) {
    Fixture fixture{row.data};
    row.read(fixture.reader);
    CHECK(fixture.problems() == "6:5 " + std::string(row.problem));
  }
}

TEST_CASE("elements of the wrong type are reported where they stand and left out") {
  Fixture texts{Data(list_of({std::string("a"), std::int64_t{1}, std::string("b"), ConfigList{}}))};
  CHECK(texts.reader.text_list("k").size() == 2);
  CHECK(texts.problems() ==
        "9:101 each element of `k` must be text; this is an integer; write it in quotes: \"1\"\n"
        "9:103 each element of `k` must be text; this is a list");
  Fixture tables{Data(list_of({ConfigTable{}, true}))};
  CHECK(tables.reader.tables("k").size() == 1);
  CHECK(tables.problems() == "9:101 each element of `k` must be a table; this is a boolean");
}

TEST_CASE("numbers outside their range") {
  struct Row {
    std::int64_t value, minimum, maximum;
    std::string_view problem;
  };
  const Row rows[] = {
      {11, 0, 10, "6:5 `k` must be between 0 and 10; is 11"},
      {-1, 0, 10, "6:5 `k` must be between 0 and 10; is -1"},
      {0, 1, kMax, "6:5 `k` must be at least 1; is 0"},
      {1, kMin, 0, "6:5 `k` must be at most 0; is 1"},
  };
  for (const Row& row : rows) {
    Fixture fixture{Data(row.value)};
    CHECK(!fixture.reader.integer("k", row.minimum, row.maximum));
    CHECK(fixture.problems() == row.problem);
  }
  struct NumberRow {
    double value, minimum, maximum;
    std::string_view problem;
  };
  const NumberRow number_rows[] = {
      {0.5, 1, 10, "6:5 `k` must be between 1 and 10; is 0.5"},
      {0.5, 1, kInfinity, "6:5 `k` must be at least 1; is 0.5"},
      {0.5, -kInfinity, 0, "6:5 `k` must be at most 0; is 0.5"},
      {kInfinity, 1, kInfinity, "6:5 `k` must be at least 1; is inf"},
      {kInfinity, -kInfinity, kInfinity, "6:5 `k` must be finite; is inf"},
      {std::numeric_limits<double>::quiet_NaN(), 1, 10, "6:5 `k` must be between 1 and 10; is nan"},
  };
  for (const NumberRow& row : number_rows) {
    Fixture fixture{Data(row.value)};
    CHECK(!fixture.reader.number("k", row.minimum, row.maximum));
    CHECK(fixture.problems() == row.problem);
  }
}

TEST_CASE("texts that are no duration, instant or choice") {
  Fixture duration{Data(std::string("5 min"))};
  CHECK(!duration.reader.duration("k"));
  CHECK(duration.problems() ==
        "6:5 `k`: '5 min' is not a duration: a unit is missing after the number; "
        "write it as '90s', '1h30m' or '2d'; the units are ms, s, m, h, d, w");
  Fixture instant{Data(std::string("2026-11-20"))};  // as text only RFC 3339 is an instant
  CHECK(!instant.reader.instant("k"));
  CHECK(instant.problems().starts_with("6:5 `k`: '2026-11-20' is not an RFC 3339 instant: "));
  Fixture time{Data(ConfigDateTime{"07:32:00"})};
  CHECK(!time.reader.instant("k"));
  CHECK(time.problems().starts_with("6:5 `k`: '07:32:00' is not a date and time: "));
  Fixture choice{Data(std::string("que"))};
  CHECK(!choice.reader.choice("k", {"queue", "skip", "replace"}));
  CHECK(choice.problems() == "6:5 `k` must be one of 'queue', 'skip' and 'replace'; is 'que'");
  Fixture near{Data(std::string("queu"))};
  CHECK(!near.reader.choice("k", {"queue", "skip"}));
  CHECK(near.problems() == "6:5 `k` must be one of 'queue' and 'skip'; is 'queu'; did you mean 'queue'?");
}

TEST_CASE("keys that nobody asked for are reported at the key, all of them") {
  Fixture fixture;
  int line = 10;
  for (const char* key : {"need", "zzz", "run", "allowed", "a\nb"}) {
    fixture.table.entries.push_back({key, {line++, 3}, {{line, 9}, std::string("x")}});
  }
  CHECK(!fixture.reader.find("needs"));
  CHECK(fixture.reader.text("run"));
  fixture.reader.allow("allowed");
  fixture.reader.finish();
  CHECK(fixture.problems() ==
        "10:3 unknown key 'need' in step; did you mean 'needs'?\n"
        "11:3 unknown key 'zzz' in step; known: needs, run, allowed\n"
        "14:3 unknown key 'a\\nb' in step; known: needs, run, allowed");
}

TEST_CASE("where the keys are many, an unknown one is told where they are listed") {
  Fixture fixture;
  fixture.table.entries.push_back({"zzz", {7, 1}, {{7, 9}, true}});
  for (int i = 0; i < 13; ++i) fixture.reader.allow("key_" + std::to_string(i));
  fixture.reader.finish();
  CHECK(fixture.problems() == "7:1 unknown key 'zzz' in step; qflow help flow-file lists the keys");
}

TEST_CASE("an unknown key may have a better explanation") {
  Fixture fixture;
  for (const char* key : {"every", "zzz"}) fixture.table.entries.push_back({key, {7, 1}, {{7, 9}, true}});
  fixture.reader.finish([](std::string_view key) {
    return key == "every" ? std::string("belongs to triggers of type schedule") : std::string();
  });
  CHECK(fixture.problems() == "7:1 key 'every' belongs to triggers of type schedule\n7:1 unknown key 'zzz' in step");
}

TEST_CASE("a key with a wrong value is known: one problem, not two") {
  Fixture fixture{Data(std::int64_t{3})};
  CHECK(!fixture.reader.text("k"));
  fixture.reader.finish();
  CHECK(fixture.diagnostics.list().size() == 1);
}

TEST_CASE("the reader shows what it reads") {
  Fixture fixture{Data(true)};
  CHECK(fixture.reader.has("k"));
  CHECK(&fixture.reader.source() == &fixture.table);
  CHECK(&fixture.reader.diagnostics() == &fixture.diagnostics);
  CHECK(fixture.reader.what() == "step");
}

}  // namespace
}  // namespace qflow
