#include "qflow/service/run_recovery.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "qflow/model/step_state.h"
#include "qflow/runner/hook.h"
#include "qflow/runner/run_journal.h"
#include "qflow/service/get_scope.h"
#include "qflow/service/run_objects.h"
#include "qflow/service/run_reference.h"
#include "support/faulty_file_system.h"
#include "support/test_home.h"

namespace qflow {
namespace {

const std::string kFlow = R"toml(
id = "F"
[[steps]]
id = "done"
run = "echo done >> begun; echo 1 > $QFLOW_OUT/one.json"
[[steps]]
id = "each"
needs = ["done"]
foreach = "[10, 20, 30]"
run = "echo each $QFLOW_ITEM $QFLOW_ATTEMPT >> begun; cat $QFLOW_IN/one.json"
[[steps]]
id = "last"
needs = ["each"]
run = "echo last >> begun"
[hooks]
on_failure = "echo $QFLOW_STATUS $QFLOW_RUN >> hooks"
)toml";

const std::string kFlowThatFails = "[run]\non_crash = \"fail\"\n";
constexpr const char* kKilled = "the process that executed the run was killed";

void be_deployed(Run& run) {
  run.origin = RunOrigin::kDeployed;
}

Status recover(TestHome& home) {
  home.seen = RecordingObserver();
  return recover_runs(home.store(), home.doors(), nullptr, home.seen);
}

Attempt attempt(const std::string& step, std::optional<std::int64_t> index, StepStatus status) {
  Attempt attempt;
  attempt.step = StepId::parse(step).value();
  attempt.index = index;
  attempt.status = status;
  attempt.started_at = PosixClock().now();
  if (status != StepStatus::kRunning) attempt.ended_at = attempt.started_at;
  return attempt;
}

StepState state(const std::string& step, StepStatus status) {
  StepState state;
  state.step = StepId::parse(step).value();
  state.status = status;
  state.started_at = PosixClock().now();
  if (status != StepStatus::kRunning) state.ended_at = state.started_at;
  return state;
}

// The run as a killed process left it: `done` has succeeded, of `each` one task has, one is recorded as running, one is
// only in the journal.
Run add_cut_off_run(TestHome& home, const std::string& toml, const std::function<void(Run&)>& change) {
  const Run run = home.add_run(toml, change);
  const Path out = home.folder / "made";
  home.write("made/one.json", "1\n");
  const std::vector<NewArtifact> artifacts = home.store().objects().collect(out).value();
  home.write([&](LedgerWriter& writer) -> Status {
    QFLOW_TRY(writer.save_step(run.id, state("done", StepStatus::kSucceeded)));
    QFLOW_TRY(writer.save_attempt(run.id, attempt("done", std::nullopt, StepStatus::kSucceeded)));
    QFLOW_TRY(writer.add_artifact(run.id, StepId::parse("done").value(), std::nullopt, artifacts.front()));
    QFLOW_TRY(writer.save_step(run.id, state("each", StepStatus::kRunning)));
    QFLOW_TRY(writer.save_attempt(run.id, attempt("each", 0, StepStatus::kSucceeded)));
    return writer.save_attempt(run.id, attempt("each", 1, StepStatus::kRunning));
  });
  std::filesystem::create_directories(home.store().layout().run(run.id));
  std::ofstream(home.store().layout().run_lock(run.id))
      << executor_line({1 << 22, 1, 1, {}}, "an-earlier-boot") << "0004194304 0000000000000001 each/1/1\n"
      << "0004194304 0000000000000001 each/2/1\n";
  return run;
}

TEST_CASE("a run whose lock can't be looked at is not said to have crashed") {
  TestHome home;
  const Run run = home.add_run(kFlow);
  const FileHandle lock = home.store().lock_run(run.id).value();
  FaultyFileSystem failing(home.files);
  const auto store = Store::open(home.folder / ".qflow", StoreAccess::kRead, failing, home.clock).value();
  failing.fail_every("open", "Too many open files");
  CHECK(to_text(status_now(*store, run.id, run.status)) == to_text(RunStatus::kRunning));
}

TEST_CASE("what becomes of a run whose process was killed") {
  struct Row {
    std::string what;
    std::string toml;
    std::function<void(Run&)> change;
    std::string status;
    std::string reason;
    std::string steps;
    std::string hooks;
    std::string note;
  };
  const auto crashed_twice = [](Run& run) {
    be_deployed(run);
    run.crashes = 2;
  };
  const std::string cut = "done=succeeded each=cancelled";
  const std::vector<Row> rows{
      {"local",
       kFlow,
       {},
       "crashed",
       kKilled,
       cut,
       "crashed F/1\n",
       "F/1 crashed; qflow resume F/1 goes on with what it has done"},
      {"deployed", kFlow, be_deployed, "queued", "", "done=succeeded each=running", "",
       "F/1 was cut off; it waits to go on"},
      {"on_crash = \"fail\"", kFlow + kFlowThatFails, be_deployed, "crashed", kKilled, cut, "crashed F/1\n",
       "F/1 crashed; qflow resume F/1 goes on with what it has done"},
      {"the third crash", kFlow, crashed_twice, "failed", "crashed 3 times", cut, "failed F/1\n",
       "F/1 failed; qflow resume F/1 goes on with what it has done"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    TestHome home;
    add_cut_off_run(home, row.toml, row.change);
    REQUIRE(recover(home));
    const Run run = home.find("F/1");
    CHECK(to_text(run.status) == row.status);
    CHECK(run.reason == row.reason);
    CHECK(home.step_statuses("F/1") == row.steps);
    CHECK(home.attempt_statuses("F/1") ==
          "done#1=succeeded each[0]#1=succeeded each[1]#1=cancelled each[2]#1=cancelled");
    const std::vector<StepState> steps = home.store().ledger().steps(run.id).value();
    for (const StepState& step : steps) {
      if (step.step.text() == "each" && step.ended_at) CHECK(step.attempts == 3);
    }
    CHECK(home.read("hooks") == row.hooks);
    CHECK(home.seen.notes == std::vector<std::string>{row.note});
    CHECK(home.store().ledger().inconsistencies().value().empty());
    CHECK(run.ended_at.has_value() == has_ended(run.status));
    CHECK(home.store().ledger().end_event(run.id, std::nullopt).has_value() == has_ended(run.status));
    REQUIRE(recover(home));
    CHECK(home.seen.notes.empty());
  }
}

TEST_CASE("a deployed run goes on as itself, with what it has not done") {
  TestHome home;
  const Run run = add_cut_off_run(home, kFlow, be_deployed);
  REQUIRE(recover(home));
  CHECK(home.find("F/1").crashes == 1);
  const auto result = execute_queued_run(home.store(), run.id, FileHandle(), {1, {}}, home.doors(), nullptr, home.seen);
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : to_text(result.error())));
  CHECK(to_text(result->status) == to_text(RunStatus::kSucceeded));
  CHECK(home.step_statuses("F/1") == "done=succeeded each=succeeded last=succeeded");
  CHECK(home.attempt_statuses("F/1") ==
        "done#1=succeeded each[0]#1=succeeded each[1]#1=cancelled each[1]#2=succeeded each[2]#1=cancelled "
        "each[2]#2=succeeded last#1=succeeded");
  CHECK(home.read("begun") == "each 20 2\neach 30 2\nlast\n");
  CHECK(home.find("F/1").origin == RunOrigin::kDeployed);
}

