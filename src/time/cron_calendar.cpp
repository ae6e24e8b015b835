#include <bit>

#include "qflow/time/cron.h"

namespace qflow {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::seconds;
using std::chrono::year_month;
using std::chrono::year_month_day;

namespace {

// The lowest value that is at least, and the highest that is at most, the given one; -1 when there is none.
int next_value(std::uint64_t values, int from) {
  values = from > 63 ? 0 : values >> from << from;
  return values == 0 ? -1 : std::countr_zero(values);
}
int previous_value(std::uint64_t values, int until) {
  values = until < 0 ? 0 : values << (63 - until) >> (63 - until);
  return 63 - std::countl_zero(values);
}

// The days `from` to `to` of a month as bits.
inline std::uint64_t day_bits(int from, int to) {
  return (std::uint64_t{2} << to) - (std::uint64_t{1} << from);
}

// One month: which of its days match.
class MonthDays {
 public:
  explicit MonthDays(year_month month)
      : first_(month / 1),
        length_(static_cast<int>(static_cast<unsigned>((month / std::chrono::last).day()))),
        weekday_(static_cast<int>(std::chrono::weekday{first_}.c_encoding())) {}

  local_days first() const { return first_; }

  std::uint64_t matching(const CronFields& fields) const {
    const std::uint64_t month = day_bits(1, length_);
    const std::uint64_t by_day = days_by_number(fields) & month;
    const std::uint64_t by_weekday = days_by_weekday(fields) & month;
    // crontab(5) of cronie: either, unless one of the two fields begins with '*'.
    return fields.day.star || fields.weekday.star ? by_day & by_weekday : by_day | by_weekday;
  }

 private:
  std::uint64_t days_by_number(const CronFields& fields) const {
    std::uint64_t days = fields.day.values;
    if (fields.last_day) days |= std::uint64_t{1} << length_;
    if (fields.last_working_day) days |= std::uint64_t{1} << working_day_near(length_);
    for (std::uint64_t near = fields.near_days; near != 0; near &= near - 1) {
      const int day = std::countr_zero(near);
      if (day <= length_) days |= std::uint64_t{1} << working_day_near(day);
    }
    return days;
  }

  std::uint64_t days_by_weekday(const CronFields& fields) const {
    std::uint64_t days = each(fields.weekday.values);
    if (fields.last_weekdays != 0) days |= each(fields.last_weekdays) & day_bits(length_ - 6, length_);
    for (int i = 0; i < 5; ++i) {
      const std::uint8_t nth = fields.nth_weekdays[static_cast<std::size_t>(i)];
      if (nth != 0) days |= each(nth) & day_bits(7 * i + 1, 7 * i + 7);
    }
    return days;
  }

  // All days of the month on these days of the week.
  std::uint64_t each(std::uint64_t weekdays) const {
    const std::uint64_t week = (weekdays >> weekday_ | weekdays << (7 - weekday_)) & 0x7F;
    return (week | week << 7 | week << 14 | week << 21 | week << 28) << 1;
  }

  // Quartz, W: the working day nearest to it in the same month.
  int working_day_near(int day) const {
    const int weekday = (weekday_ + day - 1) % 7;
    if (weekday == 6) return day == 1 ? 3 : day - 1;
    if (weekday == 0) return day == length_ ? day - 2 : day + 1;
    return day;
  }

  local_days first_;
  int length_;
  int weekday_;  // of the first
};

seconds time_of(int hour, int minute, int second) {
  return hours{hour} + minutes{minute} + seconds{second};
}

// A time of day in the parts that the fields have.
struct TimeOfDay {
  explicit TimeOfDay(seconds time)
      : hour(static_cast<int>(time.count() / 3600)),
        minute(static_cast<int>(time.count() / 60 % 60)),
        second(static_cast<int>(time.count() % 60)) {}

