#include "qflow/trigger/source_filter.h"

#include <doctest/doctest.h>

#include <string>

#include "support/built_triggers.h"

namespace qflow {
namespace {

std::string reason(const BuiltFlow& built, const Event& event) {
  return refusal(built.only(), built.only().subscriptions()[0], EventScope(event)).value_or("passes");
}

TEST_CASE("the filters of an event") {
  const BuiltFlow built = build_flow(
      "[[triggers]]\ntype = \"event\"\nwhen = \"event.payload.rows > 10\"\n"
      "event = { name = \"e\", event_type = \"T\", namespace = \"N\", value = \"ready\", sender = \"me\","
      " when = \"event.context == 'c'\" }");
  REQUIRE(problem_lines(built.diagnostics) == "");
  Event event = make_event("e", {{"rows", 11}});
  CHECK(reason(built, event) == "type is absent, not 'T'");
  event.type = "X";
  CHECK(reason(built, event) == "type is 'X', not 'T'");
  event.type = "T";
  event.name_space = "M";
  CHECK(reason(built, event) == "namespace is 'M', not 'N'");
  event.name_space = "N";
  event.value = "late";
  CHECK(reason(built, event) == "value is 'late', not 'ready'");
  event.value = "ready";
  event.sender = "you";
  CHECK(reason(built, event) == "sender is 'you', not 'me'");
  event.sender = "me";
  event.context = "d";
  CHECK(reason(built, event).find("event.context") != std::string::npos);
  event.context = "c";
  CHECK(reason(built, event) == "passes");
  event.payload = {{"rows", 10}};
  CHECK(reason(built, event).find("event.payload.rows") != std::string::npos);
  CHECK(reason(built, event).find("10") != std::string::npos);
  event.payload = Json::object();
  CHECK(reason(built, event).substr(0, 25) == "`when` can't be decided: ");
}

TEST_CASE("the condition of a run") {
  struct Row {
    const char* condition;
    const char* status;
    const char* reason;
  };
  const Row rows[] = {
      {"success", "succeeded", "passes"},
      {"success", "failed", "status is 'failed', the condition is success"},
      {"success", "cancelled", "status is 'cancelled', the condition is success"},
      {"failure", "failed", "passes"},
      {"failure", "crashed", "passes"},
      {"failure", "succeeded", "status is 'succeeded', the condition is failure"},
      {"failure", "cancelled", "status is 'cancelled', the condition is failure"},
      {"always", "succeeded", "passes"},
      {"always", "failed", "passes"},
      {"always", "crashed", "passes"},
      {"always", "cancelled", "passes"},
      {"always", "skipped", "status is 'skipped', the condition is always"},
      {"always", "running", "status is 'running', the condition is always"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.condition);
    CAPTURE(row.status);
    const BuiltFlow built = build_flow(
        std::string("[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"T\"\ncondition = \"") + row.condition + "\"");
    CHECK(reason(built, make_event("qflow.run.T", {{"status", row.status}})) == row.reason);
  }
}

TEST_CASE("the names that are listened to") {
  struct Row {
    const char* text;
    const char* name_space;
    const char* name;
  };
  const Row rows[] = {
      {"type = \"event\"\nevent = \"food\"", "foo.prod.bar", "food"},
      {"type = \"event\"\nevent = \"food\"\nnamespaced = true", "foo.prod.bar", "foo.prod.bar.food"},
      {"type = \"event\"\nevent = \"food\"\nnamespaced = true", "", "food"},
      {"type = \"flow\"\nsource_flow_id = \"T\"", "", "qflow.run.T"},
      {"type = \"flow\"\nsource_flow_id = \"foo.prod.bar.T\"", "", "qflow.run.T"},
      {"type = \"flow\"\nsource_flow_id = \"T\"\nsource_task_id = \"s\"", "", "qflow.step.T.s"},
      {"type = \"schedule\"\nevery = \"1d\"", "", "qflow.schedule.F.schedule"},
      {"type = \"sensor\"\nid = \"in\"\nsensor_type = \"file\"\npath = \"x\"", "", "qflow.sensor.F.in"},
      {"type = \"api\"\npath = \"/x\"", "", "qflow.api.F.api"},
      {"type = \"cli\"\nid = \"go\"", "", "qflow.cli.F.go"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const BuiltFlow built = build_flow(std::string("[project]\nname = \"foo\"\n[[triggers]]\n") + row.text);
    REQUIRE(problem_lines(built.diagnostics) == "");
    CHECK(listened_name(built.only(), built.only().subscriptions()[0], row.name_space) == row.name);
  }
}

TEST_CASE("should_trigger and activate, as the seeds use them") {
  const BuiltFlow cli =
      build_flow("[[triggers]]\nid = \"test_trigger\"\ntype = \"cli\"\nflow_id = \"F\"\nenabled = true");
  const TriggerResult result = cli.only().activate({});
  CHECK(cli.only().should_trigger({}));
  CHECK(result.success);
  CHECK(result.trigger_id.text() == "test_trigger");
  CHECK(result.flow_id.text() == "F");
  CHECK(result.message == "trigger 'test_trigger' was activated by hand");
}

TEST_CASE("a trigger is met by its events only") {
  const BuiltFlow built = build_flow(
      "[project]\nname = \"foo\"\n[[triggers]]\ntype = \"event\"\nnamespaced = true\n"
      "events = [\"a\", { name = \"b\", value = \"x\" }]");
  REQUIRE(problem_lines(built.diagnostics) == "");
  TriggerContext context;
  context.name_space = "foo.prod";
  const auto answer = [&](const char* name) {
    context.event = make_event(name);
    CHECK(built.only().should_trigger(context) == built.only().activate(context).success);
    return built.only().activate(context).message;
  };
  CHECK(answer("foo.prod.a") == "trigger 'event' was met by foo.prod.a");
  CHECK(answer("foo.prod.b") == "trigger 'event' filters the event: value is absent, not 'x'");
  CHECK(answer("foo.test.a") == "trigger 'event' does not listen to 'foo.test.a'");
  CHECK(answer("a") == "trigger 'event' does not listen to 'a'");
}

TEST_CASE("a disabled trigger is never met") {
  const BuiltFlow built = build_flow("[[triggers]]\ntype = \"event\"\nevent = \"a\"\nenabled = false");
  TriggerContext context;
  CHECK(built.only().activate(context).message == "trigger 'event' is disabled");
  context.event = make_event("a");
  CHECK_FALSE(built.only().should_trigger(context));
}

TEST_CASE("expressions in triggers see the event and nothing else") {
  const Event event = make_event("e", {{"x", 1}});
  const EventScope scope(event);
  CHECK(*Expression::parse("event.payload.x == 1 && event.name == 'e'")->evaluate_bool(scope));
  CHECK(*Expression::parse("event.context == null")->evaluate_bool(scope));
  CHECK(scope.root("params").error().kind == ErrorKind::kNotFound);
}

}  // namespace
}  // namespace qflow
