#include "qflow/runner/leftovers.h"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "qflow/model/step_state.h"
#include "qflow/runner/run_journal.h"
#include "support/fake_clock.h"
#include "support/fake_process_table.h"
#include "support/temporary_folder.h"

namespace qflow {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Signals = std::vector<FakeProcessTable::Signal>;

constexpr pid_t kLeader = 200;
constexpr pid_t kOther = 201;

// A run whose journal has one task: the group 200, begun 1000 s after the system's start.
class LeftoversFixture {
 public:
  LeftoversFixture() : layout(folder.path()), run(RunId::parse("F/1").value()) {
    table.on_look = [this] { clock.advance(milliseconds(100)); };
    journal("this-boot");
  }

  void journal(const std::string& boot_id) {
    std::filesystem::create_directories(layout.run(run));
    std::ofstream lock(layout.run_lock(run));
    FakeProcessTable then;
    then.boot = boot_id;
    lock << executor_line({150, 1, 150, seconds(999)}, journal_origin(layout.run_lock(run), files, then).value())
         << "0000000200 0000001000000000 train/1\n0000000";
  }
  // Where SIGTERM, or only SIGKILL, works.
  void let_end(int signal) {
    table.on_signal = [this, signal](const auto& sent) {
      if (sent.second == signal) table.remove(sent.first);
    };
  }
  std::string environment(const std::string& run_text) const {
    return std::string("PATH=/bin\0QFLOW_RUN=", 20) + run_text + '\0' + "QFLOW_STORE=" + folder.path().string() + '\0';
  }
  bool end() { return end_leftovers(remains_of(run, layout, files, table), table, clock); }

