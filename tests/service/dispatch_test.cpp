#include "qflow/service/dispatch.h"

#include <doctest/doctest.h>

#include <csignal>

#include "qflow/service/deployment.h"
#include "qflow/service/trigger_service.h"
#include "support/fake_clock.h"
#include "support/fake_process_launcher.h"
#include "support/test_home.h"

namespace qflow {
namespace {

class CollectingLauncher final : public FakeProcessLauncher {
 public:
  Result<ProcessExit> collect(ChildProcess& child) override {
    collected.push_back(child.id);
    return FakeProcessLauncher::collect(child);
  }
  std::vector<pid_t> collected;
};

struct DispatchFixture {
  TestHome home;
  CollectingLauncher launcher;
  FakeClock clock;
  Doors doors{home.files,         clock,       launcher, home.processes, home.environment,
              home.trigger_types, home.folder, "/qflow", std::nullopt,   [] { return std::string(); }};

  explicit DispatchFixture(int runs, const std::string& policy = "") {
    std::vector<LoadedFlow> flows;
    flows.push_back(home.load("id = \"F\"\n[run]\n" + policy + "[[steps]]\nid = \"s\"\nrun = \":\"\n"));
    REQUIRE(deploy_flows(flows, DeployMode::kLive, doors));
    home.write(".qflow/config.toml", "max_workers = 2\n");
    for (int i = 0; i < runs; ++i) REQUIRE(TriggerService(home.store(), doors).trigger_flow("F").success);
  }

  void claim(const std::string& run) {
    home.write([&](LedgerWriter& writer) { return writer.start_run(RunId::parse(run).value(), clock.now()); });
  }
};

TEST_CASE("a run that nobody has taken yet gets one process, however often is asked") {
  DispatchFixture fixture(1);
  RunDispatcher dispatcher(fixture.home.store(), fixture.doors);
  CHECK(dispatcher.dispatch() == 1);
  for (int i = 0; i < 50; ++i) CHECK(dispatcher.dispatch() == 0);
  CHECK(fixture.launcher.started.size() == 1);
}

TEST_CASE("a run gets another process when its first has ended without it, or could have taken it long ago") {
  DispatchFixture fixture(1);
  RunDispatcher dispatcher(fixture.home.store(), fixture.doors);
  REQUIRE(dispatcher.dispatch() == 1);
  fixture.launcher.end_with_status(1001, 0);
  CHECK(dispatcher.dispatch() == 1);
  CHECK(fixture.launcher.collected == std::vector<pid_t>{1001});
  fixture.clock.advance(std::chrono::seconds(29));
  CHECK(dispatcher.dispatch() == 0);
  fixture.clock.advance(std::chrono::seconds(1));
  CHECK(dispatcher.dispatch() == 1);
}

TEST_CASE("a process that is killed before it takes its run is made again, but not for ever") {
  DispatchFixture fixture(1);
  RunDispatcher dispatcher(fixture.home.store(), fixture.doors);
  for (const pid_t id : {1001, 1002, 1003}) {
    REQUIRE(dispatcher.dispatch() == 1);
    fixture.launcher.end_with_signal(id, SIGKILL);
  }
  const auto given_up = dispatcher.dispatch();
  REQUIRE_FALSE(given_up);
  CHECK(given_up.error().message == "the process that was to execute F/1 was killed by signal 9, 3 times in a row");
}

TEST_CASE("a run whose lock others hold does not get one process after another") {
  DispatchFixture fixture(1);
  RunDispatcher dispatcher(fixture.home.store(), fixture.doors);
  for (const pid_t id : {1001, 1002, 1003}) {
    REQUIRE(dispatcher.dispatch() == 1);
    fixture.launcher.end_with_status(id, 0);
  }
  CHECK(dispatcher.dispatch() == 0);
  fixture.clock.advance(std::chrono::seconds(1));
  CHECK(dispatcher.dispatch() == 1);
}

TEST_CASE("processes that execute runs make no room for more than max_workers, and are collected when they end") {
  DispatchFixture fixture(3);
  RunDispatcher dispatcher(fixture.home.store(), fixture.doors);
  CHECK(dispatcher.dispatch() == 2);
  fixture.claim("F/1");
  CHECK(dispatcher.dispatch() == 0);
  fixture.claim("F/2");
  CHECK(dispatcher.dispatch() == 0);
  fixture.launcher.end_with_status(1001, 0);
  fixture.launcher.end_with_status(1002, 0);
  CHECK(dispatcher.dispatch() == 0);
  CHECK(fixture.launcher.collected == std::vector<pid_t>{1001, 1002});
}

TEST_CASE("runs under max_parallel start in their order, and one that was asked to end does not start") {
  DispatchFixture fixture(4, "max_parallel = 2\n");
  TriggerLedger& triggers = fixture.home.store().ledger().triggers();
  const auto starting = [&] {
    std::string numbers;
    for (int number = 1; number <= 4; ++number) {
      const RunId run{FlowId::parse("F").value(), number};
      if (triggers.may_start(run).value()) numbers += std::to_string(number);
    }
    return numbers;
  };
  CHECK(starting() == "12");
  CHECK(triggers.startable_runs(-1).value().size() == 2);
  fixture.claim("F/1");
  CHECK(starting() == "2");
  fixture.home.write([&](LedgerWriter&) { return triggers.ask_to_cancel(RunId::parse("F/2").value(), "replaced"); });
  CHECK(starting() == "3");
  CHECK(triggers.startable_runs(1).value().front().text() == "F/3");
  fixture.claim("F/3");
  CHECK(starting() == "");
}

TEST_CASE("as many processes are made as runs may start together under max_parallel") {
  DispatchFixture fixture(3, "max_parallel = 1\n");
  RunDispatcher dispatcher(fixture.home.store(), fixture.doors);
  CHECK(dispatcher.dispatch() == 1);
  CHECK(dispatcher.dispatch() == 0);
}

TEST_CASE("who has ended a run does not rely on a process that may have looked before") {
  DispatchFixture fixture(2);
  RunDispatcher dispatcher(fixture.home.store(), fixture.doors);
  RecordingObserver observer;
  fixture.claim("F/1");
  REQUIRE(dispatcher.dispatch() == 1);
  REQUIRE(dispatcher.dispatch() == 0);
  start_waiting_runs(fixture.home.store(), fixture.doors, observer);
  CHECK(fixture.launcher.started.size() == 2);
}

TEST_CASE("who waits in a run keeps one process beyond max_workers, while no place is free") {
  DispatchFixture fixture(4);
  RunDispatcher dispatcher(fixture.home.store(), fixture.doors);
  fixture.claim("F/1");
  fixture.claim("F/2");
  CHECK(dispatcher.dispatch() == 0);
  dispatcher.lend_place();
  CHECK(dispatcher.dispatch() == 1);
  CHECK(fixture.launcher.started.back().spec.arguments.back() == "--lent");
  fixture.claim("F/3");
  CHECK(dispatcher.dispatch() == 0);
  fixture.launcher.end_with_status(1001, 0);
  CHECK(dispatcher.dispatch() == 1);
}

TEST_CASE("the processes outlive the dispatcher") {
  DispatchFixture fixture(1);
  CHECK(RunDispatcher(fixture.home.store(), fixture.doors).dispatch() == 1);
  CHECK(fixture.launcher.signals.empty());
  CHECK(fixture.launcher.started.front().spec.group == ProcessSpec::Group::kNewSession);
  CHECK(fixture.launcher.started.front().spec.with_parent == ProcessSpec::WithParent::kStays);
}

}  // namespace
}  // namespace qflow
