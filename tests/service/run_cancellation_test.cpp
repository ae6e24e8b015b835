#include "qflow/service/run_cancellation.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "qflow/model/step_state.h"
#include "qflow/os/stop_signals.h"
#include "qflow/runner/run_journal.h"
#include "support/fake_process_table.h"
#include "support/test_home.h"

namespace qflow {
namespace {

const std::string kFlow = "id = \"F\"\n[[steps]]\nid = \"a\"\nrun = \"true\"\n";

// A second passes at each look.
class HastyClock final : public Clock {
 public:
  std::function<void()> on_look;

  Instant now() override { return PosixClock().now(); }
  std::chrono::microseconds monotonic() override {
    if (on_look) on_look();
    return passed_ += std::chrono::seconds(1);
  }

 private:
  std::chrono::microseconds passed_{0};
};

class CancellationFixture {
 public:
  Status cancel() {
    const Doors doors{home.files,         clock,       home.launcher, processes,    home.environment,
                      home.trigger_types, home.folder, "/qflow",      std::nullopt, {}};
    return cancel_run(home.store(), run, doors, home.seen);
  }
  // An executor of the run: holds its lock, and has announced itself.
  void execute(pid_t id) {
    lock = home.store().lock_run(run).value();
    announce(id);
  }
  void announce(pid_t id) { REQUIRE(home.files.write_all(lock, executor_line({id, 1, id, {}}, processes.boot))); }
  void end(RunStatus status) {
    home.write([&](LedgerWriter& writer) { return writer.end_run(run, status, "", home.clock.now()); });
    lock = FileHandle();
  }

  TestHome home;
  HastyClock clock;
  FakeProcessTable processes;
  FileHandle lock;
  RunId run = RunId::parse("F/1").value();
};

TEST_CASE("a run that nobody executes is ended here, with what it had begun") {
  for (const RunStatus status : {RunStatus::kQueued, RunStatus::kRunning}) {
    CancellationFixture fixture;
    fixture.home.add_run(kFlow, [&](Run& run) {
      run.origin = RunOrigin::kDeployed;
      run.status = status;
    });
    StepState step;
    step.step = StepId::parse("a").value();
    step.status = StepStatus::kRunning;
    Attempt attempt;
    attempt.step = step.step;
    fixture.home.write([&](LedgerWriter& writer) -> Status {
      if (status == RunStatus::kQueued) return {};
      QFLOW_TRY(writer.save_step(fixture.run, step));
      return writer.save_attempt(fixture.run, attempt);
    });
    REQUIRE(fixture.cancel());
    const Run run = fixture.home.find("F/1");
    CHECK(to_text(run.status) == to_text(RunStatus::kCancelled));
    CHECK(run.reason == "qflow cancel");
    CHECK(fixture.home.step_statuses("F/1") == (status == RunStatus::kQueued ? "" : "a=cancelled"));
    CHECK(fixture.home.attempt_statuses("F/1") == (status == RunStatus::kQueued ? "" : "a#1=cancelled"));
    CHECK(fixture.home.store().ledger().inconsistencies().value().empty());
    CHECK(fixture.home.store().ledger().end_event(fixture.run, std::nullopt));
  }
}

TEST_CASE("a local run whose process was killed has crashed, and is refused") {
  CancellationFixture fixture;
  fixture.home.add_run(kFlow + "[hooks]\non_failure = \"echo $QFLOW_STATUS\"\n");
  const Status refused = fixture.cancel();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kRefused);
  CHECK(refused.error().message == "F/1 has ended already: it crashed");
  CHECK(to_text(fixture.home.find("F/1").status) == to_text(RunStatus::kCrashed));
  CHECK(fixture.home.seen.lines == std::vector<std::string>{"hook | crashed"});
}

TEST_CASE("the process that executes a run is asked once, and its end awaited") {
  CancellationFixture fixture;
  fixture.home.add_run(kFlow);
  fixture.execute(200);
  int looks_since = -1;
  fixture.processes.on_signal = [&](const auto&) { looks_since = 0; };
  fixture.clock.on_look = [&] {
    if (looks_since >= 0 && ++looks_since == 5) fixture.end(RunStatus::kCancelled);
  };
  CHECK(fixture.cancel());
  CHECK(fixture.processes.signals == std::vector<FakeProcessTable::Signal>{{200, kCancelSignal}});
}

TEST_CASE("a process that has not announced itself yet is asked as soon as it has") {
  CancellationFixture fixture;
  fixture.home.add_run(kFlow);
  fixture.execute(150);  // killed since; the next one has the lock
  fixture.processes.on_signal = [&](const auto& sent) {
    if (sent.first == 150) fixture.announce(200);
    if (sent.first == 200) fixture.end(RunStatus::kCancelled);
  };
  CHECK(fixture.cancel());
  CHECK(fixture.processes.signals == std::vector<FakeProcessTable::Signal>{{150, kCancelSignal}, {200, kCancelSignal}});
}

TEST_CASE("the ledger knows which run is meant before its process is asked, and keeps the first reason") {
  for (const bool replaced : {false, true}) {
    CancellationFixture fixture;
    fixture.home.add_run(kFlow);
    TriggerLedger& triggers = fixture.home.store().ledger().triggers();
    if (replaced) fixture.home.write([&](LedgerWriter&) { return triggers.ask_to_cancel(fixture.run, "replaced"); });
    fixture.execute(200);
    std::optional<std::string> known;
    fixture.processes.on_signal = [&](const auto&) {
      known = triggers.cancel_reason(fixture.run).value();
      fixture.end(RunStatus::kCancelled);
    };
    CHECK(fixture.cancel());
    CHECK(known == (replaced ? "replaced" : "qflow cancel"));
  }
}

TEST_CASE("what had ended before is refused, and says how") {
  CancellationFixture fixture;
  fixture.home.add_run(kFlow);
  fixture.execute(200);
  fixture.processes.on_signal = [&](const auto&) { fixture.end(RunStatus::kSucceeded); };
  const Status while_asked = fixture.cancel();
  const Status afterwards = fixture.cancel();
  for (const Status& refused : {while_asked, afterwards}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::kRefused);
    CHECK(refused.error().message == "F/1 has ended already: it succeeded");
  }
  CHECK(fixture.processes.signals.size() == 1);
  fixture.run.number = 2;
  CHECK(fixture.cancel().error().kind == ErrorKind::kNotFound);
}

TEST_CASE("a run that does not end is told about after 20 s") {
  CancellationFixture fixture;
  fixture.home.add_run(kFlow);
  fixture.execute(200);
  const Status late = fixture.cancel();
  REQUIRE_FALSE(late);
  CHECK(late.error().kind == ErrorKind::kBusy);
  CHECK(late.error().advice.find("qflow cancel once more") != std::string::npos);
  CHECK(to_text(fixture.home.find("F/1").status) == to_text(RunStatus::kRunning));
}

}  // namespace
}  // namespace qflow
