#include "qflow/time/schedule.h"

#include <algorithm>
#include <utility>

namespace qflow {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;

namespace {

constexpr Instant kEnd{sys_days{year{10000} / 1 / 1}};

}  // namespace

Schedule::Schedule(ScheduleRules rules) : rules_(std::move(rules)) {
  for (const std::chrono::year_month_day day : rules_.exclude) excluded_.emplace_back(day);
  std::sort(excluded_.begin(), excluded_.end());
}

bool Schedule::excluded(Local local) const {
  return !excluded_.empty() && std::binary_search(excluded_.begin(), excluded_.end(), floor<days>(local));
}

std::optional<Schedule::Local> Schedule::first_local(Local from, Local until) const {
  std::optional<Local> local = cron()->first_in(from, until);
  while (local && excluded(*local)) local = cron()->first_in(floor<days>(*local) + days{1}, until);
  return local;
}

std::optional<Schedule::Local> Schedule::last_local(Local from, Local until) const {
  std::optional<Local> local = cron()->last_in(from, until);
  while (local && excluded(*local)) local = cron()->last_in(from, floor<days>(*local));
  return local;
}

// In an overlap the period before it holds the first of two equal local times, the period after it the last.
Schedule::Window Schedule::window(const ZonePeriod& period) const {
  Window window{to_local(period.begin, period.offset), to_local(period.end, period.offset)};
  if (cron()->follows_elapsed_time()) return window;
  if (rules_.dst_overlap == DstOverlap::kFirst) {
    window.from = std::max(window.from, to_local(period.begin, period.offset_before));
  } else if (rules_.dst_overlap == DstOverlap::kLast) {
    window.until = std::min(window.until, to_local(period.end, period.offset_after));
  }
  return window;
}

// What is to be made up for right after the gap.
std::optional<Schedule::Local> Schedule::missing(const ZonePeriod& period) const {
  return cron()->follows_elapsed_time() ? std::nullopt : swallowed(period);
}

// The first local time that the gap before the period has swallowed.
std::optional<Schedule::Local> Schedule::swallowed(const ZonePeriod& period) const {
  if (period.offset <= period.offset_before) return std::nullopt;
  return first_local(to_local(period.begin, period.offset_before), to_local(period.begin, period.offset));
}

bool Schedule::shifts_to_begin(const ZonePeriod& period) const {
  return rules_.dst_gap == DstGap::kShift && missing(period) && !excluded(to_local(period.begin, period.offset));
}

std::optional<Schedule::Second> Schedule::next_by_calendar(Second from, Second until) const {
  while (from < until) {
    const ZonePeriod period = rules_.zone->period_at(from);
    if (from == period.begin && shifts_to_begin(period)) return from;
    const Window due = window(period);
    const Second end = std::min(period.end, until);
    const auto local = first_local(std::max(due.from, to_local(from, period.offset)),
                                   std::min(due.until, to_local(end, period.offset)));
    if (local) return to_utc(*local, period.offset);
    from = period.end;
  }
  return std::nullopt;
}

std::optional<Schedule::Second> Schedule::last_by_calendar(Second from, Second until) const {
  while (from < until) {
    const ZonePeriod period = rules_.zone->period_at(until - seconds{1});
    const Window due = window(period);
    const Second begin = std::max(period.begin, from);
    const auto local = last_local(std::max(due.from, to_local(begin, period.offset)),
                                  std::min(due.until, to_local(until, period.offset)));
    if (local) return to_utc(*local, period.offset);
    if (period.begin >= from && shifts_to_begin(period)) return period.begin;
    until = period.begin;
  }
  return std::nullopt;
}

// From an excluded day it goes on at that day's end, or at the next change of the clock.
std::optional<Instant> Schedule::next_by_elapsed(Instant from, Instant until) const {
  const Duration step = std::get<Duration>(rules_.rhythm);
  const Instant origin = rules_.start.value_or(Instant{});
  while (true) {
    Duration past = (from - origin) % step;
    if (past < Duration{0}) past += step;
    const Instant due = past == Duration{0} ? from : from + (step - past);
    if (due >= until) return std::nullopt;
    if (excluded_.empty()) return due;
    const ZonePeriod period = rules_.zone->period_at(floor<seconds>(due));
    const Local local = to_local(floor<seconds>(due), period.offset);
    if (!excluded(local)) return due;
    from = std::min(to_utc(floor<days>(local) + days{1}, period.offset), period.end);
  }
}

std::optional<Instant> Schedule::last_by_elapsed(Instant from, Instant until) const {
  const Duration step = std::get<Duration>(rules_.rhythm);
  const Instant origin = rules_.start.value_or(Instant{});
  while (true) {
    Duration past = (until - kInstantStep - origin) % step;
    if (past < Duration{0}) past += step;
    const Instant due = until - kInstantStep - past;
    if (due < from) return std::nullopt;
    if (excluded_.empty()) return due;
    const ZonePeriod period = rules_.zone->period_at(floor<seconds>(due));
    const Local local = to_local(floor<seconds>(due), period.offset);
    if (!excluded(local)) return due;
    until = std::max(to_utc(floor<days>(local), period.offset), period.begin);
  }
}

std::optional<Instant> Schedule::next_after(Instant t) const {
  const Instant until = std::min(rules_.end.value_or(kEnd), kEnd);
  if (t >= until) return std::nullopt;
  const Instant from =
      std::max(t < kFirstInstant ? kFirstInstant : t + kInstantStep, rules_.start.value_or(kFirstInstant));
  return cron() != nullptr ? next_by_calendar(ceil<seconds>(from), ceil<seconds>(until)) : next_by_elapsed(from, until);
}

std::optional<Instant> Schedule::previous_before(Instant t) const {
  const Instant until = std::min({t, rules_.end.value_or(kEnd), kEnd});
  const Instant from = std::max(rules_.start.value_or(kFirstInstant), kFirstInstant);
  if (from >= until) return std::nullopt;
  return cron() != nullptr ? last_by_calendar(ceil<seconds>(from), ceil<seconds>(until)) : last_by_elapsed(from, until);
}

}  // namespace qflow
