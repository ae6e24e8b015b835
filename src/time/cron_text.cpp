#include "time/cron_text.h"

#include <fmt/format.h>

#include <bit>
#include <vector>

namespace qflow {
namespace {

bool contains(std::uint64_t values, int value) {
  return (values >> value & 1) != 0;
}

std::uint64_t steps(const CronFieldSpec& spec, int from, int to, int step) {
  std::uint64_t values = 0;
  for (int value = from; value <= to; value += step) {
    values |= std::uint64_t{1} << (spec.low + (value - spec.low) % spec.size());
  }
  return values;
}

int lowest(std::uint64_t values) {
  return std::countr_zero(values);
}
int highest(std::uint64_t values) {
  return 63 - std::countl_zero(values);
}

void append(std::string& list, std::string_view item) {
  if (!list.empty()) list += ',';
  list += item;
}

// "1-3,7": ranges and values, ascending.
std::string plain_list(std::uint64_t values) {
  std::string list;
  while (values != 0) {
    const int from = lowest(values);
    int to = from;
    while (contains(values, to + 1)) ++to;
    append(list, from == to ? std::to_string(from) : fmt::format("{}-{}", from, to));
    values &= ~((std::uint64_t{2} << to) - (std::uint64_t{1} << from));
  }
  return list;
}

// "8-18/2" where the values are so, else "".
std::string even_steps(const CronFieldSpec& spec, std::uint64_t values) {
  if (std::popcount(values) < 3) return {};
  const int from = lowest(values), to = highest(values);
  const int step = lowest(values & (values - 1)) - from;
  if (step == 1 || steps(spec, from, to, step) != values) return {};
  return fmt::format("{}-{}/{}", from, to, step);
}

// "22-4" where the values are so, else "".
std::string wrapped_range(const CronFieldSpec& spec, std::uint64_t values) {
  if (!contains(values, spec.low) || !contains(values, spec.high) || values == spec.all()) return {};
  const int to = lowest(~values >> spec.low) + spec.low - 1;
  const int from = highest(spec.all() & ~values) + 1;
  if (steps(spec, from, to + spec.size(), 1) != values) return {};
  return fmt::format("{}-{}", from, to);
}

// "*/15", and what it lacks. A field that begins with '*' holds its lowest value, so that some step fits.
std::string starred(const CronFieldSpec& spec, std::uint64_t values) {
  if (values == spec.all()) return "*";
  int step = 2;
  while ((steps(spec, spec.low, spec.high, step) & ~values) != 0) ++step;
  std::string text = fmt::format("*/{}", step);
  const std::uint64_t rest = values & ~steps(spec, spec.low, spec.high, step);
  if (rest != 0) append(text, plain_list(rest));
  return text;
}

void append_days(std::string& text, const CronFields& fields) {
  if (fields.last_day) append(text, "L");
  if (fields.last_working_day) append(text, "LW");
  for (int day = 1; day <= 31; ++day) {
    if (contains(fields.near_days, day)) append(text, fmt::format("{}W", day));
  }
}

void append_weekdays(std::string& text, const CronFields& fields) {
  for (int weekday = 0; weekday < 7; ++weekday) {
    if (contains(fields.last_weekdays, weekday)) append(text, fmt::format("{}L", weekday));
    for (std::size_t nth = 0; nth < fields.nth_weekdays.size(); ++nth) {
      if (contains(fields.nth_weekdays[nth], weekday)) append(text, fmt::format("{}#{}", weekday, nth + 1));
    }
  }
}

}  // namespace

std::string list_values(const CronFieldSpec& spec, std::uint64_t values) {
  std::vector<int> all;
  for (int value = spec.low; value <= spec.high; ++value) {
    if (contains(values, value)) all.push_back(value);
  }
  if (all.size() > 6) return fmt::format("{}, {}, {}, ..., {}", all[0], all[1], all[2], all.back());
  std::string list;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) list += i + 1 == all.size() ? " and " : ", ";
    list += std::to_string(all[i]);
  }
  return list;
}

std::string_view cron_unit(const CronFieldSpec& spec) {
  return &spec == &kDayField || &spec == &kWeekdayField ? "days" : spec.plural;
}

std::string_view cron_cycle(const CronFieldSpec& spec) {
  if (&spec == &kSecondField) return "minute";
  if (&spec == &kMinuteField) return "hour";
  if (&spec == &kHourField) return "day";
  if (&spec == &kDayField) return "month";
  return &spec == &kMonthField ? "year" : "week";
}

std::string field_text(const CronFieldSpec& spec, const CronField& field) {
  if (field.values == 0) return {};
  if (field.star) return starred(spec, field.values);
  std::string text = plain_list(field.values);
  const bool star_says_nothing = &spec == &kSecondField || &spec == &kMonthField;
  const std::string others[] = {
      wrapped_range(spec, field.values), even_steps(spec, field.values),
      star_says_nothing && contains(field.values, spec.low) ? starred(spec, field.values) : std::string()};
  for (const std::string& other : others) {
    if (!other.empty() && other.size() < text.size()) text = other;
  }
  return text;
}

std::string CronExpression::canonical() const {
  std::string text;
  if (fields_.second.values != 1) text = field_text(kSecondField, fields_.second) + " ";
  std::string days = field_text(kDayField, fields_.day);
  append_days(days, fields_);
  std::string weekdays = field_text(kWeekdayField, fields_.weekday);
  append_weekdays(weekdays, fields_);
  text += fmt::format("{} {} {} {} {}", field_text(kMinuteField, fields_.minute), field_text(kHourField, fields_.hour),
                      days, field_text(kMonthField, fields_.month), weekdays);
  return text;
}

}  // namespace qflow
