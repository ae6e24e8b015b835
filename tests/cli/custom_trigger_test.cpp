#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_fixture.h"

namespace qflow {
namespace {

// Of another program: meets the events `tide` whose height it likes, and no activation below batch 7.
class TideTrigger final : public Trigger {
 public:
  TideTrigger(TriggerRules rules, std::vector<Subscription> heard, std::int64_t height)
      : Trigger(std::move(rules), std::move(heard)), height_(height) {}

  TriggerType type() const override { return TriggerType::kCustom; }
  bool should_trigger(const TriggerContext& context) const override {
    return context.event ? context.event->payload.value("height", 0) >= height_ : context.batch_id >= 7;
  }
  TriggerResult activate(const TriggerContext& context) const override {
    return {should_trigger(context), id(), flow_id(), "the tide is too low in " + context.name_space};
  }

 private:
  std::int64_t height_;
};

std::unique_ptr<Trigger> make_tide(TriggerSetup& setup) {
  const auto height = setup.config.integer("height", 1, 20);
  EventSubscription tides;
  tides.source.name = "tide";
  tides.event = *EventName::parse("tide");
  return std::make_unique<TideTrigger>(std::move(setup.rules), std::vector<Subscription>{tides},
                                       height ? height->value : 1);
}

constexpr const char* kFlow = R"toml(id = "Harbour"
[project]
name = "coast"
[[triggers]]
id = "high"
type = "tide"
height = 5
when = "event.payload.height < 9"
[[steps]]
id = "s"
run = ":"
)toml";

struct Fixture : CommandFixture {
  Fixture() {
    home.write("harbour.toml", kFlow);
    home.trigger_types.register_trigger("tide", make_tide);
  }
  std::string said(const std::vector<std::string>& arguments) {
    run(arguments);
    return out.text + err.text;
  }
  void says(const std::vector<std::string>& arguments, const std::string& text) {
    const std::string all = said(arguments);
    INFO(all);
    CHECK(all.find(text) != std::string::npos);
  }
};

TEST_CASE("a flow whose trigger type the program has registered is deployed, and fires") {
  Fixture qflow;
  REQUIRE(qflow.run({"deploy", "harbour.toml"}) == ExitStatus::kOk);
  CHECK(qflow.run({"publish", "tide", "--payload", R"({"height": 6})"}) == ExitStatus::kOk);
  qflow.says({"runs"}, "Harbour/1");
  qflow.home.write("tides.jsonl",
                   R"({"at": "2026-01-01T06:00:00Z", "event": {"name": "tide", "payload": {"height": 6}}})");
  const std::vector<std::string> day = {"--from", "2026-01-01", "--until", "2026-01-02", "--events", "tides.jsonl"};
  std::vector<std::string> words = {"simulate", "harbour.toml"};
  words.insert(words.end(), day.begin(), day.end());
  qflow.says(words, "Harbour/1");
}

TEST_CASE("what a registered type refuses is filtered with its reason, behind the shared filters") {
  Fixture qflow;
  REQUIRE(qflow.run({"deploy", "harbour.toml"}) == ExitStatus::kOk);
  qflow.says({"publish", "tide", "--payload", R"({"height": 4})"}, "the tide is too low in coast.");
  qflow.says({"publish", "tide", "--payload", R"({"height": 9})"}, "event.payload.height < 9");
  qflow.says({"explain", "Harbour"}, "the tide is too low in coast.");
}

TEST_CASE("a registered type may refuse an activation by hand") {
  Fixture qflow;
  REQUIRE(qflow.run({"deploy", "harbour.toml"}) == ExitStatus::kOk);
  CHECK(qflow.run({"trigger", "--flow-id", "Harbour", "--trigger-id", "high", "--detach"}) ==
        ExitStatus::kNothingMatched);
  CHECK(qflow.err.text.find("the tide is too low") != std::string::npos);
  CHECK(qflow.run({"trigger", "--flow-id", "Harbour", "--trigger-id", "high", "--detach", "--batch-id", "7"}) ==
        ExitStatus::kOk);
}

// What can go wrong with a type of another program.
class OddTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kCustom; }
  bool should_trigger(const TriggerContext& context) const override {
    return !context.event || context.event->payload.at("rows") > 0;
  }
};

EventSubscription heard(const std::string& event, const std::string& name) {
  EventSubscription subscription;
  subscription.source.name = name;
  subscription.event = *EventName::parse(event);
  return subscription;
}

