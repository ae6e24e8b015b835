#include "service/store_settings.h"

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

#include "support/test_home.h"

namespace qflow {
namespace {

std::string flow(const std::string& command, const std::string& more = "") {
  return "id = \"F\"\n[[steps]]\nid = \"a\"\nrun = '''" + command + "'''\n" + more;
}

TEST_CASE("a wrong config.toml is refused with its positions before a run is made") {
  TestHome home;
  home.write(".qflow/config.toml",
             "max_log = \"1KiB\"\nmax_lag = \"2KiB\"\nkeep_events = 5\n[hooks]\non_fail = \"x\"\n");
  const auto run = home.run(flow("true"));
  REQUIRE_FALSE(run);
  CHECK(run.error().kind == ErrorKind::kInvalid);
  for (const char* part : {"config.toml:2:1: error:", "did you mean 'max_log'?",
                           "config.toml:3:15: error:", "config.toml:5:1: error:", "did you mean 'on_failure'?"}) {
    CAPTURE(run.error().message);
    CHECK(run.error().message.find(part) != std::string::npos);
  }
  CHECK_FALSE(*exists(home.files, home.folder / ".qflow/ledger.db"));
}

TEST_CASE("max_log cuts the log of each attempt") {
  TestHome home;
  home.write(".qflow/config.toml", "max_log = \"1KiB\"\n");
  REQUIRE(
      home.run(flow("for i in 0 1 2 3 4 5 6 7 8 9; do echo $i: 0123456789012345678901234567890123456789012345678901"
                    "234567890123456789012345678901234567890123456789; done; test $QFLOW_ATTEMPT = 2",
                    "retries = 1\n")));
  for (const std::string attempt : {"1", "2"}) {
    const std::string log = home.read(".qflow/runs/F/1/steps/a/" + attempt + "/log");
    CAPTURE(log);
    CHECK(log.find(" 0: 0123") != std::string::npos);
    CHECK(log.find(" 9: 0123") == std::string::npos);
    CHECK(log.find("the log is cut here, at 1024 bytes") != std::string::npos);
    CHECK(log.size() < 1200);
  }
  CHECK(home.seen.lines.size() == 20);
}

TEST_CASE("the store's hook is called for failed runs of every flow, after the flow's own") {
  struct Row {
    std::string command;
    std::string hooks;
    std::string called;
  };
  const std::string own =
      "[hooks]\non_failure = \"echo own >> called; exit 1\"\non_success = \"echo good >> called\"\n";
  const std::vector<Row> rows{
      {"exit 3", "", "store failed F/1 step a: exit status 3\n"},
      {"exit 3", own, "own\nstore failed F/1 step a: exit status 3\n"},
      {"true", own, "good\n"},
      {"true", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.command + row.hooks);
    TestHome home;
    home.write(".qflow/config.toml",
               "[hooks]\non_failure = \"echo store $QFLOW_STATUS $QFLOW_RUN $QFLOW_REASON >> called\"\n");
    REQUIRE(home.run(flow(row.command, row.hooks)));
    CHECK(home.read("called") == row.called);
  }
}

}  // namespace
}  // namespace qflow
