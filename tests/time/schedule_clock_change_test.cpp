#include <doctest/doctest.h>

#include "time/schedules.h"

namespace qflow {
namespace {

TEST_CASE("the next due instant where clocks change") {
  struct Row {
    std::string_view expression;
    std::string_view zone;
    std::string_view from;
    std::string_view due;
  };
  const Row rows[] = {
      // a gap, 02:00 to 03:00 of 2027-03-28 in Berlin (2000/84/EC): shift by default.
      {"30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"30 2 * * *", "Europe/Berlin", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"},
      {"0 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"59 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"0 3 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"59 1 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T00:59:00Z"},
      {"30 2 28 3 *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"10,20,40 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"10,20,40 2 * * *", "Europe/Berlin", "2027-03-28T01:00:00Z", "2027-03-29T00:10:00Z"},
      {"0,30 2,3 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"0,30 2,3 * * *", "Europe/Berlin", "2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z"},
      {"30 2 * * 0", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"30 2 * * 1", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-29T00:30:00Z"},
      {"0-59 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"0-59 2 * * *", "Europe/Berlin", "2027-03-28T01:00:00Z", "2027-03-29T00:00:00Z"},
      // a gap: what goes by elapsed time (cronie: minute or hour begins with '*').
      {"*/30 * * * *", "Europe/Berlin", "2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z"},
      {"0 * * * *", "Europe/Berlin", "2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z"},
      {"30 * * * *", "Europe/Berlin", "2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z"},
      {"* 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-29T00:00:00Z"},
      {"*/10 1-3 * * *", "Europe/Berlin", "2027-03-28T00:50:00Z", "2027-03-28T01:00:00Z"},
      {"30 */2 * * *", "Europe/Berlin", "2027-03-28T00:00:00Z", "2027-03-28T02:30:00Z"},
      // an overlap, 02:00 to 03:00 of 2027-10-31 in Berlin: the first by default.
      {"30 2 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z", "2027-10-31T00:30:00Z"},
      {"30 2 * * *", "Europe/Berlin", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"},
      {"0 3 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z", "2027-10-31T02:00:00Z"},
      {"0 2 * * *", "Europe/Berlin", "2027-10-31T00:00:00Z", "2027-11-01T01:00:00Z"},
      {"30 1 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z", "2027-10-30T23:30:00Z"},
      {"15,45 2 * * *", "Europe/Berlin", "2027-10-31T00:15:00Z", "2027-10-31T00:45:00Z"},
      {"15,45 2 * * *", "Europe/Berlin", "2027-10-31T00:45:00Z", "2027-11-01T01:15:00Z"},
      // an overlap by elapsed time: both hours.
      {"*/30 * * * *", "Europe/Berlin", "2027-10-31T00:30:00Z", "2027-10-31T01:00:00Z"},
      {"0 * * * *", "Europe/Berlin", "2027-10-31T00:00:00Z", "2027-10-31T01:00:00Z"},
      {"* 2 * * *", "Europe/Berlin", "2027-10-31T00:59:00Z", "2027-10-31T01:00:00Z"},
      {"*/10 1-3 * * *", "Europe/Berlin", "2027-10-31T00:50:00Z", "2027-10-31T01:00:00Z"},
      // New York: the second Sunday of March, the first of November (Energy Policy Act of 2005).
      {"30 2 * * *", "America/New_York", "2027-03-13T12:00:00Z", "2027-03-14T07:00:00Z"},
      {"0 9 * * 1-5", "America/New_York", "2027-03-12T15:00:00Z", "2027-03-15T13:00:00Z"},
      {"30 1 * * *", "America/New_York", "2027-11-06T12:00:00Z", "2027-11-07T05:30:00Z"},
      {"30 1 * * *", "America/New_York", "2027-11-07T05:30:00Z", "2027-11-08T06:30:00Z"},
      {"0 0 * * *", "America/New_York", "2027-11-07T04:00:00Z", "2027-11-08T05:00:00Z"},
      {"30 2 * * *", "America/New_York", "2060-03-13T12:00:00Z", "2060-03-14T07:00:00Z"},
      {"30 1 * * *", "America/New_York", "2060-11-06T12:00:00Z", "2060-11-07T05:30:00Z"},
      // other zones of the IANA database: half an hour, two hours, midnight, a day, negative daylight saving.
      {"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z"},
      {"30 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z"},
      {"45 1 * * *", "Australia/Lord_Howe", "2027-04-03T00:00:00Z", "2027-04-03T14:45:00Z"},
      {"45 1 * * *", "Australia/Lord_Howe", "2027-04-03T14:45:00Z", "2027-04-04T15:15:00Z"},
      {"0 * * * *", "Australia/Lord_Howe", "2026-10-03T15:00:00Z", "2026-10-03T16:00:00Z"},
      {"0 2 * * *", "Antarctica/Troll", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"30 1 * * *", "Antarctica/Troll", "2027-10-30T12:00:00Z", "2027-10-30T23:30:00Z"},
      {"0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z"},
      {"30 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z"},
      {"30 23 * * *", "America/Santiago", "2027-04-03T12:00:00Z", "2027-04-04T02:30:00Z"},
      {"30 23 * * *", "America/Santiago", "2027-04-04T02:30:00Z", "2027-04-05T03:30:00Z"},
      {"0 12 * * *", "Pacific/Apia", "2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z"},
      {"0 12 * * *", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"},
      {"0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", "2011-12-30T10:00:00Z"},
      {"0 * * * *", "Pacific/Apia", "2011-12-30T09:30:00Z", "2011-12-30T10:00:00Z"},
      {"30 1 * * *", "Europe/Dublin", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"},
      {"30 1 * * *", "Europe/Dublin", "2027-10-30T12:00:00Z", "2027-10-31T00:30:00Z"},
      {"1 0 * * *", "America/St_Johns", "2010-03-13T12:00:00Z", "2010-03-14T03:31:00Z"},
      {"30 23 * * *", "America/St_Johns", "2010-11-06T12:00:00Z", "2010-11-07T02:00:00Z"},
      {"30 23 * * *", "America/St_Johns", "2010-11-07T03:00:00Z", "2010-11-08T03:00:00Z"},
      {"0 0 * * *", "Asia/Kathmandu", "2026-11-20T10:00:00Z", "2026-11-20T18:15:00Z"},
      {"0 0 1 1 *", "Asia/Kathmandu", "1985-06-01T00:00:00Z", "1985-12-31T18:30:00Z"},
      {"0 3 * * *", "America/Caracas", "2016-04-30T12:00:00Z", "2016-05-01T07:00:00Z"},
      {"45 2 * * *", "America/Caracas", "2016-04-30T12:00:00Z", "2016-05-01T07:00:00Z"},
      {"0 0 * * *", "Pacific/Kiritimati", "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"},
      {"0 0 * * *", "Etc/GMT+12", "2026-11-20T10:00:00Z", "2026-11-20T12:00:00Z"},
      {"0 3 * * MON-FRI", "Europe/Berlin", "2026-11-20T10:00:00Z", "2026-11-23T02:00:00Z"},
      {"0 0 L * *", "America/New_York", "2026-12-01T04:00:00Z", "2026-12-31T05:00:00Z"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    CAPTURE(row.zone);
    CAPTURE(row.from);
    const Schedule schedule(rules_of(row.expression, row.zone));
    const auto due = schedule.next_after(instant(row.from));
    CHECK(text_of(due) == row.due);
    REQUIRE(due);
    // Both directions agree.
    CHECK(schedule.previous_before(*due + Duration{1}) == due);
    CHECK(schedule.previous_before(*due).value_or(Instant::min()) <= instant(row.from));
  }
}

TEST_CASE("dst_gap and dst_overlap choose") {
  struct Row {
    std::string_view expression;
    std::string_view zone;
    DstGap gap;
    DstOverlap overlap;
    std::string_view from;
    std::string_view due;
  };
  const Row rows[] = {
      {"30 2 * * *", "Europe/Berlin", DstGap::kSkip, DstOverlap::kFirst, "2027-03-27T12:00:00Z",
       "2027-03-29T00:30:00Z"},
      {"10,20,40 2 * * *", "Europe/Berlin", DstGap::kSkip, DstOverlap::kFirst, "2027-03-27T12:00:00Z",
       "2027-03-29T00:10:00Z"},
      {"0,30 2,3 * * *", "Europe/Berlin", DstGap::kSkip, DstOverlap::kFirst, "2027-03-27T12:00:00Z",
       "2027-03-28T01:00:00Z"},
      {"0 12 * * *", "Pacific/Apia", DstGap::kSkip, DstOverlap::kFirst, "2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z"},
      {"30 2 * * *", "Europe/Berlin", DstGap::kShift, DstOverlap::kLast, "2027-10-30T12:00:00Z",
       "2027-10-31T01:30:00Z"},
      {"30 2 * * *", "Europe/Berlin", DstGap::kShift, DstOverlap::kLast, "2027-10-31T01:30:00Z",
       "2027-11-01T01:30:00Z"},
      {"30 2 * * *", "Europe/Berlin", DstGap::kShift, DstOverlap::kBoth, "2027-10-30T12:00:00Z",
       "2027-10-31T00:30:00Z"},
      {"30 2 * * *", "Europe/Berlin", DstGap::kShift, DstOverlap::kBoth, "2027-10-31T00:30:00Z",
       "2027-10-31T01:30:00Z"},
      {"30 2 * * *", "Europe/Berlin", DstGap::kShift, DstOverlap::kBoth, "2027-10-31T01:30:00Z",
       "2027-11-01T01:30:00Z"},
      {"0 3 * * *", "Europe/Berlin", DstGap::kShift, DstOverlap::kLast, "2027-10-30T12:00:00Z", "2027-10-31T02:00:00Z"},
      {"59 1 * * *", "Europe/Berlin", DstGap::kShift, DstOverlap::kBoth, "2027-10-30T12:00:00Z",
       "2027-10-30T23:59:00Z"},
      {"15,45 2 * * *", "Europe/Berlin", DstGap::kShift, DstOverlap::kBoth, "2027-10-31T00:45:00Z",
       "2027-10-31T01:15:00Z"},
      {"15,45 2 * * *", "Europe/Berlin", DstGap::kShift, DstOverlap::kLast, "2027-10-30T12:00:00Z",
       "2027-10-31T01:15:00Z"},
      {"*/30 * * * *", "Europe/Berlin", DstGap::kSkip, DstOverlap::kLast, "2027-10-31T00:30:00Z",
       "2027-10-31T01:00:00Z"},
      {"* 2 * * *", "Europe/Berlin", DstGap::kSkip, DstOverlap::kFirst, "2027-10-31T00:59:00Z", "2027-10-31T01:00:00Z"},
      {"0 * * * *", "Europe/Berlin", DstGap::kSkip, DstOverlap::kFirst, "2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z"},
      {"30 1 * * *", "America/New_York", DstGap::kShift, DstOverlap::kLast, "2060-11-06T12:00:00Z",
       "2060-11-07T06:30:00Z"},
      {"15 2 * * *", "Australia/Lord_Howe", DstGap::kSkip, DstOverlap::kFirst, "2026-10-03T00:00:00Z",
       "2026-10-04T15:15:00Z"},
      {"45 1 * * *", "Australia/Lord_Howe", DstGap::kShift, DstOverlap::kLast, "2027-04-03T00:00:00Z",
       "2027-04-03T15:15:00Z"},
      {"30 23 * * *", "America/Santiago", DstGap::kShift, DstOverlap::kLast, "2027-04-03T12:00:00Z",
       "2027-04-04T03:30:00Z"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    CAPTURE(row.from);
    ScheduleRules rules = rules_of(row.expression, row.zone);
    rules.dst_gap = row.gap;
    rules.dst_overlap = row.overlap;
    const Schedule schedule(std::move(rules));
    const auto due = schedule.next_after(instant(row.from));
    CHECK(text_of(due) == row.due);
    CHECK(schedule.previous_before(*due + Duration{1}) == due);
  }
}

TEST_CASE("what is odd about an instant is said") {
  struct Row {
    std::string_view expression;
    std::string_view zone;
    DstGap gap;
    DstOverlap overlap;
    std::string_view from;  // the instant is the next one after it
    std::string_view note;
  };
  constexpr std::string_view kSpring = "2027-03-27T12:00:00Z", kAutumn = "2027-10-30T12:00:00Z";
  constexpr std::string_view kBerlin = "Europe/Berlin";
  constexpr auto kShift = DstGap::kShift, kSkip = DstGap::kSkip;
  constexpr auto kFirst = DstOverlap::kFirst, kLast = DstOverlap::kLast, kBoth = DstOverlap::kBoth;
  const Row rows[] = {
      {"30 2 * * *", kBerlin, kShift, kFirst, kSpring, "02:30 does not exist on this night: due right after the gap"},
      {"30 2 * * *", kBerlin, kShift, kFirst, "2027-03-28T01:00:00Z", ""},
      {"30 2 * * *", kBerlin, kShift, kFirst, "2027-03-26T12:00:00Z", ""},
      {"20,40 2 * * *", kBerlin, kShift, kFirst, kSpring,
       "02:20 does not exist on this night: due right after the gap"},
      {"0 2,3 * * *", kBerlin, kShift, kFirst, kSpring, "02:00 does not exist on this night: due with 03:00"},
      {"0 3 * * *", kBerlin, kShift, kFirst, kSpring, ""},
      {"30 2 * * *", kBerlin, kSkip, kFirst, kSpring, "02:30 does not exist on 2027-03-28: skipped"},
      {"30 2 * * *", kBerlin, kSkip, kFirst, "2027-03-29T12:00:00Z", ""},
      {"0 3 * * *", kBerlin, kSkip, kFirst, kSpring, ""},
      {"30 2 28 3 *", kBerlin, kSkip, kFirst, "2026-11-20T10:00:00Z", "02:30 does not exist on 2027-03-28: skipped"},
      {"30 2 * * *", kBerlin, kShift, kFirst, kAutumn, "02:30 comes twice on this night: the first one"},
      {"30 2 * * *", kBerlin, kShift, kLast, kAutumn, "02:30 comes twice on this night: the second one"},
      {"30 2 * * *", kBerlin, kShift, kBoth, "2027-10-31T00:30:00Z", "02:30 comes twice on this night: the second one"},
      {"0 3 * * *", kBerlin, kShift, kFirst, kAutumn, ""},
      {"0 * * * *", kBerlin, kShift, kFirst, "2027-10-31T00:30:00Z", "02:00 comes twice on this night: the second one"},
      {"0 * * * *", kBerlin, kShift, kFirst, "2027-03-28T00:30:00Z", ""},
      {"*/30 2 * * *", kBerlin, kShift, kFirst, kSpring, "02:00 does not exist on 2027-03-28: skipped"},
      {"*/30 2 * * *", kBerlin, kShift, kFirst, "2027-03-29T12:00:00Z", ""},
      {"0 */2 * * *", kBerlin, kShift, kFirst, "2027-03-28T00:30:00Z", "02:00 does not exist on 2027-03-28: skipped"},
      {"0 12 * * *", "Pacific/Apia", kShift, kFirst, "2011-12-29T22:00:00Z",
       "12:00 does not exist on 2011-12-30: due right after the gap"},
      {"30 30 2 * * *", kBerlin, kShift, kFirst, kSpring,
       "02:30:30 does not exist on this night: due right after the gap"},
      {"0 3 * * *", "UTC", kShift, kFirst, kSpring, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    CAPTURE(row.from);
    ScheduleRules rules = rules_of(row.expression, row.zone);
    rules.dst_gap = row.gap;
    rules.dst_overlap = row.overlap;
    const Schedule schedule(std::move(rules));
    const auto due = schedule.next_after(instant(row.from));
    REQUIRE(due);
    CHECK(schedule.note(*due) == row.note);
  }
}

}  // namespace
}  // namespace qflow