TEST_CASE("a run that waits and that nobody will start has crashed; a deployed one is started by others") {
  TestHome home;
  home.add_run(kFlow, [](Run& run) { run.status = RunStatus::kQueued; });
  home.add_run(kFlow, [](Run& run) {
    be_deployed(run);
    run.status = RunStatus::kQueued;
  });
  REQUIRE(recover(home));
  CHECK(to_text(home.find("F/1").status) == to_text(RunStatus::kCrashed));
  CHECK(home.find("F/1").reason == "it was never started");
  CHECK(to_text(home.find("F/2").status) == to_text(RunStatus::kQueued));
  CHECK(home.seen.notes == std::vector<std::string>{"F/1 was never started; run it again"});
}

TEST_CASE("a run that somebody executes is let alone") {
  TestHome home;
  const Run run = add_cut_off_run(home, kFlow, {});
  const FileHandle lock = home.store().lock_run(run.id).value();
  REQUIRE(recover(home));
  CHECK(to_text(home.find("F/1").status) == to_text(RunStatus::kRunning));
  CHECK(home.seen.notes.empty());
}

TEST_CASE("a crashed run does not keep others from being recovered, nor the next run from running") {
  TestHome home;
  add_cut_off_run(home, kFlow, {});
  add_cut_off_run(home, kFlow, be_deployed);
  const auto other = home.run("id = \"G\"\n[[steps]]\nid = \"a\"\nrun = \"true\"\n");
  REQUIRE_MESSAGE(other.has_value(), (other ? "" : to_text(other.error())));
  CHECK(other->run.text() == "G/1");
  CHECK(home.seen.notes.size() == 2);
  CHECK(to_text(home.find("F/1").status) == to_text(RunStatus::kCrashed));
  CHECK(to_text(home.find("F/2").status) == to_text(RunStatus::kQueued));
  CHECK(home.read("begun").empty());
}

