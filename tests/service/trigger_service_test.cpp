#include "qflow/service/trigger_service.h"

#include <doctest/doctest.h>

#include "qflow/service/deployment.h"
#include "support/test_home.h"

namespace qflow {
namespace {

// Of another program: a type of its own in place of the built-in one, as the README of triggers shows it.
class ApiTrigger final : public Trigger {
 public:
  explicit ApiTrigger(TriggerRules rules) : Trigger(std::move(rules)) {}

  TriggerType type() const override { return TriggerType::kApi; }
  bool should_trigger(const TriggerContext&) const override { return true; }
  TriggerResult activate(const TriggerContext&) const override {
    return {true, id(), flow_id(), "API trigger activated"};
  }
};

constexpr const char* kFlow = R"toml(
id = "my_flow"
flow_type = "standard"
[parameters.batch_id]
default = 0
[[triggers]]
id = "cli_trigger"
type = "cli"
flow_id = "my_flow"
enabled = true
[[triggers]]
id = "data"
type = "event"
event = "data_updated"
[[steps]]
id = "s"
run = ":"
)toml";

struct Fixture {
  TestHome home;
  Doors doors = home.doors();

  Fixture() {
    std::vector<LoadedFlow> flows;
    flows.push_back(home.load(kFlow));
    REQUIRE(deploy_flows(flows, DeployMode::kLive, doors));
  }
};

TEST_CASE("a program's own trigger type replaces a built-in one") {
  Fixture fixture;
  fixture.home.trigger_types.register_trigger("api", [](TriggerSetup& setup) -> std::unique_ptr<Trigger> {
    return std::make_unique<ApiTrigger>(std::move(setup.rules));
  });
  TriggerService service(fixture.home.store(), fixture.doors);
  const LoadedFlow flow = fixture.home.load("id = 'test_flow'\n[[triggers]]\nid = 'test_trigger'\ntype = 'api'\n");
  const auto triggers = service.load_triggers_from_flow(*flow.definition);
  REQUIRE(triggers);
  REQUIRE(triggers->size() == 1);
  const TriggerResult result = triggers->front()->activate({});
  CHECK(result.success);
  CHECK(result.flow_id.text() == "test_flow");
  CHECK(result.message == "API trigger activated");
}

TEST_CASE("problems of a flow's triggers are named with their positions") {
  Fixture fixture;
  const LoadedFlow flow = fixture.home.load("id = 'f'\n[[triggers]]\ntype = 'evnt'\n");
  const auto triggers = TriggerService(fixture.home.store(), fixture.doors).load_triggers_from_flow(*flow.definition);
  REQUIRE(!triggers);
  CHECK(triggers.error().message.find("flow.toml:3:8: error: ") != std::string::npos);
}

TEST_CASE("a deployed flow is triggered by flow, by trigger and by type") {
  Fixture fixture;
  TriggerService service(fixture.home.store(), fixture.doors);
  CHECK(service.trigger_flow("my_flow").message == "my_flow/1");
  const auto id = TriggerId::parse("cli_trigger");
  CHECK(service.trigger_flow("my_flow", std::nullopt, *id).message == "my_flow/2");
  TriggerContext context;
  context.batch_id = 7;
  context.context = "2026-11-20";
  const TriggerResult result = service.trigger_flow("my_flow", TriggerType::kCli, std::nullopt, context);
  CHECK(result.success);
  CHECK(result.trigger_id.text() == "cli_trigger");
  const auto run = fixture.home.store().ledger().find_run(*RunId::parse(result.message));
  REQUIRE(run);
  CHECK(run->status == RunStatus::kQueued);
  CHECK(run->origin == RunOrigin::kDeployed);
  CHECK(run->params == Json{{"batch_id", 7}});
  CHECK(run->context == "2026-11-20");
}

TEST_CASE("a program gives parameters as the values that they are") {
  Fixture fixture;
  std::vector<LoadedFlow> flows;
  flows.push_back(
      fixture.home.load("id = 'typed'\n[parameters.j]\ntype = 'json'\n[parameters.s]\ndefault = 's'\n"
                        "[[steps]]\nid = 's'\nrun = ':'\n"));
  REQUIRE(deploy_flows(flows, DeployMode::kLive, fixture.doors));
  TriggerService service(fixture.home.store(), fixture.doors);
  TriggerContext context;
  context.parameters = {{"j", "abc"}, {"s", Json()}};
  const TriggerResult result = service.trigger_flow("typed", std::nullopt, std::nullopt, context);
  REQUIRE(result.message == "typed/1");
  const auto run = fixture.home.store().ledger().find_run(*RunId::parse(result.message));
  REQUIRE(run);
  CHECK(run->params == Json{{"j", "abc"}, {"s", "s"}});
}

TEST_CASE("what can't be triggered says why") {
  Fixture fixture;
  TriggerService service(fixture.home.store(), fixture.doors);
  CHECK(!service.trigger_flow("my_flw").success);
  CHECK(service.trigger_flow("my_flw").message.find("did you mean 'my_flow'?") != std::string::npos);
  CHECK(service.trigger_flow("my_flow", TriggerType::kSchedule).message ==
        "my_flow has no such trigger of the type schedule");
  TriggerContext context;
  context.parameters = {{"nope", 1}};
  CHECK(!service.trigger_flow("my_flow", std::nullopt, std::nullopt, context).success);
}

}  // namespace
}  // namespace qflow
