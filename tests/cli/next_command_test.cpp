#include <doctest/doctest.h>

#include <algorithm>

#include "cli/command_fixture.h"

namespace qflow {
namespace {

TEST_CASE("next counts from the clock and tells the instant in UTC and on the clocks of the zone") {
  CommandFixture fixture;
  fixture.clock = &fixture.fake_clock;  // 2026-11-20T10:00:00Z
  CHECK(fixture.run({"next", "--cron", "0 * * * *", "--timezone", "Asia/Kathmandu", "-n", "2"}) == ExitStatus::kOk);
  CHECK(fixture.out.text ==
        "0 * * * *: every hour (Asia/Kathmandu)\n"
        "2026-11-20T10:15:00Z\t2026-11-20T16:00:00+05:45\tAsia/Kathmandu\t-\t-\n"
        "2026-11-20T11:15:00Z\t2026-11-20T17:00:00+05:45\tAsia/Kathmandu\t-\t-\n");

  CHECK(fixture.run({"next", "--cron", "0 10 * * *", "--json", "-n1"}) == ExitStatus::kOk);
  const auto row = parse_json(fixture.out.text);
  REQUIRE(row);
  CHECK((*row)["utc"] == "2026-11-21T10:00:00Z");  // later than the clock, never the same
  CHECK((*row)["note"].is_null());

  CHECK(fixture.run({"next", "--cron", "* * * * *", "--json"}) == ExitStatus::kOk);
  CHECK(std::count(fixture.out.text.begin(), fixture.out.text.end(), '\n') == 10);
}

TEST_CASE("next shows on a terminal what its columns are") {
  CommandFixture fixture;
  fixture.out.terminal = true;
  fixture.out.columns = 80;
  CHECK(fixture.run({"next", "--cron", "30 2 * * *", "--timezone", "Europe/Berlin", "--from", "2027-03-27T12:00:00Z",
                     "-n", "1", "--color", "never"}) == ExitStatus::kOk);
  CHECK(fixture.out.text.find("LOCAL                      NOTE") != std::string::npos);
  CHECK(fixture.out.text.find("02:30 does not exist on this night") != std::string::npos);
}

TEST_CASE("an expression that is not understood is shown with its place") {
  CommandFixture fixture;
  CHECK(fixture.run({"next", "--cron", "* \xC3\xA4 * * 61"}) == ExitStatus::kUsage);
  CHECK(fixture.err.text.starts_with("--cron:1:3: error: hour"));
  CHECK(fixture.run({"next", "--cron", ""}) == ExitStatus::kUsage);
  CHECK(fixture.err.text.starts_with("--cron:1:1: error: it is empty"));
}

}  // namespace
}  // namespace qflow
