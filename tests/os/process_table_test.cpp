#include "qflow/os/process_table.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <thread>

#include "qflow/os/pipe.h"
#include "qflow/os/process_launcher.h"
#include "support/temporary_folder.h"

namespace qflow {
namespace {

class TableFixture {
 public:
  // A program that runs until it is killed.
  ChildProcess start(const std::string& program = "sleep", std::vector<std::string> environment = {}) {
    ProcessSpec spec;
    spec.program = program;
    spec.arguments = {"sleep", "1000"};
    spec.environment = std::move(environment);
    spec.environment.emplace_back("PATH=/usr/bin:/bin");
    return launcher.start(spec).value();
  }
  std::optional<ProcessInfo> find(pid_t id) {
    const std::vector<ProcessInfo> all = table.processes();
    for (const ProcessInfo& process : all) {
      if (process.id == id) return process;
    }
    return std::nullopt;
  }
  // A process that was started just now has no environment yet: the kernel fills it in last.
  std::string environment(pid_t id) {
    std::string entries = table.environment(id);
    for (int tries = 0; entries.empty() && tries < 10'000; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      entries = table.environment(id);
    }
    return entries;
  }
  static bool has_ended(const ChildProcess& child) {
    return wait_readable({child.exited.descriptor()}, std::chrono::microseconds(0)).front();
  }
  void end(ChildProcess& child) {
    launcher.signal_group(child.id, SIGKILL);
    (void)launcher.collect(child);
  }

  PosixProcessTable table;
  PosixProcessLauncher launcher;
};

TEST_CASE("a process is known by its parent, group, start and environment, whatever it is called") {
  TableFixture fixture;
  const TemporaryFolder folder;
  const Path odd = folder / "a) S 1 (b\n";
  std::filesystem::create_symlink("/bin/sleep", odd);
  const ProcessInfo self = fixture.table.self();
  ChildProcess child = fixture.start(odd.native(), {"EMPTY=", "TWO=lines\nhere"});
  const auto found = fixture.find(child.id);
  REQUIRE(found);
  CHECK(found->parent == getpid());
  CHECK(found->group == child.id);
  CHECK(found->started >= self.started);
  CHECK(fixture.environment(child.id) == std::string("EMPTY=\0TWO=lines\nhere\0PATH=/usr/bin:/bin\0", 41));
  CHECK(fixture.find(self.id)->started == self.started);
  fixture.end(child);
  CHECK(fixture.table.environment(child.id).empty());
}

TEST_CASE("who has ended and waits to be collected does not run") {
  TableFixture fixture;
  ChildProcess child = fixture.start();
  kill(child.id, SIGKILL);
  REQUIRE(wait_readable({child.exited.descriptor()}, std::nullopt).front());
  CHECK_FALSE(fixture.find(child.id));
  fixture.end(child);
}

TEST_CASE("a signal reaches the very process that was meant") {
  TableFixture fixture;
  ChildProcess child = fixture.start();
  ProcessInfo process = fixture.find(child.id).value();
  process.started -= std::chrono::milliseconds(10);
  fixture.table.signal(process, SIGKILL);
  CHECK_FALSE(fixture.has_ended(child));
  process.started += std::chrono::milliseconds(10);
  fixture.table.signal(process, SIGKILL);
  CHECK(wait_readable({child.exited.descriptor()}, std::chrono::seconds(60)).front());
  fixture.end(child);
  fixture.table.signal(process, SIGKILL);
}

TEST_CASE("the start of the system has a name") {
  PosixProcessTable table;
  CHECK(table.boot_id().size() == 36);
  CHECK(table.boot_id() == PosixProcessTable().boot_id());
}

}  // namespace
}  // namespace qflow
