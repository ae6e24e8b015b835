#include "qflow/engine/flow_test_run.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "qflow/model/project_namespace.h"
#include "support/built_triggers.h"

namespace qflow {
namespace {

std::string problems_of(const std::string& text) {
  BuiltFlow built = build_flow(text);
  check_tests(built.flow, built.triggers, built.diagnostics);
  return problem_lines(built.diagnostics);
}

// What went wrong in the only test, with its line and the explanation; "" when it passed.
std::string failures_of(const std::string& text) {
  INFO(text);
  REQUIRE(problems_of(text) == "");
  BuiltFlow built = build_flow(text);
  const std::string name_space = built.flow.project ? project_namespace(*built.flow.project, "alice") : "";
  auto flow = std::make_shared<DeployedFlow>(std::make_shared<const FlowDefinition>(std::move(built.flow)),
                                             std::move(built.triggers), name_space);
  flow->key = 1;
  const TestVerdict verdict = run_test(flow, flow->definition->tests.at(0));
  std::string lines;
  for (const TestFailure& failure : verdict.failures) {
    lines += fmt::format("{}: {}\n", failure.position.line, failure.message);
    for (const std::string& why : failure.why) lines += "  " + why + "\n";
  }
  return lines;
}

// A flow whose parameters and triggers stand in lines 2 to 21, and a test: its name in line 23, `given` in 24, the rows
// of `expect` from 26 on.
std::string with_test(const std::string& given, const std::string& expect, const std::string& trigger) {
  std::string head = "[parameters.window]\ntype = \"int\"\ndefault = 3\n" + trigger;
  while (std::count(head.begin(), head.end(), '\n') < 20) head += "\n";
  return head + "[[tests]]\nname = \"t\"\ngiven = [" + given + "]\nexpect = [\n" + expect + "]\n";
}

const std::string kBoth = "[[triggers]]\nid = \"both\"\ntype = \"event\"\nevents = [\"first\", \"second\"]\n";
const std::string kOne =
    "[[triggers]]\nid = \"one\"\ntype = \"event\"\nevent = \"x\"\nwhen = \"event.payload.rows > 5\"\n";
const std::string kFirst = "{ at = \"2026-03-01T09:00:00Z\", event = \"first\", context = \"c\" },";
const std::string kSecond = "{ at = \"2026-03-01T09:05:00Z\", event = \"second\", context = \"c\" },";
const std::string kRows = "{ at = \"2026-03-01T09:00:00Z\", event = \"x\", payload = { rows = 9, window = 7 } },";
const std::string kFewRows = "{ at = \"2026-03-01T09:01:00Z\", event = \"x\", payload = { rows = 4 } },";

struct Row {
  std::string text;
  std::string failures;
};

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) CHECK(failures_of(row.text) == row.failures);
}

TEST_CASE("firings are compared in their order, by what a row names") {
  check_rows({
      {with_test(kFirst + kSecond, "{ trigger = \"both\" }", kBoth), ""},
      {with_test(kFirst + kSecond,
                 "{ trigger = \"both\", outcome = \"fired\", at = \"2026-03-01T09:05:00Z\", type = \"MANY-EVENTS\", "
                 "context = \"c\", params = { window = 3 } }",
                 kBoth),
       ""},
      {with_test(kFirst + kSecond, "{ type = \"event\" }", kBoth), ""},
      {with_test(kFirst + kSecond, "{ type = \"EVENT\" }", kBoth),
       "26: the type of `both` is MANY-EVENTS, not EVENT\n"},
      {with_test(kFirst + kSecond, "{ at = \"2026-03-01T09:00:00Z\" }", kBoth),
       "26: `both` fired at 2026-03-01T09:05:00Z, not at 2026-03-01T09:00:00Z\n"},
      {with_test(kFirst + kSecond, "{ context = \"d\" }", kBoth), "26: the context of F/1 is 'c', not 'd'\n"},
      {with_test(kRows, "{ params = { window = 7.0 } }", kOne), ""},
      {with_test(kRows, "{ params = { window = 8 } }", kOne), "26: parameter window of F/1 is 7, not 8\n"},
      {with_test(kRows + kRows, "{ trigger = \"one\" }", kOne),
       "23: `one` fired at 2026-03-01T09:00:00Z, which is not expected\n"},
      {with_test(kRows, "{ none = true }", kOne), "23: `one` fired at 2026-03-01T09:00:00Z, which is not expected\n"},
      {with_test(kFirst + kSecond + kRows, "{ trigger = \"both\" },\n{ trigger = \"one\" }", kBoth + kOne),
       "26: the firing at 2026-03-01T09:00:00Z is one of `one`, not of `both`\n"
       "  2026-03-01T09:00:00Z first at `both`: fired F/2\n"
       "  2026-03-01T09:05:00Z second at `both`: fired F/2\n"
       "27: the firing at 2026-03-01T09:05:00Z is one of `both`, not of `one`\n"
       "  2026-03-01T09:00:00Z x at `one`: fired F/1\n"},
  });
}

