#include "qflow/service/run_resumption.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "qflow/model/step_state.h"
#include "support/test_home.h"

namespace qflow {
namespace {

// Fails until the file `ready` is there.
const std::string kFlow = R"toml(
id = "F"
[parameters.window]
default = 3
[[steps]]
id = "first"
run = "echo first >> begun; echo 1 > $QFLOW_OUT/one.json"
[[steps]]
id = "aside"
run = "echo aside >> begun"
[[steps]]
id = "never"
when = "params.window > 100"
run = "echo never >> begun"
[[steps]]
id = "each"
needs = ["first"]
foreach = "[10, 20, 30]"
run = "echo each $QFLOW_ITEM >> begun; echo $QFLOW_ITEM > $QFLOW_OUT/n.json; test $QFLOW_ITEM -ne 20 || test -e ready"
[[steps]]
id = "last"
needs = ["each"]
run = "echo last $QFLOW_PARAM_window $(cat $QFLOW_IN/one.json $QFLOW_IN/.steps/each/*/n.json) >> begun"
)toml";

class ResumptionFixture {
 public:
  // F/1 has failed at its second task, and would succeed now.
  ResumptionFixture() {
    LocalRunRequest request;
    request.execution.jobs = 1;
    request.parameters = {"window=7"};
    request.context = "today";
    request.tags = {"tagged"};
    REQUIRE(home.run(kFlow, request));
    REQUIRE(home.step_statuses("F/1") == "aside=succeeded each=failed first=succeeded never=skipped");
    home.write("ready", "");
    home.write("begun", "");
  }

  Result<RunResult> resume(const std::string& run, const std::optional<std::string>& step = std::nullopt) {
    std::optional<StepId> from;
    if (step) from = StepId::parse(*step).value();
    home.seen = RecordingObserver();
    return resume_run(home.store(), RunId::parse(run).value(), from, {1, {}}, home.doors(), nullptr, home.seen);
  }
  std::size_t count_runs() { return home.store().ledger().list_runs({}).value().size(); }

  TestHome home;
};

TEST_CASE("a resumed run is a new one that begins with what succeeded") {
  ResumptionFixture fixture;
  TestHome& home = fixture.home;
  const auto result = fixture.resume("F/1");
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : to_text(result.error())));
  CHECK(result->run.text() == "F/2");
  CHECK(home.read("begun") == "each 20\neach 30\nlast 7 1 10 20 30\n");
  CHECK(home.step_statuses("F/2") == "aside=succeeded each=succeeded first=succeeded last=succeeded never=skipped");
  const std::vector<StepState> steps = home.store().ledger().steps(result->run).value();
  for (const StepState& step : steps) {
    CAPTURE(step.step.text());
    const bool taken_over = step.step.text() == "first" || step.step.text() == "aside";
    CHECK((step.reason == "taken over from F/1") == taken_over);
  }
  const Run run = home.find("F/2");
  CHECK(run.resumes->text() == "F/1");
  CHECK(run.context == "today");
  CHECK(run.tags == std::vector<std::string>{"tagged"});
  CHECK(run.params["window"] == 7);
  CHECK(to_text(home.find("F/1").status) == to_text(RunStatus::kFailed));
}

