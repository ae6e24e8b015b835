#include "qflow/trigger/trigger_registry.h"

#include <doctest/doctest.h>

#include <string>

#include "support/built_triggers.h"

namespace qflow {
namespace {

// Seed 004's custom type: it replaces the built-in one.
class ApiTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kApi; }
  bool should_trigger(const TriggerContext&) const override { return true; }
  TriggerResult activate(const TriggerContext&) const override {
    return {true, id(), flow_id(), "API trigger activated"};
  }
};

TriggerRegistry registry_with_api() {
  TriggerRegistry registry;
  registry.register_trigger("api", [](TriggerSetup& setup) { return std::make_unique<ApiTrigger>(setup.rules); });
  return registry;
}

class MoonTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kCustom; }
};

TEST_CASE("the registry knows the built-in types") {
  CHECK(TriggerRegistry().known_types() ==
        std::vector<std::string>{"api", "cli", "event", "flow", "group", "schedule", "sensor"});
  for (const TriggerTypeInfo& type : built_in_trigger_types()) {
    CAPTURE(std::string(type.name));
    CHECK(parse_trigger_type(type.name));
    CHECK(to_text(*parse_trigger_type(type.name)) == type.name);
  }
  CHECK_FALSE(parse_trigger_type("custom"));
  CHECK(to_text(TriggerType::kCustom) == "custom");
}

TEST_CASE("every built-in type has a summary and an example that is correct") {
  for (const TriggerTypeInfo& type : built_in_trigger_types()) {
    CAPTURE(std::string(type.name));
    CHECK_FALSE(type.summary.empty());
    const BuiltFlow built = build_flow("[project]\nname = \"foo\"\n" + std::string(type.example));
    CHECK(problem_lines(built.diagnostics) == "");
    REQUIRE_FALSE(built.triggers.empty());
    CHECK(built.triggers.back()->rules().type == type.name);
  }
}

TEST_CASE("a registered type replaces a built-in one") {
  const BuiltFlow built = build_flow("[[triggers]]\ntype = \"api\"\nid = \"hook\"", registry_with_api());
  CHECK(problem_lines(built.diagnostics) == "");
  const TriggerResult result = built.only().activate({});
  CHECK(result.success);
  CHECK(result.trigger_id.text() == "hook");
  CHECK(result.flow_id.text() == "F");
  CHECK(result.message == "API trigger activated");
}

TEST_CASE("a registered type reads its own keys, and its others are unknown") {
  TriggerRegistry registry;
  std::string phase;
  registry.register_trigger("moon", [&](TriggerSetup& setup) {
    if (const auto text = setup.config.required_text("phase")) phase = text->value;
    return std::make_unique<MoonTrigger>(setup.rules);
  });
  const BuiltFlow built = build_flow("[[triggers]]\ntype = \"moon\"\nphase = \"full\"", registry);
  CHECK(problem_lines(built.diagnostics) == "");
  CHECK(phase == "full");
  CHECK(built.only().id().text() == "moon");
  CHECK(built.only().rules().type == "moon");
  CHECK(problem_lines(build_flow("[[triggers]]\ntype = \"moon\"\nphse = \"full\"", registry).diagnostics) ==
        "f.toml:2:1: error: missing key 'phase' in trigger of type moon; add phase = \"...\"\n"
        "f.toml:4:1: error: unknown key 'phse' in trigger of type moon; did you mean 'phase'?");
  CHECK(problem_lines(build_flow("[[triggers]]\ntype = \"mon\"", registry).diagnostics) ==
        "f.toml:3:8: error: unknown trigger type 'mon'; known: 'api', 'cli', 'event', 'flow', 'group', 'moon', "
        "'schedule' and 'sensor'");
}

TEST_CASE("a factory may give up") {
  TriggerRegistry registry;
  registry.register_trigger("none", [](TriggerSetup& setup) -> std::unique_ptr<Trigger> {
    setup.config.diagnostics().error(setup.rules.position, "no");
    return nullptr;
  });
  const BuiltFlow built = build_flow("[[triggers]]\ntype = \"none\"", registry);
  CHECK(built.triggers.empty());
  CHECK(problem_lines(built.diagnostics) == "f.toml:2:1: error: no");
}

TEST_CASE("create_trigger returns nothing where the table has errors") {
  const BuiltFlow built = build_flow("[[triggers]]\ntype = \"event\"\nevent = \"a\"\nfoo = 1");
  CHECK(built.triggers.empty());
  CHECK(built.diagnostics.has_errors());
}

TEST_CASE("triggers keep the order of the file and are found by id") {
  const BuiltFlow built = build_flow(
      "[[triggers]]\nid = \"x\"\ntype = \"cli\"\n[[triggers]]\nid = \"a\"\ntype = \"cli\"\n"
      "[[triggers]]\nid = \"g\"\ntype = \"group\"\nmatch = \"x\"");
  CHECK(problem_lines(built.diagnostics) == "");
  REQUIRE(built.triggers.size() == 3);
  CHECK(built.triggers[1]->id().text() == "a");
  CHECK(find_trigger(built.triggers, *TriggerId::parse("a")) == built.triggers[1].get());
  CHECK(find_trigger(built.triggers, *TriggerId::parse("b")) == nullptr);
  CHECK(built.triggers[0]->group() == built.triggers[2].get());
  CHECK(built.triggers[1]->group() == nullptr);
  CHECK(built.triggers[2]->legs() == std::vector<const Trigger*>{built.triggers[0].get()});
  CHECK(built.triggers[0]->legs().empty());
}

}  // namespace
}  // namespace qflow