TEST_CASE("what did not fire is explained") {
  check_rows({
      {with_test(kFewRows, "{ none = true }", kOne), ""},
      {with_test(kFewRows, "{ trigger = \"one\" }", kOne),
       "26: `one` did not fire\n"
       "  2026-03-01T09:01:00Z x at `one`: filtered: event.payload.rows > 5 is false: event.payload.rows is 4\n"},
      {with_test("", "{ trigger = \"one\" }", kOne),
       "26: `one` did not fire\n  `one` heard nothing; it listens to x\n"},
      {with_test(kFirst, "{ trigger = \"both\" }", kBoth),
       "26: `both` did not fire\n  2026-03-01T09:00:00Z first at `both`: waiting for second\n"
       "23: `both` waits for second at the end, which is not expected\n"},
      {with_test("{ at = \"2026-03-01T09:00:00Z\", run = \"G\", status = \"failed\" }", "{ trigger = \"flow\" }",
                 "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"G\"\n"),
       "26: `flow` did not fire\n"
       "  2026-03-01T09:00:00Z qflow.run.G at `flow`: filtered: status is 'failed', the condition is success\n"},
  });
}

TEST_CASE("what has failed is explained by the first of many outcomes") {
  std::string given;
  for (int i = 0; i < 23; ++i) given += kFewRows;
  const std::string failures = failures_of(with_test(given, "{ trigger = \"one\" }", kOne));
  CHECK(std::count(failures.begin(), failures.end(), '\n') == 22);
  CHECK(failures.ends_with("event.payload.rows is 4\n  and 3 more\n"));
}

TEST_CASE("a failed test names what was given and nobody hears") {
  const std::string misspelt = "{ at = \"2026-03-01T09:00:00Z\", event = \"frist\" },";
  const std::string waits =
      "26: `both` did not fire\n  2026-03-01T09:05:00Z second at `both`: waiting for first\n"
      "23: `both` waits for first at the end, which is not expected\n";
  const std::string spaced =
      "[project]\nname = \"foo\"\n[[triggers]]\nid = \"both\"\ntype = \"event\"\n"
      "events = [{ name = \"first\", namespaced = true }, { name = \"second\", namespaced = true }]\n";
  const std::string spaced_second = "{ at = \"2026-03-01T09:05:00Z\", event = \"second\", namespaced = true },";
  const std::string ends =
      "{ at = \"2026-03-01T09:00:00Z\", run = \"Up\", step = \"s\", status = \"succeeded\" },"
      "{ at = \"2026-03-01T09:01:00Z\", run = \"Up\", status = \"succeeded\" },";
  check_rows({
      {with_test(misspelt + misspelt + kSecond, "{ trigger = \"both\" }", kBoth),
       waits + "24: no trigger listens to frist; did you mean 'first'?\n  F listens to first, second\n"},
      {with_test(misspelt + kSecond, "{ trigger = \"both\", outcome = \"waiting\" }", kBoth), ""},
      {with_test(kFirst + spaced_second, "{ trigger = \"both\" }", spaced),
       "26: `both` did not fire\n  2026-03-01T09:05:00Z foo.user.alice.second at `both`: waiting for first\n"
       "23: `both` waits for first at the end, which is not expected\n"
       "24: no trigger listens to first\n  F listens to foo.user.alice.first, foo.user.alice.second\n"},
      {with_test(ends + kSecond, "{ trigger = \"both\" }", kBoth),
       waits + "24: no trigger listens to qflow.step.Up.s\n  F listens to first, second\n"
               "24: no trigger listens to qflow.run.Up\n  F listens to first, second\n"},
      {with_test(kRows + "{ at = \"2026-03-01T09:02:00Z\", run = \"F\", status = \"succeeded\" },", "{ none = true }",
                 kOne),
       "23: `one` fired at 2026-03-01T09:00:00Z, which is not expected\n"},
  });
}

