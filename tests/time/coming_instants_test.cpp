#include "qflow/time/coming_instants.h"

#include <doctest/doctest.h>

#include "time/schedules.h"

namespace qflow {
namespace {

std::string coming(std::initializer_list<const Schedule*> schedules, std::string_view after, std::size_t count) {
  std::vector<AskedSchedule> asked;
  for (const Schedule* schedule : schedules) asked.push_back({schedule, instant(after)});
  std::string text;
  for (const ComingInstant& one : coming_instants(asked, count)) {
    text += (text.empty() ? "" : " ") + format_instant(one.due).substr(8, 8) + "/" + std::to_string(one.schedule);
  }
  return text;
}

TEST_CASE("the instants of several schedules come by time, then in their order") {
  const Schedule hourly(rules_of("0 * * * *"));
  const Schedule half_hourly(rules_of("*/30 * * * *"));
  ScheduleRules rules = rules_of("0 12 * * *");
  rules.end = instant("2026-11-21T00:00:00Z");
  const Schedule ended(rules);
  CHECK(coming({&hourly, &half_hourly, &ended}, "2026-11-20T10:30:00Z", 7) ==
        "20T11:00/0 20T11:00/1 20T11:30/1 20T12:00/0 20T12:00/1 20T12:00/2 20T12:30/1");
  CHECK(coming({&ended}, "2026-11-20T10:30:00Z", 7) == "20T12:00/0");
  CHECK(coming({&ended}, "2026-11-20T12:00:00Z", 7) == "");
  CHECK(coming({}, "2026-11-20T10:30:00Z", 7) == "");
  CHECK(coming({&hourly}, "2026-11-20T10:30:00Z", 0) == "");
}

}  // namespace
}  // namespace qflow
