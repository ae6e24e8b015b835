#include <doctest/doctest.h>

#include <chrono>

#include "time/schedules.h"

namespace qflow {
namespace {

using namespace std::chrono_literals;

TEST_CASE("start is due, end is not") {
  ScheduleRules rules = rules_of("0 12 * * *");
  rules.start = instant("2026-11-22T12:00:00Z");
  rules.end = instant("2026-11-24T12:00:00Z");
  const Schedule schedule(rules);
  CHECK(next_of(schedule, "2026-11-01T00:00:00Z", 5) == "2026-11-22T12:00:00Z 2026-11-23T12:00:00Z");
  CHECK(text_of(schedule.previous_before(instant("2027-01-01T00:00:00Z"))) == "2026-11-23T12:00:00Z");
  CHECK(text_of(schedule.previous_before(instant("2026-11-22T12:00:00Z"))) == "-");
  CHECK(text_of(schedule.previous_before(instant("2026-11-22T12:00:00.000001Z"))) == "2026-11-22T12:00:00Z");
  CHECK(text_of(schedule.next_after(instant("2026-11-23T12:00:00Z"))) == "-");

  rules.start = instant("2026-11-22T12:00:00.5Z");
  rules.end = instant("2026-11-24T12:00:00.5Z");
  CHECK(next_of(Schedule(rules), "2026-11-01T00:00:00Z", 5) == "2026-11-23T12:00:00Z 2026-11-24T12:00:00Z");
  rules.end = rules.start;
  CHECK(text_of(Schedule(rules).next_after(instant("2026-11-01T00:00:00Z"))) == "-");
  CHECK(text_of(Schedule(rules).previous_before(instant("2027-11-01T00:00:00Z"))) == "-");
}

TEST_CASE("excluded days are days in the zone") {
  ScheduleRules rules = rules_of("0 1,23 * * *", "America/New_York");
  rules.exclude = {2026y / 12 / 26, 2026y / 12 / 25};
  const Schedule schedule(rules);
  CHECK(next_of(schedule, "2026-12-24T12:00:00Z", 2) == "2026-12-25T04:00:00Z 2026-12-27T06:00:00Z");
  CHECK(text_of(schedule.previous_before(instant("2026-12-27T06:00:00Z"))) == "2026-12-25T04:00:00Z");
}

TEST_CASE("an instant of a gap belongs to the day that lacks it and to the one that it is moved to") {
  ScheduleRules rules = rules_of("0 12 * * *", "Pacific/Apia");
  rules.exclude = {2011y / 12 / 30};
  CHECK(next_of(Schedule(rules), "2011-12-29T22:00:00Z", 1) == "2011-12-30T22:00:00Z");
  rules.exclude = {2011y / 12 / 31};
  CHECK(next_of(Schedule(rules), "2011-12-29T22:00:00Z", 1) == "2011-12-31T22:00:00Z");
}

TEST_CASE("every counts in elapsed time from its start") {
  ScheduleRules rules{.rhythm = Duration{36h}, .zone = zone_named("Europe/Berlin")};
  CHECK(next_of(Schedule(rules), "1970-01-01T00:00:00Z", 2) == "1970-01-02T12:00:00Z 1970-01-04T00:00:00Z");
  CHECK(text_of(Schedule(rules).previous_before(instant("1970-01-01T00:00:00Z"))) == "1969-12-30T12:00:00Z");

  rules.rhythm = Duration{6h};
  rules.start = instant("2027-03-27T21:30:00.250Z");
  rules.end = instant("2027-03-28T21:30:00.250Z");
  const Schedule schedule(rules);
  CHECK(next_of(schedule, "2027-03-01T00:00:00Z", 9) ==
        "2027-03-27T21:30:00.250Z 2027-03-28T03:30:00.250Z 2027-03-28T09:30:00.250Z 2027-03-28T15:30:00.250Z");
  CHECK(text_of(schedule.previous_before(instant("2028-01-01T00:00:00Z"))) == "2027-03-28T15:30:00.250Z");
  CHECK(text_of(schedule.previous_before(instant("2027-03-27T21:30:00.250Z"))) == "-");
  CHECK(schedule.note(instant("2027-03-28T03:30:00.250Z")).empty());
}

TEST_CASE("every leaves out excluded days of its zone, also such of 25 hours") {
  ScheduleRules rules{.rhythm = Duration{10h}, .zone = zone_named("Europe/Berlin")};
  rules.start = instant("2027-10-30T12:00:00Z");
  rules.exclude = {2027y / 10 / 31, 2027y / 11 / 1};
  const Schedule schedule(rules);
  // 2027-11-02 begins at 23:00 UTC of the day before.
  CHECK(next_of(schedule, "2027-10-30T00:00:00Z", 3) ==
        "2027-10-30T12:00:00Z 2027-11-02T00:00:00Z 2027-11-02T10:00:00Z");
  CHECK(text_of(schedule.previous_before(instant("2027-11-02T00:00:00Z"))) == "2027-10-30T12:00:00Z");
}

TEST_CASE("a search ends at the limits of time") {
  const Schedule rare(rules_of("0 0 29 2 */7", "Europe/Berlin"));
  const Schedule often(rules_of("* * * * *", "America/New_York"));
  const Schedule every({.rhythm = Duration{1h}, .zone = zone_named("UTC")});
  const Schedule seldom({.rhythm = *parse_duration("3652425d"), .zone = zone_named("UTC")});
  for (const Schedule* schedule : {&rare, &often, &every, &seldom}) {
    CHECK(!schedule->next_after(Instant::max()));
    CHECK(!schedule->previous_before(Instant::min()));
    CHECK(!schedule->next_after(instant("9999-12-31T23:59:59.999999Z")));
    CHECK(!schedule->previous_before(instant("0001-01-01T00:00:00Z")));
    const auto first = schedule->next_after(Instant::min());
    const auto last = schedule->previous_before(Instant::max());
    REQUIRE(first);
    REQUIRE(last);
    CHECK(*first >= instant("0001-01-01T00:00:00Z"));
    CHECK(*last <= instant("9999-12-31T23:59:59.999999Z"));
    CHECK(schedule->previous_before(*first) == std::nullopt);
    CHECK(schedule->next_after(*last) == std::nullopt);
  }
  // Clocks in New York then were 4:56:02 behind.
  CHECK(text_of(often.next_after(Instant::min())) == "0001-01-01T00:00:02Z");
  CHECK(text_of(often.previous_before(Instant::max())) == "9999-12-31T23:59:00Z");
}

TEST_CASE("a schedule whose every day is excluded is never due") {
  ScheduleRules rules = rules_of("0 12 25 12 *");
  for (int year = 2026; year < 10000; ++year) rules.exclude.push_back(std::chrono::year{year} / 12 / 25);
  const Schedule schedule(rules);
  CHECK(!schedule.next_after(instant("2026-11-20T10:00:00Z")));
  CHECK(text_of(schedule.previous_before(instant("2026-11-20T10:00:00Z"))) == "2025-12-25T12:00:00Z");
}

}  // namespace
}  // namespace qflow