TEST_CASE("an event whose context can't be decided is filtered") {
  const std::string cut = kOne + "context = \"event.payload.day.substring(0, 10)\"\n";
  const auto day = [](const std::string& value) {
    return "{ at = \"2026-03-01T09:00:00Z\", event = \"x\", context = \"mine\", payload = { rows = 9, day = " + value +
           " } }";
  };
  check_rows({
      {with_test(day("\"2026-11-20T10\""), "{ trigger = \"one\", context = \"2026-11-20\" }", cut), ""},
      {with_test(
           day("20261120"),
           "{ trigger = \"one\", outcome = \"filtered\", reason = \"`context` can't be decided: substring() takes "
           "text, not event.payload.day (20261120, an integer)\" }",
           cut),
       ""},
      {with_test(day("20261120"), "{ context = \"mine\" }", kOne + "context = \"event.context\"\n"), ""},
      {with_test(kRows, "{ trigger = \"one\" }", kOne + "context = \"event.context\"\n"), ""},
      {with_test(kRows, "{ trigger = \"one\" }", kOne + "context = \"event.context.substring(0, 10)\"\n"), ""},
  });
}

TEST_CASE("all that waits at the end is expected, by trigger and correlation value") {
  const std::string correlated = kBoth + "correlate = \"event.payload.day\"\n";
  const std::string days =
      "{ at = \"2026-03-01T09:00:00Z\", event = \"first\", payload = { day = 1 } },"
      "{ at = \"2026-03-01T09:01:00Z\", event = \"first\", payload = { day = 2 } },";
  const std::string group =
      "[[triggers]]\nid = \"a\"\ntype = \"event\"\nevent = \"first\"\n[[triggers]]\nid = \"b\"\ntype = "
      "\"event\"\nevent = "
      "\"second\"\n[[triggers]]\ntype = \"group\"\nmatch = \"a && b\"\n";
  check_rows({
      {with_test(kFirst, "{ trigger = \"both\", outcome = \"waiting\" }", kBoth), ""},
      {with_test(kFirst, "{ trigger = \"both\", outcome = \"waiting\", reason = \"second\", context = \"c\" }", kBoth),
       ""},
      {with_test(kFirst, "{ none = true }", kBoth), ""},
      {with_test(kFirst, "{ trigger = \"both\", outcome = \"waiting\", reason = \"third\" }", kBoth),
       "26: `both` waits for second, not 'third'\n  2026-03-01T09:00:00Z first at `both`: waiting for second\n"
       "23: `both` waits for second at the end, which is not expected\n"},
      {with_test(kFirst + kSecond, "{ trigger = \"both\" },\n{ trigger = \"both\", outcome = \"waiting\" }", kBoth),
       "27: nothing like that waits for `both` at the end\n"
       "  2026-03-01T09:00:00Z first at `both`: fired F/1\n"
       "  2026-03-01T09:05:00Z second at `both`: fired F/1\n"},
      {with_test(days, "{ trigger = \"both\", outcome = \"waiting\" }", correlated),
       "23: `both` waits for second at the end, which is not expected\n"},
      {with_test(days, "{ trigger = \"both\", outcome = \"waiting\" },\n{ trigger = \"both\", outcome = \"waiting\" }",
                 correlated),
       ""},
      {with_test(kFirst, "{ trigger = \"group\", outcome = \"waiting\" }", group), ""},
      {with_test(kFirst, "{ trigger = \"a\", outcome = \"waiting\" }", group), ""},
      {with_test(kFirst, "{ trigger = \"a\", outcome = \"waiting\" },\n{ trigger = \"group\", outcome = \"waiting\" }",
                 group),
       ""},
      {with_test(kFirst, "{ trigger = \"b\", outcome = \"waiting\" }", group),
       "26: nothing like that waits for `b` at the end\n  `b` heard nothing; it listens to second\n"
       "23: `group` waits for second at the end, which is not expected\n"},
  });
}