std::unique_ptr<Trigger> make_odd(TriggerSetup& setup) {
  const auto kind = setup.config.text("kind");
  const std::string what = kind ? kind->value : "";
  if (what == "throws") throw std::runtime_error("no tide table");
  if (what == "null") return nullptr;
  std::vector<Subscription> sources = {heard("one", "one")};
  if (what == "unnamed") sources = {heard("one", ""), heard("two", "")};
  if (what == "clock") sources.push_back(ScheduleSubscription{{"clock"}, nullptr});
  if (what == "two") setup.rules.match = MatchExpression::at_least(2);
  return std::make_unique<OddTrigger>(std::move(setup.rules), std::move(sources));
}

std::string odd_flow(const std::string& kind) {
  return "id = \"Odd\"\n[[triggers]]\ntype = \"odd\"\nkind = \"" + kind + "\"\n[[steps]]\nid = \"s\"\nrun = \":\"\n";
}

TEST_CASE("what a registered type does wrong is said at check") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"throws", "no trigger of type 'odd' could be made: no tide table"},
      {"null", "its factory gave neither a trigger nor a reason"},
      {"unnamed", "one of several sources has no name"},
      {"clock", "a schedule or a sensor has other sources beside it"},
      {"two", "odd.toml:2:1: error: "},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first);
    Fixture qflow;
    qflow.home.trigger_types.register_trigger("odd", make_odd);
    qflow.home.write("odd.toml", odd_flow(row.first));
    CHECK(qflow.run({"check", "odd.toml"}) == ExitStatus::kUsage);
    INFO(qflow.err.text);
    CHECK(qflow.err.text.find(row.second) != std::string::npos);
  }
}

TEST_CASE("a factory that throws ends no program, however many files there are") {
  Fixture qflow;
  qflow.home.trigger_types.register_trigger("odd", make_odd);
  std::vector<std::string> words{"check"};
  for (int i = 0; i < 40; ++i) {
    words.push_back("odd" + std::to_string(i) + ".toml");
    qflow.home.write(words.back(), odd_flow("throws"));
  }
  CHECK(qflow.run(words) == ExitStatus::kUsage);
}

TEST_CASE("an event that a registered type can't cope with is filtered, and heard by others") {
  Fixture qflow;
  qflow.home.trigger_types.register_trigger("odd", make_odd);
  qflow.home.write("odd.toml", odd_flow(""));
  qflow.home.write("other.toml", "id = \"Other\"\n[[triggers]]\ntype = \"event\"\nevent = \"one\"\n");
  REQUIRE(qflow.run({"deploy", "odd.toml", "other.toml"}) == ExitStatus::kOk);
  qflow.says({"publish", "one"}, "triggers of type 'odd' can't decide it: ");
  qflow.says({"runs"}, "Other/1");
}

// Fires at noon.
class NoonTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kCustom; }
  bool should_trigger(const TriggerContext&) const override { return true; }
};

std::unique_ptr<Trigger> make_noon(TriggerSetup& setup) {
  ScheduleSubscription noon;
  noon.source.name = "noon";
  const ScheduleRules rules{*CronExpression::parse("0 12 * * *", ""), *find_time_zone("UTC")};
  noon.schedule = std::make_shared<const Schedule>(rules);
  return std::make_unique<NoonTrigger>(std::move(setup.rules), std::vector<Subscription>{noon});
}

TEST_CASE("an instant of a registered type's schedule is that of one branch alone") {
  Fixture qflow;
  qflow.home.trigger_types.register_trigger("noon", make_noon);
  qflow.home.write("noon.toml",
                   "id = \"Noon\"\n[project]\nname = \"coast\"\n[[triggers]]\nid = \"t\"\ntype = \"noon\"\n");
  REQUIRE(qflow.run({"deploy", "noon.toml", "--branch", "one"}) == ExitStatus::kOk);
  REQUIRE(qflow.run({"deploy", "noon.toml", "--branch", "two"}) == ExitStatus::kOk);
  REQUIRE(qflow.run({"simulate", "--from", "2026-01-01", "--until", "2026-01-02"}) == ExitStatus::kOk);
  INFO(qflow.out.text);
  CHECK(std::count(qflow.out.text.begin(), qflow.out.text.end(), '\n') == 2);
}

TEST_CASE("a program without the type refuses the file, and passes over the flow that has it") {
  Fixture qflow;
  REQUIRE(qflow.run({"deploy", "harbour.toml"}) == ExitStatus::kOk);
  qflow.home.trigger_types = TriggerRegistry();
  CHECK(qflow.run({"check", "harbour.toml"}) == ExitStatus::kUsage);
  CHECK(qflow.run({"publish", "tide", "--payload", R"({"height": 6})"}) == ExitStatus::kOk);
  INFO(qflow.err.text);
  CHECK(qflow.err.text.find("Harbour") != std::string::npos);
  CHECK(qflow.err.text.find("unknown trigger type 'tide'") != std::string::npos);
  CHECK(qflow.out.text.find("Harbour/1") == std::string::npos);
}

}  // namespace
}  // namespace qflow
