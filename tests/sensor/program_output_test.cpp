#include "sensor/program_output.h"

#include <doctest/doctest.h>

#include <csignal>

#include "support/fake_process_launcher.h"

namespace qflow {
namespace {

// Once a process is collected, its number may be that of somebody else's group.
class WatchfulLauncher final : public FakeProcessLauncher {
 public:
  Result<ProcessExit> collect(ChildProcess& child) override {
    collected = true;
    return FakeProcessLauncher::collect(child);
  }
  void signal_group(pid_t group, int signal) override {
    if (collected) ++late_signals;
    FakeProcessLauncher::signal_group(group, signal);
  }

  bool collected = false;
  int late_signals = 0;
};

TEST_CASE("what a program leaves behind is killed before the program is collected") {
  for (const int status : {0, 3}) {
    CAPTURE(status);
    WatchfulLauncher launcher;
    launcher.on_start = [&](const FakeProcessLauncher::Started& started) {
      launcher.end_with_status(started.id, status);
    };
    const SensorRules rules;
    const Environment environment;
    PosixFileSystem files;
    PosixClock clock;
    const Look look{.rules = rules,
                    .folder = "/",
                    .now = clock.now(),
                    .environment = environment,
                    .secret = {},
                    .files = files,
                    .launcher = launcher,
                    .clock = clock};
    CHECK(output_of_program({"program"}, look).has_value() == (status == 0));
    CHECK(launcher.collected);
    CHECK(launcher.signals == std::vector<FakeProcessLauncher::Signal>{{1001, SIGKILL}});
    CHECK(launcher.late_signals == 0);
  }
}

}  // namespace
}  // namespace qflow
