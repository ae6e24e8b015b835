#include <fmt/format.h>

#include <bit>
#include <vector>

#include "qflow/error/wording.h"
#include "qflow/time/cron.h"
#include "time/cron_field_spec.h"

namespace qflow {
namespace {

constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kWeekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view kPlaces[] = {"first", "second", "third", "fourth", "fifth"};
constexpr std::size_t kMostTimes = 6;  // so many times of day are listed one by one

using Texts = std::vector<std::string>;

// A run of neighbouring values; `to` may be beyond the highest one, where it goes on with the lowest.
struct Span {
  int from;
  int to;
};

// The runs of the values, ascending; what goes over the end comes last where it `wraps`: "Friday to Monday".
std::vector<Span> runs_of(const CronFieldSpec& spec, std::uint64_t values, bool wraps) {
  std::vector<Span> runs;
  for (int value = spec.low; value <= spec.high; ++value) {
    if ((values >> value & 1) == 0) continue;
    if (!runs.empty() && runs.back().to == value - 1) {
      runs.back().to = value;
    } else {
      runs.push_back({value, value});
    }
  }
  if (!wraps || runs.size() < 2 || runs.front().from != spec.low || runs.back().to != spec.high) return runs;
  const int beyond = runs.front().to - spec.low + 1;
  const bool is_range = runs.back().to - runs.back().from + beyond >= 2;
  if (is_range || &spec == &kWeekdayField) {
    runs.back().to += beyond;
    runs.erase(runs.begin());
  }
  return runs;
}

int wrap(const CronFieldSpec& spec, int value) {
  return value > spec.high ? value - spec.size() : value;
}

// "Monday to Wednesday", "Monday and Tuesday".
template <class Name>
Texts spell_runs(const CronFieldSpec& spec, std::uint64_t values, bool wraps, Name name) {
  Texts texts;
  for (const Span& run : runs_of(spec, values, wraps)) {
    if (run.to - run.from >= 2) {
      texts.push_back(fmt::format("{} to {}", name(run.from), name(wrap(spec, run.to))));
    } else {
      for (int value = run.from; value <= run.to; ++value) texts.emplace_back(name(wrap(spec, value)));
    }
  }
  return texts;
}

std::string number_name(int value) {
  return std::to_string(value);
}
std::string month_name(int month) {
  return std::string(kMonths[month - 1]);
}
std::string weekday_name(int weekday) {
  return std::string(kWeekdays[weekday]);
}

// "minute 5", "minutes 0 and 40".
std::string numbered(const CronFieldSpec& spec, std::uint64_t values, bool wraps) {
  return fmt::format("{} {}", std::popcount(values) == 1 ? spec.name : spec.plural,
                     listed(spell_runs(spec, values, wraps, number_name)));
}

// Minutes 50 to 10 go on in the next hour, which has to be due as well; so for seconds and hours.
bool has_all_dates(const CronFields& fields) {
  return fields.day.values == kDayField.all() && fields.weekday.values == kWeekdayField.all() &&
         fields.month.values == kMonthField.all();
}
bool has_all_hours(const CronFields& fields) {
  return fields.hour.values == kHourField.all() && has_all_dates(fields);
}
bool has_all_minutes(const CronFields& fields) {
  return fields.minute.values == kMinuteField.all() && has_all_hours(fields);
}

// n where the values are 0, n, 2n, ... and come evenly, also from one cycle to the next; else 0.
int even_step(const CronFieldSpec& spec, std::uint64_t values) {
  if ((values & 1) == 0) return 0;
  const int step = std::popcount(values) == 1 ? spec.size() : std::countr_zero(values & (values - 1));
  if (spec.size() % step != 0) return 0;
  for (int value = 0; value <= spec.high; ++value) {
    if ((values >> value & 1) != (value % step == 0 ? 1u : 0u)) return 0;
  }
  return step;
}

std::string every(int step, std::string_view unit) {
  return step == 1 ? fmt::format("every {}", unit) : fmt::format("every {} {}s", step, unit);
}

// "" where the second is 0.
std::string second_text(const CronFields& fields) {
  if (fields.second.values == 1) return {};
  const int step = even_step(kSecondField, fields.second.values);
  return step > 0 ? every(step, "second")
                  : "at " + numbered(kSecondField, fields.second.values, has_all_minutes(fields));
}

Texts times_of_day(const CronFields& fields) {
  Texts times;
  for (int hour = 0; hour < 24; ++hour) {
    for (int minute = 0; minute < 60; ++minute) {
      if ((fields.hour.values >> hour & fields.minute.values >> minute & 1) == 0) continue;
      times.push_back(fmt::format("{:02}:{:02}", hour, minute));
      if (fields.second.values != 1) times.back() += fmt::format(":{:02}", std::countr_zero(fields.second.values));
      if (times.size() > kMostTimes) return {};
    }
  }
  return times;
}

// "from 08:00 to 17:59", "in the hours 1 and 5"; "" for all hours.
std::string hour_text(const CronFields& fields) {
  const bool wraps = has_all_dates(fields);
  const std::vector<Span> runs = runs_of(kHourField, fields.hour.values, wraps);
  if (fields.hour.values == kHourField.all()) return {};
  if (runs.size() == 1) {
    return fmt::format(" from {:02}:00 to {:02}:59", runs.front().from, wrap(kHourField, runs.front().to));
  }
  return " in the " + numbered(kHourField, fields.hour.values, wraps);
}

std::string minute_text(const CronFields& fields) {
  const int step = even_step(kMinuteField, fields.minute.values);
  const bool every_hour = fields.hour.values == kHourField.all();
  const int hours = even_step(kHourField, fields.hour.values);
  if (step == 60 && hours > 0 && hours < 24) return every(hours, "hour");
  if (step > 0 && step < 60) return every(step, "minute") + hour_text(fields);
  return "at " + numbered(kMinuteField, fields.minute.values, has_all_hours(fields)) +
         (every_hour ? " of every hour" : hour_text(fields));
}

struct TimeText {
  std::string text;
  bool of_day;  // certain times of a day, rather than a rhythm
};

TimeText time_text(const CronFields& fields) {
  if (std::popcount(fields.second.values) == 1) {
    const Texts times = times_of_day(fields);
    if (!times.empty()) return {"at " + listed(times), true};
  }
  const std::string second = second_text(fields);
  const bool every_minute = fields.minute.values == kMinuteField.all();
  if (second.empty()) return {minute_text(fields), false};
  if (every_minute && second.starts_with("every")) return {second + hour_text(fields), false};
  if (every_minute) return {second + " of " + minute_text(fields), false};
  const bool every_hour = fields.hour.values == kHourField.all();
  const std::string hours = every_hour ? " of every hour" : hour_text(fields);
  return {second + " of " + numbered(kMinuteField, fields.minute.values, has_all_hours(fields)) + hours, false};
}

// "day 15 or the last day"; without "of the month".
std::string day_text(const CronFields& fields) {
  Texts texts;
  if (fields.day.values != 0)
    texts.push_back((std::popcount(fields.day.values) == 1 ? "day " : "days ") +
                    listed(spell_runs(kDayField, fields.day.values, false, number_name)));
  if (fields.last_day) texts.emplace_back("the last day");
  if (fields.last_working_day) texts.emplace_back("the last working day");
  for (int day = 1; day <= 31; ++day) {
    if ((fields.near_days >> day & 1) != 0) texts.push_back(fmt::format("the working day nearest to day {}", day));
  }
  return listed(texts);
}

// "Monday to Friday", "the second Friday".
Texts weekday_texts(const CronFields& fields, std::string_view months) {
  Texts texts = spell_runs(kWeekdayField, fields.weekday.values, true, weekday_name);
  for (int weekday = 0; weekday < 7; ++weekday) {
    for (std::size_t nth = 0; nth < fields.nth_weekdays.size(); ++nth) {
      if ((fields.nth_weekdays[nth] >> weekday & 1) == 0) continue;
      texts.push_back(fmt::format("the {} {} of {}", kPlaces[nth], kWeekdays[weekday], months));
    }
  }
  for (int weekday = 0; weekday < 7; ++weekday) {
    if ((fields.last_weekdays >> weekday & 1) != 0) {
      texts.push_back(fmt::format("the last {} of {}", kWeekdays[weekday], months));
    }
  }
  return texts;
}

// " on day 1 of January"; "" for every day.
std::string date_text(const CronFields& fields) {
  const bool every_month = fields.month.values == kMonthField.all();
  const std::string months = listed(spell_runs(kMonthField, fields.month.values, true, month_name));
  const std::string of = every_month ? "the month" : months;
  const bool some_days = fields.day.values != kDayField.all();
  const bool some_weekdays = fields.weekday.values != kWeekdayField.all();
  const bool both = fields.day.star || fields.weekday.star;
  const std::string days = day_text(fields) + " of " + of;
  // Where all of them are counted in their month, they name it; else it is named behind them.
  const bool counted = fields.weekday.values == 0;
  const bool must_be_both = some_days && both;
  const std::string weekdays = listed(weekday_texts(fields, counted ? of : "the month"), must_be_both ? "or" : "and");
  const std::string in = every_month ? "" : " in " + months;
  if (some_days && some_weekdays) {
    return fmt::format(" on {}{} {}{}", days, both ? ", if that is" : " or on", weekdays, both || counted ? "" : in);
  }
  if (some_days && both) return " on " + days;
  if (some_weekdays && both) return " on " + weekdays + (counted ? "" : in);
  return in;
}

}  // namespace

std::string CronExpression::sentence() const {
  const TimeText time = time_text(fields_);
  const std::string date = date_text(fields_);
  const bool names_days = date.starts_with(" on ");
  return time.text + (time.of_day && !names_days ? " every day" : "") + date;
}

}  // namespace qflow
