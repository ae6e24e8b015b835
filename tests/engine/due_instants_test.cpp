#include "qflow/engine/due_instants.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/built_triggers.h"

namespace qflow {
namespace {

Instant at(const std::string& time) {
  return parse_instant("2026-03-04T" + time + "Z").value();
}

std::string hours_of(const std::vector<Instant>& instants) {
  std::string text;
  for (const Instant instant : instants) text += (text.empty() ? "" : " ") + format_instant(instant).substr(11, 5);
  return text;
}

std::string missed_text(const std::optional<MissedInstants>& missed) {
  if (!missed) return "";
  return std::to_string(missed->count) + ": " + hours_of({missed->first, missed->last});
}

struct Row {
  const char* keys;  // besides type
  const char* due;
  const char* now;
  const char* firing;
  const char* missed;
  const char* next;
};

const Row kRows[] = {
    // not due
    {"schedule = '0 * * * *'", "10:00:00", "09:59:59", "", "", "10:00"},
    // on time: up to two minutes after
    {"schedule = '0 * * * *'", "10:00:00", "10:00:00", "10:00", "", "11:00"},
    {"schedule = '0 * * * *'\ncatchup = 'none'", "10:00:00", "10:02:00", "10:00", "", "11:00"},
    {"schedule = '0 * * * *'\ncatchup = 'none'", "10:00:00", "10:02:01", "", "1: 10:00 10:00", "11:00"},
    {"schedule = '* * * * *'\ncatchup = 'none'", "10:00:00", "10:02:00", "10:00 10:01 10:02", "", "10:03"},
    // missed
    {"schedule = '0 * * * *'", "10:00:00", "12:30:00", "12:00", "2: 10:00 11:00", "13:00"},
    {"schedule = '0 * * * *'", "10:00:00", "12:00:30", "12:00", "2: 10:00 11:00", "13:00"},
    {"schedule = '0 * * * *'\ncatchup = 'all'", "10:00:00", "12:30:00", "10:00 11:00 12:00", "", "13:00"},
    {"schedule = '0 * * * *'\ncatchup = 'none'", "10:00:00", "12:30:00", "", "3: 10:00 12:00", "13:00"},
    {"schedule = '0 * * * *'\ncatchup = 'none'", "10:00:00", "12:01:00", "12:00", "2: 10:00 11:00", "13:00"},
    {"schedule = '* * * * *'", "10:00:00", "12:00:30", "11:59 12:00", "119: 10:00 11:58", "12:01"},
    {"every = '45m'", "09:45:00", "12:40:00", "12:00", "3: 09:45 11:15", "12:45"},
    // the window
    {"schedule = '0 * * * *'\ncatchup = 'all'\ncatchup_window = '90m'", "08:00:00", "12:30:00", "11:00 12:00",
     "3: 08:00 10:00", "13:00"},
    {"schedule = '0 * * * *'\ncatchup_window = '30m'", "08:00:00", "12:30:00", "12:00", "4: 08:00 11:00", "13:00"},
    {"schedule = '0 * * * *'\ncatchup_window = '29m'", "08:00:00", "12:30:00", "", "5: 08:00 12:00", "13:00"},
    // a window shorter than what is on time
    {"schedule = '0 * * * *'\ncatchup = 'all'\ncatchup_window = '10s'", "10:00:00", "10:01:00", "10:00", "", "11:00"},
    // the last one of all
    {"schedule = '0 * * * *'\nend = '2026-03-04T12:00:00Z'", "10:00:00", "12:30:00", "11:00", "1: 10:00 10:00", ""},
    {"schedule = '0 * * * *'\ncatchup = 'none'\nend = '2026-03-04T12:00:00Z'", "10:00:00", "12:30:00", "",
     "2: 10:00 11:00", ""},
};

TEST_CASE("what is due fires on time, and by catch-up when it was missed") {
  for (const Row& row : kRows) {
    CAPTURE(row.keys);
    CAPTURE(row.now);
    const BuiltFlow built = build_flow(std::string("[[triggers]]\ntype = 'schedule'\n") + row.keys);
    REQUIRE_FALSE(built.diagnostics.has_errors());
    const DueInstants found = due_instants(*schedule_of(built.only()), at(row.due), at(row.now), 1000);
    CHECK(hours_of(found.firing) == row.firing);
    CHECK(missed_text(found.missed) == row.missed);
    CHECK((found.next ? hours_of({*found.next}) : "") == row.next);
  }
}

TEST_CASE("more than can fire in one go is left for the next") {
  const BuiltFlow built = build_flow("[[triggers]]\ntype = 'schedule'\nschedule = '* * * * *'\ncatchup = 'all'");
  const ScheduleSubscription& schedule = *schedule_of(built.only());
  const DueInstants first = due_instants(schedule, at("10:00:00"), at("10:04:00"), 3);
  CHECK(hours_of(first.firing) == "10:00 10:01 10:02");
  const DueInstants rest = due_instants(schedule, first.next.value(), at("10:04:00"), 3);
  CHECK(hours_of(rest.firing) == "10:03 10:04");
  CHECK_FALSE(rest.missed);
  CHECK(hours_of({rest.next.value()}) == "10:05");
}

TEST_CASE("instants without number are counted up to a bound") {
  const BuiltFlow built = build_flow("[[triggers]]\ntype = 'schedule'\nevery = '1s'");
  const DueInstants found =
      due_instants(*schedule_of(built.only()), at("00:00:00"), at("00:00:00") + std::chrono::hours(24 * 365), 1000);
  REQUIRE(found.missed);
  CHECK(found.missed->count == kCountedMissed);
  CHECK(missed_outcome(*found.missed, "why").reason.starts_with("missed 10000 or more instants from 2026-03-04T00:00"));
  CHECK(found.firing.size() == 121);
}

TEST_CASE("a due instant is an event, and so is what was missed") {
  const BuiltFlow built = build_flow("[[triggers]]\nid = 'hours'\ntype = 'schedule'\nschedule = '0 * * * *'");
  const DeployedFlow flow({}, {}, "foo.prod");
  const Event due = due_event(flow, built.only(), at("10:00:00"), at("10:00:07"));
  CHECK(due.name == "qflow.schedule.F.hours");
  CHECK(due.type == "schedule");
  CHECK(due.name_space == "foo.prod");
  CHECK(due.timestamp == at("10:00:00"));
  CHECK(due.recorded_at == at("10:00:07"));
  CHECK(due.payload == Json::object());
  const MissedInstants missed = all_missed(*schedule_of(built.only())->schedule, at("08:00:00"), at("10:00:00"));
  CHECK(missed_event(DeployedFlow({}, {}, ""), built.only(), missed, at("10:00:07")).payload ==
        Json({{"count", 3}, {"first", "2026-03-04T08:00:00Z"}, {"last", "2026-03-04T10:00:00Z"}}));
  CHECK(missed_outcome(missed, "disabled").reason ==
        "missed 3 instants from 2026-03-04T08:00:00Z to 2026-03-04T10:00:00Z: disabled");
}

}  // namespace
}  // namespace qflow