  const TemporaryFolder folder;
  StoreLayout layout;
  RunId run;
  PosixFileSystem files;
  FakeClock clock;
  FakeProcessTable table;
};

TEST_CASE("what is left of a run is ended, and nobody else") {
  struct Row {
    std::string what;
    ProcessInfo process;
    std::string environment;
    bool is_left;
  };
  const std::vector<Row> rows{
      {"the leader", {kLeader, 1, kLeader, seconds(1000)}, "", true},
      {"its start is rounded", {kLeader, 1, kLeader, seconds(1000) - milliseconds(10)}, "", true},
      {"its number was given again", {kLeader, 1, kLeader, seconds(1010)}, "", false},
      {"its number was an older one's", {kLeader, 1, kLeader, seconds(900)}, "", false},
      {"a member without its leader", {kOther, 1, kLeader, seconds(1200)}, "", true},
      {"a member that is older than the group", {kOther, 1, kLeader, seconds(900)}, "", false},
      {"another group", {kOther, 1, kOther, seconds(1200)}, "", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    LeftoversFixture fixture;
    fixture.let_end(SIGTERM);
    fixture.table.add(row.process);
    CHECK(fixture.end());
    CHECK(fixture.table.signals == (row.is_left ? Signals{{row.process.id, SIGTERM}} : Signals{}));
  }
}

TEST_CASE("who moved to another group is known by the run and the store that it names") {
  struct Row {
    std::string run;
    bool names_store;
    bool is_left;
  };
  for (const Row& row : {Row{"F/1", true, true}, {"F/12", true, false}, {"F/1", false, false}, {"GF/1", true, false}}) {
    CAPTURE(row.run);
    LeftoversFixture fixture;
    fixture.let_end(SIGTERM);
    std::string environment = fixture.environment(row.run);
    if (!row.names_store) environment.insert(environment.size() - 1, "2");
    fixture.table.add({kOther, 1, kOther, seconds(2000)}, environment);
    // A variable that only ends like the right one.
    fixture.table.add({kOther + 1, 1, kOther + 1, {}}, "X" + fixture.environment("F/1").substr(10));
    CHECK(fixture.end());
    CHECK(fixture.table.signals == (row.is_left ? Signals{{kOther, SIGTERM}} : Signals{}));
  }
}

TEST_CASE("what is left of hooks is told from what steps left on purpose") {
  LeftoversFixture fixture;
  fixture.let_end(SIGTERM);
  std::ofstream(fixture.layout.run_lock(fixture.run), std::ios::app) << "\n0000000210 0000001000000000 hook\n";
  const std::string environment = fixture.environment("F/1");
  fixture.table.add({kLeader, 1, kLeader, seconds(1000)}, environment);
  fixture.table.add({210, 1, 210, seconds(1000)});
  fixture.table.add({220, 1, 220, seconds(2000)}, environment + std::string("QFLOW_STATUS=failed\0", 20));
  fixture.table.add({230, 1, 230, seconds(2000)}, environment + std::string("QFLOW_STATUS=succeeded\0", 23));
  CHECK(end_leftovers(remains_of_hooks(fixture.run, RunStatus::kFailed, fixture.layout, fixture.files, fixture.table),
                      fixture.table, fixture.clock));
  CHECK(fixture.table.signals == Signals{{210, SIGTERM}, {220, SIGTERM}});
}

TEST_CASE("this process and those above it are spared") {
  LeftoversFixture fixture;
  fixture.table.add({90, 1, 90, {}}, fixture.environment("F/1"));
  fixture.table.add({100, 90, 100, {}}, fixture.environment("F/1"));
  CHECK(fixture.end());
  CHECK(fixture.table.signals.empty());
}

TEST_CASE("groups of an earlier start of the system mean nothing") {
  LeftoversFixture fixture;
  fixture.journal("an-earlier-boot");
  fixture.table.add({kLeader, 1, kLeader, seconds(1000)});
  CHECK(fixture.end());
  CHECK(fixture.table.signals.empty());
}

TEST_CASE("groups of the journal that this one is a copy of are somebody else's") {
  LeftoversFixture fixture;
  const Path lock = fixture.layout.run_lock(fixture.run);
  std::filesystem::copy_file(lock, lock.native() + ".copy");
  std::filesystem::rename(lock.native() + ".copy", lock);
  fixture.table.add({kLeader, 1, kLeader, seconds(1000)});
  CHECK(fixture.end());
  CHECK(fixture.table.signals.empty());
}

TEST_CASE("who does not heed SIGTERM is killed a second later, and who can't be is given up") {
  LeftoversFixture fixture;
  fixture.let_end(SIGKILL);
  fixture.table.add({kLeader, 1, kLeader, seconds(1000)});
  const auto began = fixture.clock.monotonic();
  CHECK(fixture.end());
  CHECK(fixture.table.signals == Signals{{kLeader, SIGTERM}, {kLeader, SIGKILL}});
  CHECK(fixture.clock.monotonic() - began < seconds(2));

  fixture.let_end(0);
  fixture.table.add({kLeader, 1, kLeader, seconds(1000)});
  CHECK_FALSE(fixture.end());
}

TEST_CASE("a process that starts another one between a look and the signal does not save it") {
  LeftoversFixture fixture;
  fixture.table.add({kLeader, 1, kLeader, seconds(1000)});
  fixture.table.on_signal = [&](const auto& sent) {
    fixture.table.remove(sent.first);
    if (sent.first == kLeader) fixture.table.add({kOther, 1, kLeader, seconds(1001)});
  };
  CHECK(fixture.end());
  CHECK(fixture.table.signals == Signals{{kLeader, SIGTERM}, {kOther, SIGTERM}});
}

TEST_CASE("the journal knows which attempts were begun") {
  LeftoversFixture fixture;
  const std::vector<Attempt> attempts = journaled_attempts(fixture.run, fixture.layout, fixture.files);
  REQUIRE(attempts.size() == 1);
  CHECK(attempts.front().step.text() == "train");
  CHECK(attempts.front().number == 1);
  CHECK_FALSE(attempts.front().index);
  CHECK(journaled_attempts(RunId::parse("F/2").value(), fixture.layout, fixture.files).empty());
}

}  // namespace
}  // namespace qflow