TEST_CASE("rows of other outcomes are some of those that there were") {
  check_rows({
      {with_test(kFewRows + kFewRows, "{ trigger = \"one\", outcome = \"filtered\", reason = \"rows is 4\" }", kOne),
       ""},
      {with_test(kFewRows, "{ outcome = \"filtered\", at = \"2026-03-01T09:01:00Z\" },\n{ outcome = \"filtered\" }",
                 kOne),
       "27: no event of a trigger was filtered\n"
       "  2026-03-01T09:01:00Z x at `one`: filtered: event.payload.rows > 5 is false: event.payload.rows is 4\n"},
      {with_test(kFirst + kFirst, "{ trigger = \"both\", outcome = \"superseded\" }, { outcome = \"waiting\" }", kBoth),
       ""},
      {with_test(kFirst, "{ trigger = \"both\", outcome = \"expired\", reason = \"older\" }, { outcome = \"waiting\" }",
                 kBoth),
       "26: no event of `both` was expired with the reason 'older'\n"
       "  2026-03-01T09:00:00Z first at `both`: waiting for second\n"},
  });
}

TEST_CASE("what can be given") {
  const std::string sensor = "[[triggers]]\nid = \"s\"\ntype = \"sensor\"\nsensor_type = \"file\"\npath = \"x\"\n";
  const std::string after = "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"G\"\nparameters = { window = ";
  check_rows({
      {with_test("{ at = \"2026-03-01T09:00:00Z\", sensor = \"s\", payload = { window = 5 } }",
                 "{ trigger = \"s\", params = { window = 5 }, type = \"sensor\" }", sensor),
       ""},
      {with_test("{ at = \"2026-03-01T09:00:00Z\", sensor = \"s\" }", "{ trigger = \"s\" }",
                 sensor + "when = \"event.namespace == 'foo.prod.bar'\"\n[project]\nname = \"foo\"\nbranch = \"bar\"\n"
                          "production = true\n"),
       ""},
      {with_test("{ at = \"2026-03-01T09:00:00Z\", run = \"G\" }", "{ params = { window = 3 }, type = \"RUN\" }",
                 after + "\"params.window\" }\n"),
       ""},
      {with_test("{ at = \"2026-03-01T09:00:00Z\", run = \"G/4\", status = \"succeeded\", payload = { artifacts = { "
                 "rows = 8 } } }",
                 "{ params = { window = 8 } }", after + "\"artifacts.rows\" }\n"),
       ""},
      {with_test("{ at = \"2026-03-01T09:00:00Z\", run = \"G\", step = \"s\" }", "{ trigger = \"flow\" }",
                 "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"G\"\nsource_task_id = \"s\"\n"),
       ""},
      {with_test("{ at = \"2026-03-01T09:00:00Z\", event = \"food\", namespaced = true }", "{ trigger = \"event\" }",
                 "[project]\nname = \"foo\"\n[[triggers]]\ntype = \"event\"\nevent = \"food\"\nnamespaced = true\n"),
       ""},
      {with_test(kFirst + "{ at = \"2026-03-01T09:10:00Z\" }", "{ at = \"2026-03-01T09:10:00Z\" }",
                 "[[triggers]]\ntype = \"event\"\nevent = \"first\"\ndebounce = \"10m\"\n"),
       ""},
      {with_test(kFirst + "{ at = \"2026-03-01T09:09:59Z\" }", "{ outcome = \"waiting\", reason = \"debounce\" }",
                 "[[triggers]]\ntype = \"event\"\nevent = \"first\"\ndebounce = \"10m\"\n"),
       ""},
      {with_test("{ at = \"2026-03-01T09:00:00Z\", event = \"x\", idempotency_key = \"k\", payload = { a = 1 } },"
                 "{ at = \"2026-03-01T09:01:00Z\", event = \"x\", idempotency_key = \"k\", payload = { a = 2 } }",
                 "{ none = true }", kOne),
       "23: the idempotency key 'k' was used for x with other content; use a new key for a new event\n"},
  });
}