TEST_CASE("a step that is named is done again, with all that follows it") {
  struct Row {
    std::string step;
    std::string begun;
  };
  const std::vector<Row> rows{
      {"first", "first\neach 10\neach 20\neach 30\nlast 7 1 10 20 30\n"},
      {"each", "each 10\neach 20\neach 30\nlast 7 1 10 20 30\n"},
      {"last", "each 20\neach 30\nlast 7 1 10 20 30\n"},
      {"aside", "aside\neach 20\neach 30\nlast 7 1 10 20 30\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.step);
    ResumptionFixture fixture;
    const auto result = fixture.resume("F/1", row.step);
    REQUIRE_MESSAGE(result.has_value(), (result ? "" : to_text(result.error())));
    CHECK(fixture.home.read("begun") == row.begun);
  }
}

TEST_CASE("finished tasks count for the items that they had") {
  struct Row {
    std::string list;
    std::string begun;
  };
  const std::vector<Row> rows{{"[run.number, run.number + 1]", "2\n3\n"}, {"[run.flow, run.status]", "running\n"}};
  for (const Row& row : rows) {
    CAPTURE(row.list);
    TestHome home;
    LocalRunRequest request;
    request.execution.jobs = 1;
    REQUIRE(home.run("id = \"G\"\n[[steps]]\nid = \"each\"\nforeach = \"" + row.list +
                         "\"\nrun = \"echo $QFLOW_ITEM >> begun; test $QFLOW_INDEX = 0 || test -e ready\"\n",
                     request));
    REQUIRE(home.step_statuses("G/1") == "each=failed");
    home.write("ready", "");
    home.write("begun", "");
    const RunId run = RunId::parse("G/1").value();
    const auto result = resume_run(home.store(), run, {}, {1, {}}, home.doors(), nullptr, home.seen);
    REQUIRE_MESSAGE(result.has_value(), (result ? "" : to_text(result.error())));
    CHECK(home.read("begun") == row.begun);
  }
}

TEST_CASE("a resumed run has the definition that was recorded, and scripts as they are now") {
  ResumptionFixture fixture;
  fixture.home.write("flow.toml", "id = \"F\"\n[[steps]]\nid = \"other\"\nrun = \"echo other >> begun\"\n");
  REQUIRE(fixture.resume("F/1"));
  CHECK(fixture.home.read("begun").find("other") == std::string::npos);
  CHECK(fixture.home.find("F/2").definition_hash == fixture.home.find("F/1").definition_hash);
}

TEST_CASE("a run that succeeded can be begun anew at a step") {
  ResumptionFixture fixture;
  REQUIRE(fixture.resume("F/1"));
  fixture.home.write("begun", "");
  const auto nothing = fixture.resume("F/2");
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().kind == ErrorKind::kInvalid);
  REQUIRE(fixture.resume("F/2", "last"));
  CHECK(fixture.home.read("begun") == "last 7 1 10 20 30\n");
  CHECK(fixture.home.find("F/3").resumes->text() == "F/2");
}

TEST_CASE("what can't be resumed is refused, and no run is made") {
  ResumptionFixture fixture;
  fixture.home.add_run(kFlow);
  const FileHandle lock = fixture.home.store().lock_run(RunId::parse("F/2").value()).value();
  fixture.home.add_run(kFlow + "[[steps]]\nid = \"secret\"\nsecrets = [\"NO_SUCH_SECRET\"]\nrun = \"true\"\n",
                       [](Run& run) {
                         run.status = RunStatus::kFailed;
                         run.ended_at = run.started_at;
                       });
  struct Row {
    std::string run;
    std::optional<std::string> step;
    ErrorKind kind;
    std::string text;
  };
  const std::vector<Row> rows{
      {"F/2", std::nullopt, ErrorKind::kBusy, "qflow cancel F/2"},
      {"F/1", "lats", ErrorKind::kNotFound, "did you mean 'last'?"},
      {"F/9", std::nullopt, ErrorKind::kNotFound, "there is no run F/9"},
      {"G/1", std::nullopt, ErrorKind::kNotFound, "there is no run G/1"},
      {"F/3", std::nullopt, ErrorKind::kInvalid, "NO_SUCH_SECRET"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.run);
    const auto result = fixture.resume(row.run, row.step);
    REQUIRE_FALSE(result);
    CHECK(to_text(result.error()).find(row.text) != std::string::npos);
    CHECK(result.error().kind == row.kind);
    CHECK(fixture.count_runs() == 3);
  }
  fixture.home.write(".qflow/config.toml", "max_lag = 1\n");
  const auto result = fixture.resume("F/1");
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::kInvalid);
  CHECK(fixture.count_runs() == 3);
}

TEST_CASE("a run whose results gc has removed is done again from its beginning") {
  ResumptionFixture fixture;
  TestHome& home = fixture.home;
  home.write([&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(const bool removed, writer.remove_results(RunId::parse("F/1").value()));
    return removed ? Status() : fail(ErrorKind::kFailed, "not removed");
  });
  const auto result = fixture.resume("F/1");
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : to_text(result.error())));
  CHECK(home.read("begun").find("first\n") != std::string::npos);
  CHECK(home.read("begun").find("each 10\n") != std::string::npos);
  REQUIRE_FALSE(home.seen.notes.empty());
  CHECK(home.seen.notes.front().find("qflow gc has removed the results of F/1") != std::string::npos);
}

}  // namespace
}  // namespace qflow
