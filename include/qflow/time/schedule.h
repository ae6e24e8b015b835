#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "qflow/time/cron.h"
#include "qflow/time/duration.h"
#include "qflow/time/instant.h"
#include "qflow/time/time_zone.h"

namespace qflow {

// What becomes of instants whose local time does not exist (a gap), or exists twice (an overlap).
enum class DstGap { kShift, kSkip };
enum class DstOverlap { kFirst, kLast, kBoth };

struct ScheduleRules {
  // A length of time counts in elapsed time from `start`, without one from 1970-01-01T00:00:00Z; it is positive.
  std::variant<CronExpression, Duration> rhythm;
  std::shared_ptr<const TimeZone> zone;
  DstGap dst_gap = DstGap::kShift;
  DstOverlap dst_overlap = DstOverlap::kFirst;
  std::optional<Instant> start = {};                      // due from then on
  std::optional<Instant> end = {};                        // and no longer due then
  std::vector<std::chrono::year_month_day> exclude = {};  // days in the zone
};

// When something is due: a pure function of its rules. Immutable, thread-safe.
class Schedule {
 public:
  explicit Schedule(ScheduleRules rules);

  // The first due instant later than `t`; nothing when there is none (`end`, the year 9999). Always ends, in well under
  // a microsecond for usual expressions.
  std::optional<Instant> next_after(Instant t) const;
  // The last due instant earlier than `t`.
  std::optional<Instant> previous_before(Instant t) const;

  // What is odd about a due instant, for people: "02:30 does not exist on this night: due right after the gap",
  // "02:30 comes twice on this night: the first one"; "" usually. With dst_gap = skip, and where hours are named of an
  // expression that follows elapsed time, what was skipped before it.
  std::string note(Instant due) const;

  const ScheduleRules& rules() const { return rules_; }

 private:
  using Second = std::chrono::sys_seconds;
  using Local = std::chrono::local_seconds;

  // Where in a period's local time instants are due there: from what, up to what.
  struct Window {
    Local from;
    Local until;
  };

  const CronExpression* cron() const { return std::get_if<CronExpression>(&rules_.rhythm); }
  bool excluded(Local local) const;
  std::optional<Local> first_local(Local from, Local until) const;
  std::optional<Local> last_local(Local from, Local until) const;
  Window window(const ZonePeriod& period) const;
  bool shifts_to_begin(const ZonePeriod& period) const;
  std::optional<Local> swallowed(const ZonePeriod& period) const;
  std::optional<Local> missing(const ZonePeriod& period) const;
  bool skips_gaps() const;
  std::string skipped_before(Second due) const;

  std::optional<Second> next_by_calendar(Second from, Second until) const;
  std::optional<Second> last_by_calendar(Second from, Second until) const;
  std::optional<Instant> next_by_elapsed(Instant from, Instant until) const;
  std::optional<Instant> last_by_elapsed(Instant from, Instant until) const;

  ScheduleRules rules_;
  std::vector<std::chrono::local_days> excluded_;  // sorted
};

}  // namespace qflow
