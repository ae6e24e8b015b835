#include <doctest/doctest.h>

#include <memory>
#include <string>

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