TEST_CASE("rows that are wrong") {
  const std::string sensor = "[[triggers]]\nid = \"watch\"\ntype = \"sensor\"\nsensor_type = \"file\"\npath = \"x\"\n";
  const auto given = [](const std::string& row) {
    return with_test("{ at = \"2026-03-01T09:00:00Z\", " + row + " }", "{ none = true }", kBoth);
  };
  const auto expect = [](const std::string& row) { return with_test("", row, kBoth); };
  const std::vector<std::pair<std::string, std::string>> rows = {
      {expect("{ trigger = \"bth\" }"), "f.toml:26:13: error: the flow has no trigger 'bth'; did you mean 'both'?"},
      {expect("{ params = { windw = 1 } }"),
       "f.toml:26:14: error: the flow has no parameter 'windw'; did you mean 'window'?"},
      {expect("{ params = { window = \"x\" } }"),
       "f.toml:26:14: error: parameter 'window' must be an integer, is text 'x'"},
      {expect("{ type = \"EVNT\" }"),
       "f.toml:26:10: error: 'EVNT' is no type of a trigger; write what trigger.type says (EVENT, MANY-EVENTS, RUN, "
       "...), or the type in [[triggers]]"},
      {expect("{ outcome = \"waiting\", params = {} }"),
       "f.toml:26:24: error: key 'params' belongs to rows with outcome = \"fired\""},
      {expect("{ reason = \"x\" }"),
       "f.toml:26:3: error: key 'reason' belongs to rows with another outcome than \"fired\""},
      {given("sensor = \"watch\""),
       "f.toml:24:50: error: the flow has no sensor 'watch'; it has no trigger of the type sensor"},
      {with_test("{ at = \"2026-03-01T09:00:00Z\", sensor = \"wtch\" }", "{ none = true }", sensor),
       "f.toml:24:50: error: the flow has no sensor 'wtch'; did you mean 'watch'?"},
      {given("run = \"foo.F\""),
       "f.toml:24:47: error: the flow name 'foo.F' has one dot; write Flow, or project.branch.Flow"},
      {given("event = \"x\", namespaced = true"),
       "f.toml:24:49: error: a namespaced event needs a project; add [project]"},
      {given("event = \"qflow.run.F\""),
       "f.toml:24:49: error: event names that begin with 'qflow.' are reserved; write run = \"Flow\" for the end of a "
       "run, sensor = \"id\" for a change that a sensor saw"},
      {given("event = \"x\", status = \"failed\""), "f.toml:24:54: error: key 'status' belongs to rows with `run`"},
      {given("payload = {}"), "f.toml:24:41: error: key 'payload' belongs to rows with `event`, `run` or `sensor`"},
      {given("event = \"x\", timestamp = \"2026-03-03T09:00:00Z\""),
       "f.toml:24:66: error: the timestamp is more than 24 h ahead of `at`; such an event can't be published"},
  };
  for (const auto& [text, problem] : rows) CHECK(problems_of(text) == problem);
}

}  // namespace
}  // namespace qflow
