#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

#include "cli/command_fixture.h"

namespace qflow {
namespace {

TEST_CASE("logs of what failed, where no task did") {
  CommandFixture fixture;
  fixture.home.write("late.toml",
                     "id = \"Late\"\n[run]\ntimeout = \"2s\"\n[[steps]]\nid = \"a\"\nrun = \"echo fine\"\n"
                     "[[steps]]\nid = \"b\"\nrun = \"echo slow; sleep 20\"\n");
  CHECK(fixture.run({"run", "late.toml"}) == ExitStatus::kFailed);
  CHECK(contains(fixture.err.text, "Late/1 failed: timed out; see qflow logs Late/1 --failed"));
  CHECK(fixture.run({"logs", "Late/1", "--failed"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "b | slow\n");
  fixture.home.write("when.toml",
                     "id = \"When\"\n[parameters.p]\ntype = \"json\"\ndefault = 1\n"
                     "[[steps]]\nid = \"a\"\nwhen = \"params.p.q == 1\"\n");
  CHECK(fixture.run({"run", "when.toml"}) == ExitStatus::kFailed);
  CHECK(fixture.run({"logs", "When/1", "--failed"}) == ExitStatus::kOk);
  CHECK(contains(fixture.err.text, "note: no task of When/1 failed: step a: when: params.p is 1"));
}

TEST_CASE("the log of a step that has not begun is empty") {
  CommandFixture fixture;
  fixture.home.write("flow.toml",
                     "id = \"F\"\n[[steps]]\nid = \"a\"\nrun = \"exit 1\"\n"
                     "[[steps]]\nid = \"b\"\nneeds = [\"a\"]\nrun = \"true\"\n");
  fixture.run({"run", "flow.toml"});
  for (const std::string option : {"--quiet", "-f", "--json"}) {
    CHECK(fixture.run({"logs", "F/1/b", option}) == ExitStatus::kOk);
    CHECK(fixture.out.text.empty());
    CHECK(fixture.err.text.empty());
  }
}

TEST_CASE("the log of what was taken over lies with the run that executed it") {
  CommandFixture fixture;
  fixture.home.write("flow.toml",
                     "id = \"F\"\n[[steps]]\nid = \"a\"\nrun = \"echo said\"\n"
                     "[[steps]]\nid = \"b\"\nneeds = [\"a\"]\nrun = \"echo b; test -e ready\"\n");
  fixture.run({"run", "flow.toml"});
  CHECK(fixture.run({"resume", "F/1"}) == ExitStatus::kFailed);
  fixture.home.write("ready", "");
  CHECK(fixture.run({"resume", "F/2"}) == ExitStatus::kOk);
  CHECK(fixture.run({"logs", "F/3/a"}) == ExitStatus::kOk);
  CHECK(fixture.out.text.empty());
  CHECK(fixture.err.text == "qflow: note: a was taken over from F/1: qflow logs F/1/a\n");
  CHECK(fixture.run({"logs", "F/3/b"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "b\n");
  CHECK(fixture.err.text.empty());
}

TEST_CASE("logs that gc removed are missed") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", "id = \"F\"\n[run]\nkeep = \"1ms\"\n[[steps]]\nid = \"a\"\nrun = \"echo said\"\n");
  fixture.run({"run", "flow.toml"});
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(fixture.run({"gc"}) == ExitStatus::kOk);
  for (const std::string option : {"--json", "--failed", "-f"}) {
    CHECK(fixture.run({"logs", "F/1", option}) == ExitStatus::kNotFound);
    CHECK(fixture.out.text.empty());
    CHECK(contains(fixture.err.text, "qflow gc removed the logs of F/1 at 20"));
  }
}

TEST_CASE("tasks that failed without a word are named, and counted") {
  CommandFixture fixture;
  std::string items = "0";
  for (int i = 1; i < 30; ++i) items += "," + std::to_string(i);
  fixture.home.write("flow.toml", "id = \"F\"\n[[steps]]\nid = \"a\"\nforeach = \"[" + items +
                                      "]\"\nallow_failure = true\nretries = 1\n"
                                      "run = \"test $QFLOW_INDEX != 2 || echo said; test $QFLOW_INDEX -ge 24\"\n");
  CHECK(fixture.run({"run", "flow.toml"}) == ExitStatus::kOk);
  CHECK(fixture.run({"inspect", "F/1"}) == ExitStatus::kOk);
  CHECK(contains(fixture.out.text, "30 tasks, of which 24 failed"));
  CHECK(fixture.run({"logs", "F/1", "--failed"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "a[2] | said\na[2]#2 | said\n");
  CHECK(contains(fixture.err.text, "note: a[0], a[1], a[3], "));
  CHECK(contains(fixture.err.text, ", a[19] and 4 more failed and printed nothing\n"));
}

}  // namespace
}  // namespace qflow