  int hour, minute, second;
};

// The first time of a day that is at least `from`.
std::optional<seconds> first_time(const CronFields& fields, seconds from) {
  const TimeOfDay at(from);
  const int first_minute = next_value(fields.minute.values, 0);
  const int first_second = next_value(fields.second.values, 0);
  int hour = next_value(fields.hour.values, at.hour);
  if (hour == at.hour) {
    const int minute = next_value(fields.minute.values, at.minute);
    const int second = next_value(fields.second.values, at.second);
    if (minute == at.minute && second >= 0) return time_of(hour, minute, second);
    const int later = minute == at.minute ? next_value(fields.minute.values, minute + 1) : minute;
    if (later >= 0) return time_of(hour, later, first_second);
    hour = next_value(fields.hour.values, hour + 1);
  }
  if (hour < 0) return std::nullopt;
  return time_of(hour, first_minute, first_second);
}

// The last time of a day that is at most `until`.
std::optional<seconds> last_time(const CronFields& fields, seconds until) {
  const TimeOfDay at(until);
  const int last_minute = previous_value(fields.minute.values, 59);
  const int last_second = previous_value(fields.second.values, 59);
  int hour = previous_value(fields.hour.values, at.hour);
  if (hour == at.hour) {
    const int minute = previous_value(fields.minute.values, at.minute);
    const int second = previous_value(fields.second.values, at.second);
    if (minute == at.minute && second >= 0) return time_of(hour, minute, second);
    const int earlier = minute == at.minute ? previous_value(fields.minute.values, minute - 1) : minute;
    if (earlier >= 0) return time_of(hour, earlier, last_second);
    hour = previous_value(fields.hour.values, hour - 1);
  }
  if (hour < 0) return std::nullopt;
  return time_of(hour, last_minute, last_second);
}

bool has_month(const CronFields& fields, year_month month) {
  return (fields.month.values >> static_cast<unsigned>(month.month()) & 1) != 0;
}

int day_number(year_month_day date) {
  return static_cast<int>(static_cast<unsigned>(date.day()));
}

}  // namespace

std::optional<local_seconds> CronExpression::first_in(local_seconds from, local_seconds until) const {
  if (from >= until) return std::nullopt;
  const local_days from_day = std::chrono::floor<days>(from);
  const year_month_day date{from_day};
  int day = day_number(date);
  for (year_month month = date.year() / date.month();; month += months{1}, day = 1) {
    if (!has_month(fields_, month)) continue;
    const MonthDays calendar(month);
    if (calendar.first() >= until) return std::nullopt;
    std::uint64_t matching = calendar.matching(fields_);
    for (day = next_value(matching, day); day > 0; day = next_value(matching, day + 1)) {
      const local_days this_day = calendar.first() + days{day - 1};
      const auto time = first_time(fields_, this_day == from_day ? from - from_day : seconds{0});
      if (time) return this_day + *time < until ? std::optional(this_day + *time) : std::nullopt;
    }
  }
}

std::optional<local_seconds> CronExpression::last_in(local_seconds from, local_seconds until) const {
  if (from >= until) return std::nullopt;
  const local_seconds end = until - seconds{1};
  const local_days end_day = std::chrono::floor<days>(end);
  const year_month_day date{end_day};
  int day = day_number(date);
  for (year_month month = date.year() / date.month();; month -= months{1}, day = 31) {
    if (!has_month(fields_, month)) continue;
    const MonthDays calendar(month);
    if (calendar.first() + days{31} <= from) return std::nullopt;
    const std::uint64_t matching = calendar.matching(fields_);
    for (day = previous_value(matching, day); day > 0; day = previous_value(matching, day - 1)) {
      const local_days this_day = calendar.first() + days{day - 1};
      const auto time = last_time(fields_, this_day == end_day ? end - end_day : days{1} - seconds{1});
      if (time) return this_day + *time >= from ? std::optional(this_day + *time) : std::nullopt;
    }
  }
}

}  // namespace qflow
