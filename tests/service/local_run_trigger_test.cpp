#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "qflow/service/local_run.h"
#include "qflow/service/run_resumption.h"
#include "step_text.h"
#include "support/test_home.h"

namespace qflow {
namespace {

TEST_CASE("of several runs of one flow the newest gives the data, however they are named") {
  TestHome home;
  REQUIRE(home.run("id = \"Up\"\n" + step("a", "run = 'echo 1 > $QFLOW_OUT/n.json'")));
  REQUIRE(home.run("id = \"Up\"\n" + step("a", "run = 'echo 2 > $QFLOW_OUT/n.json'")));
  const std::string toml =
      kHead + step("r",
                   "env = { N = '{{ trigger[\"Up\"].data.n }}' }\n"
                   "run = 'echo $N $(cat $QFLOW_TRIGGER_DATA/Up/n.json) $(ls $QFLOW_TRIGGER_DATA)'");
  for (const auto& order : {std::vector<std::string>{"Up/1", "Up/2"}, {"Up/2", "Up/1"}}) {
    LocalRunRequest request;
    request.triggers = order;
    const auto run = home.run(toml, request);
    REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
    CHECK(home.seen.lines == std::vector<std::string>{"r | 2 2 Up"});
  }
}

TEST_CASE("of runs of one flow in several namespaces each has a folder") {
  TestHome home;
  const std::string head = "id = \"Up\"\n[project]\nname = \"foo\"\nbranch = ";
  REQUIRE(home.run(head + "\"a\"\n" + step("a", "run = 'echo 1 > $QFLOW_OUT/n.json'")));
  REQUIRE(home.run(head + "\"b\"\n" + step("a", "run = 'echo 2 > $QFLOW_OUT/n.json'")));
  LocalRunRequest request;
  request.triggers = {"Up/2", "Up/1"};
  const auto run = home.run(
      kHead + step("r", "run = 'cd $QFLOW_TRIGGER_DATA; for each in *; do echo $each $(cat $each/n.json); done'"),
      request);
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  CHECK(home.seen.lines == std::vector<std::string>{"r | Up 2", "r | foo.test.a.Up 1", "r | foo.test.b.Up 2"});
}

TEST_CASE("the latest run is that of the flow's own namespace, where it has one") {
  TestHome home;
  const std::string in_foo = "[project]\nname = \"foo\"\nbranch = ";
  for (const std::string branch : {"\"a\"\n", "\"b\"\n"}) {
    REQUIRE(home.run("id = \"Up\"\n" + in_foo + branch + step("a", "run = 'true'")));
  }
  const std::string show = step("r", "exec = ['echo', '{{ trigger.run.id }}']");
  struct Row {
    std::string head;
    std::string trigger;
    std::string run;  // that triggers
  };
  const std::vector<Row> rows{
      {kHead, "Up/latest", "Up/2"},
      {kHead + in_foo + "\"a\"\n", "Up/latest", "Up/1"},
      {kHead + in_foo + "\"b\"\n", "Up/latest", "Up/2"},
      {kHead + in_foo + "\"a\"\n", "foo.test.b.Up/latest", "Up/2"},
      {kHead + in_foo + "\"a\"\n", "Up/2", "Up/2"},
  };
  LocalRunRequest request;
  for (const Row& row : rows) {
    CAPTURE(row.head + row.trigger);
    request.triggers = {row.trigger};
    const auto run = home.run(row.head + show, request);
    REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
    CHECK(home.seen.lines == std::vector<std::string>{"r | " + row.run});
  }
  request.triggers = {"Up/latest"};
  const auto none = home.run(kHead + in_foo + "\"c\"\n" + show, request);
  REQUIRE_FALSE(none);
  CHECK(to_text(none.error()) ==
        "foo.test.c.Up has no run that has ended; the newest of all is Up/2, of foo.test.b: "
        "name that, or foo.test.b.Up/latest");
}

TEST_CASE("an artifact that is called as its flow is lies in the folder of the flow alone") {
  TestHome home;
  REQUIRE(home.run("id = \"model\"\n" + step("a", "run = 'echo 1 > $QFLOW_OUT/model; echo 2 > $QFLOW_OUT/n.json'")));
  LocalRunRequest request;
  request.triggers = {"model/1"};
  const auto run =
      home.run(kHead + step("r", "run = 'cd $QFLOW_TRIGGER_DATA; ls; cat model/model model/n.json n.json'"), request);
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  CHECK(home.seen.lines == std::vector<std::string>{"r | model", "r | n.json", "r | 1", "r | 2", "r | 2"});
}

TEST_CASE("a step of an earlier run as the trigger") {
  TestHome home;
  const std::string up = "id = \"Up\"\n" + step("a", "run = 'echo 1 > $QFLOW_OUT/x.json'") +
                         step("b", "run = 'echo 2 > $QFLOW_OUT/x.json'") + step("skipped", "when = 'false'") +
                         step("last", "needs = ['a', 'b']\nrun = 'test -e ready'");
  const std::string down = kHead +
                           "[parameters.p]\ntype = 'int'\n[[triggers]]\ntype = 'flow'\nsource_flow_id = 'Up'\n"
                           "source_task_id = 'a'\nparameters = { p = 'artifacts.x' }\n" +
                           step("s", "env = { X = '{{ trigger.data.x }}' }\nrun = 'echo $QFLOW_PARAM_p $X'");
  REQUIRE(home.run(up));
  home.write("ready", "");
  REQUIRE(resume_run(home.store(), RunId::parse("Up/1").value(), std::nullopt, {}, home.doors(), nullptr, home.seen));
  LocalRunRequest request;
  const Event end = home.store().ledger().end_event(RunId::parse("Up/1").value(), StepId::parse("a").value()).value();
  // The second run took the step over.
  for (const std::string& trigger : {std::string("Up/1/a"), std::string("Up/2/a"), end.id}) {
    CAPTURE(trigger);
    request.triggers = {trigger};
    const auto run = home.run(down, request);
    REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
    CHECK(home.seen.notes.empty());
    CHECK(home.seen.lines == std::vector<std::string>{"s | 1 1"});
  }
  struct Row {
    std::string trigger;
    std::string error;
  };
  const std::vector<Row> rows{
      {"Up/1/lats", "Up has no step 'lats'; did you mean 'last'?"},
      {"Up/1/skipped",
       "the step 'skipped' of Up/1 was skipped: it is always false; a trigger on a step never hears of that"},
  };
  for (const Row& row : rows) {
    request.triggers = {row.trigger};
    const auto run = home.run(down, request);
    REQUIRE_FALSE(run);
    CHECK(run.error().kind == ErrorKind::kNotFound);
    CHECK(to_text(run.error()) == row.error);
  }
}

TEST_CASE("the instant that a schedule's event was due is known, also down the chain") {
  TestHome home;
  const std::string toml = kHead + "[[triggers]]\ntype = 'schedule'\nid = 'n'\nschedule = '0 0 * * *'\n" +
                           step("s", "run = 'echo $QFLOW_SCHEDULED_AT'");
  LocalRunRequest request;
  for (const std::string trigger :
       {R"({"name": "qflow.schedule.F.n", "timestamp": "2026-01-01T00:00:00Z"})", "F/1", "F/2/s"}) {
    request.triggers = {trigger};
    REQUIRE(home.run(toml, request));
    CHECK(home.seen.lines == std::vector<std::string>{"s | 2026-01-01T00:00:00Z"});
  }
}

TEST_CASE("a value that does not fit is a note, and the others count") {
  TestHome home;
  const std::string toml = kHead +
                           "[parameters.day]\nrequired = true\n[parameters.n]\ntype = 'int'\ndefault = 1\n"
                           "[[triggers]]\ntype = 'event'\nevent = 'e'\n" +
                           step("s", "run = 'echo $QFLOW_PARAM_day $QFLOW_PARAM_n'");
  const std::string note = "a deployed trigger would filter the event 'e': parameter n can't be set";
  struct Row {
    std::string payload;
    std::vector<std::string> given;
    std::string line;  // "" when the run is refused
  };
  const Row rows[] = {
      {R"({"day": "d", "n": " 5"})", {}, "s | d 1"},
      {R"({"day": "d", "n": " 5"})", {"n=5"}, "s | d 5"},
      {R"({"n": " 5"})", {}, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.payload);
    LocalRunRequest request;
    request.triggers = {R"({"name": "e", "payload": )" + row.payload + "}"};
    request.parameters = row.given;
    const auto run = home.run(toml, request);
    CHECK(run.has_value() == !row.line.empty());
    if (!run) CHECK(run.error().message.find("'day' has no value") != std::string::npos);
    CHECK(home.seen.lines == (row.line.empty() ? std::vector<std::string>{} : std::vector<std::string>{row.line}));
    REQUIRE(home.seen.notes.size() == 1);
    CHECK(home.seen.notes[0].starts_with(note));
  }
}

TEST_CASE("the name of an event may be that of a flow of the store") {
  TestHome home;
  REQUIRE(home.run("id = \"Up\"\n" + step("a", "run = 'true'")));
  LocalRunRequest request;
  request.triggers = {"Up"};
  REQUIRE(home.run(kHead + step("s", "run = 'true'"), request));
  REQUIRE(home.seen.notes.size() == 2);
  CHECK(home.seen.notes[0] == "'Up' is taken as the name of an event; for a run of that flow write Up/latest");
}

}  // namespace
}  // namespace qflow
