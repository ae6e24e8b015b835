#include "qflow/model/names.h"

#include <doctest/doctest.h>

#include <unordered_map>
#include <vector>

namespace qflow {
namespace {

struct RuleRow {
  std::string_view noun;
  bool (*holds)(std::string_view);
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

std::vector<RuleRow> rules() {
  const auto as = [](std::size_t count) { return std::string(count, 'a'); };
  return {
      {"flow id", FlowIdRule::holds, {"A", "_", "a-b_9", as(128)}, {"9a", "-a", "a.b", "a b", as(129)}},
      {"step id", StepIdRule::holds, {"A", "_x", "a_9", as(128)}, {"9a", "a-b", "a.b", as(129)}},
      {"trigger id", TriggerIdRule::holds, {"A", "after-training", as(128)}, {"9a", "-a", "a.b", as(129)}},
      {"parameter name", ParameterNameRule::holds, {"window", "_1", as(128)}, {"1_", "how-many", "a.b", as(129)}},
      {"artifact name",
       ArtifactNameRule::holds,
       {"model", "plot.png", "a-b", "a..b", as(200)},
       {".hidden", "-a", "9", as(201)}},
      {"event name",
       EventNameRule::holds,
       {"a", "9", "-", "...", "foo.prod.bar.food", ".a", as(255)},
       {".", "..", "a:b", as(256)}},
      {"project name",
       ProjectNameRule::holds,
       {"a", "9", "_", "foo_1", "qflow2", as(128)},
       {"qflow", "Foo", "a-b", "a.b", as(129)}},
  };
}

TEST_CASE("each kind of name has its rule") {
  for (const RuleRow& row : rules()) {
    CAPTURE(row.noun);
    for (const std::string& name : row.good) CHECK_MESSAGE(row.holds(name), name);
    for (const std::string& name : row.bad) CHECK_MESSAGE(!row.holds(name), name);
  }
}

TEST_CASE("no kind of name lets through what could leave a folder or upset a terminal") {
  const std::string hostile[] = {"",
                                 "/",
                                 "a/b",
                                 "../a",
                                 "a/..",
                                 "a b",
                                 "a\n",
                                 "\n",
                                 "a\x1B",
                                 "\xC3\xA4",
                                 "a*",
                                 "a\\b",
                                 "a\xFF",
                                 "$(x)",
                                 "a;b",
                                 "a'b",
                                 "a\"b",
                                 "~",
                                 std::string("a\0b", 3),
                                 std::string("\0", 1),
                                 " a",
                                 "a ",
                                 "\xE2\x80\xAE",
                                 "a:b",
                                 "a@b"};
  for (const RuleRow& row : rules()) {
    CAPTURE(row.noun);
    for (const std::string& name : hostile) CHECK_MESSAGE(!row.holds(name), name);
  }
}

TEST_CASE("a checked name keeps its text; a bad one is an error with the rule") {
  CHECK(FlowId::parse("TrainingFlow")->text() == "TrainingFlow");
  CHECK(FlowId().empty());
  const auto bad = StepId::parse("my-step");
  REQUIRE(!bad);
  CHECK(bad.error().kind == ErrorKind::kInvalid);
  CHECK(to_text(bad.error()) ==
        "'my-step' is not a valid step id; use letters, digits and '_', first a letter or '_', at most 128");
  CHECK(EventName::parse("").error().message == "the event name is empty");
  CHECK(EventName::parse(std::string(1 << 20, '\n')).error().message.size() < 400);
}

TEST_CASE("checked names compare and hash by their text") {
  const FlowId a = *FlowId::parse("a"), b = *FlowId::parse("b");
  CHECK(a < b);
  CHECK(a == *FlowId::parse("a"));
  const std::unordered_map<FlowId, int> map = {{a, 1}, {b, 2}};
  CHECK(map.at(*FlowId::parse("b")) == 2);
}

TEST_CASE("a run id reads as FLOW/NUMBER") {
  for (const std::string_view text : {"TrainingFlow/34", "a/1", "a-b/9223372036854775807"}) {
    CAPTURE(text);
    const auto id = RunId::parse(text);
    REQUIRE(id);
    CHECK(id->text() == text);
  }
  CHECK(RunId::parse("TrainingFlow/34")->number == 34);
}

TEST_CASE("what is no run id is refused with its shape") {
  for (const std::string_view text :
       {"", "TrainingFlow", "TrainingFlow/", "/34", "TrainingFlow/0", "TrainingFlow/034", "TrainingFlow/+34",
        "TrainingFlow/-34", "TrainingFlow/ 34", "TrainingFlow/34 ", "TrainingFlow/34/step", "TrainingFlow/latest",
        "TrainingFlow/3.0", "TrainingFlow/0x10", "TrainingFlow/9223372036854775808",
        "TrainingFlow/99999999999999999999999999", "foo.bar/1", "../1", "a\n/1"}) {
    CAPTURE(text);
    const auto id = RunId::parse(text);
    REQUIRE(!id);
    CHECK(id.error().kind == ErrorKind::kInvalid);
    CHECK(id.error().message.find("is not a run id") != std::string::npos);
    CHECK(id.error().advice == "a run id is FLOW/NUMBER, such as TrainingFlow/34");
  }
}

TEST_CASE("run ids order by flow, then by number") {
  CHECK(*RunId::parse("a/9") < *RunId::parse("a/10"));
  CHECK(*RunId::parse("a/10") < *RunId::parse("b/1"));
}

}  // namespace
}  // namespace qflow