TEST_CASE("a crashed run has ended for who reads it, and triggers what names it") {
  TestHome home;
  const Run cut_off = add_cut_off_run(home, kFlow, {});
  const auto status = [&] {
    const auto scope = ended_run_scope(home.store(), home.find("F/1"));
    return scope.value()->root("run").value().to_json().value()["status"];
  };
  CHECK(status() == Json("crashed"));
  const RunReference latest = parse_run_reference("F/latest").value();
  CHECK(find_run(home.store(), latest, LatestMeans::kNewestEnded).value().id == cut_off.id);
  home.add_run(kFlow, [](Run& run) {
    run.origin = RunOrigin::kDeployed;
    run.status = RunStatus::kQueued;
  });
  CHECK(find_run(home.store(), latest, LatestMeans::kNewestEnded).value().id == cut_off.id);
  CHECK(find_run(home.store(), latest, LatestMeans::kNewest).value().id.number == 2);
  LocalRunRequest request;
  request.triggers = {"F/1"};
  const auto triggered = home.run("id = \"G\"\n[[steps]]\nid = \"a\"\nrun = \"true\"\n", request);
  REQUIRE_MESSAGE(triggered.has_value(), (triggered ? "" : to_text(triggered.error())));
  CHECK(home.find("G/1").trigger->sources.front().run == cut_off.id);
  CHECK(status() == Json("crashed"));
}

TEST_CASE("a run that can't go on fails, and what it had begun ends with it") {
  TestHome home;
  const std::string toml =
      kFlow + "[[steps]]\nid = \"secret\"\nsecrets = [\"KNOWN_SECRET\", \"NO_SUCH_SECRET\"]\nrun = \"true\"\n";
  home.environment["KNOWN_SECRET"] = "something";
  home.write(".qflow/config.toml",
             "[hooks]\non_failure = 'echo ${KNOWN_SECRET-none} $(cat $QFLOW_PARAMS) $QFLOW_REASON'\n");
  const Run run = add_cut_off_run(home, toml, be_deployed);
  REQUIRE(recover(home));
  const auto result = execute_queued_run(home.store(), run.id, FileHandle(), {}, home.doors(), nullptr, home.seen);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::kInvalid);
  CHECK(to_text(home.find("F/1").status) == to_text(RunStatus::kFailed));
  CHECK(home.find("F/1").reason.find("NO_SUCH_SECRET") != std::string::npos);
  CHECK(home.step_statuses("F/1") == "done=succeeded each=cancelled");
  CHECK(home.read("hooks") == "failed F/1\n");
  REQUIRE(home.seen.lines.size() == 1);
  CHECK(home.seen.lines[0].starts_with("hook | none {} no value for the secret 'NO_SUCH_SECRET'"));
  CHECK(home.store().ledger().inconsistencies().value().empty());
}

TEST_CASE("the marks of hooks whose caller was killed are taken away, of unknown runs too") {
  TestHome home;
  REQUIRE(home.run("id = \"G\"\n[hooks]\non_success = \"test -e \\\"$QFLOW_STORE/hooks/G.1\\\" && echo marked\"\n"));
  CHECK(home.seen.lines == std::vector<std::string>{"hook | marked"});
  CHECK(runs_with_hooks(home.store().layout(), home.files).value().empty());
  for (const std::string mark : {"G.1", "G.2"}) home.write(".qflow/hooks/" + mark, "");
  CHECK(abandoned_hooks(home.store()).value().size() == 2);
  const FileHandle lock = home.store().lock_run(RunId::parse("G/1").value()).value();
  CHECK(abandoned_hooks(home.store()).value() == std::vector<RunId>{RunId::parse("G/2").value()});
  CHECK(recover(home));
  CHECK(home.seen.notes.empty());
  CHECK(runs_with_hooks(home.store().layout(), home.files).value() == std::vector<RunId>{RunId::parse("G/1").value()});
}

}  // namespace
}  // namespace qflow
