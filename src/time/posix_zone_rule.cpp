#include "qflow/time/posix_zone_rule.h"

#include <algorithm>
#include <utility>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"

namespace qflow {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using std::chrono::year;

local_seconds RuleDate::in(year y) const {
  const local_days first{y / 1 / 1};
  switch (kind) {
    case Kind::kDayWithLeap:
      return first + days{day} + time;
    case Kind::kDayWithoutLeap:
      return first + days{day - 1 + (y.is_leap() && day >= 60 ? 1 : 0)} + time;
    case Kind::kWeekOfMonth:
      break;
  }
  const auto in_month = y / std::chrono::month{month};
  const std::chrono::weekday wanted{weekday};
  if (week == 5) return local_days{in_month / wanted[std::chrono::last]} + time;
  return local_days{in_month / wanted[week]} + time;
}

// Reads one text from left to right. The first fault is kept.
class PosixZoneRule::Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<PosixZoneRule> read() {
    PosixZoneRule rule;
    if (!read_name(rule.name_) || !read_offset(rule.offset_)) return std::nullopt;
    if (rest_.empty()) return rule;
    Daylight daylight;
    if (!read_name(daylight.name)) return std::nullopt;
    daylight.offset = rule.offset_ + hours{1};
    if (!rest_.starts_with(',') && !read_offset(daylight.offset)) return std::nullopt;
    if (!read_date(daylight.begin) || !read_date(daylight.end)) return std::nullopt;
    if (!rest_.empty() && refuse("there is more after its end")) return std::nullopt;
    rule.daylight_ = std::move(daylight);
    return rule;
  }

  std::string_view fault() const { return fault_; }

 private:
  // True, so that a caller can say what was expected and leave in one expression.
  bool refuse(std::string_view why) {
    if (fault_.empty()) fault_ = why;
    return true;
  }

  bool accept(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool read_name(std::string& name) {
    const bool in_brackets = accept('<');
    std::size_t length = 0;
    const auto belongs = [&](char c) { return is_letter(c) || (in_brackets && (is_digit(c) || c == '+' || c == '-')); };
    while (length < rest_.size() && belongs(rest_[length])) ++length;
    name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (in_brackets && !accept('>')) return !refuse("a '>' is missing");
    return name.size() >= 3 || !refuse("a name has less than three characters");
  }

  bool read_number(int maximum, int& value) {
    std::size_t length = 0;
    for (value = 0; length < rest_.size() && is_digit(rest_[length]) && value <= maximum; ++length) {
      value = value * 10 + (rest_[length] - '0');
    }
    rest_.remove_prefix(length);
    return (length > 0 && value <= maximum) || !refuse("a number is missing or too large");
  }

  bool read_time(int most_hours, seconds& time) {
    const bool negative = accept('-');
    if (!negative) accept('+');
    int hour = 0, minute = 0, second = 0;
    if (!read_number(most_hours, hour)) return false;
    if (accept(':') && !read_number(59, minute)) return false;
    if (accept(':') && !read_number(59, second)) return false;
    time = hours{hour} + minutes{minute} + seconds{second};
    if (negative) time = -time;
    return true;
  }

  // POSIX counts west of Greenwich.
  bool read_offset(seconds& offset) {
    if (!read_time(24, offset)) return false;
    offset = -offset;
    return true;
  }

  bool read_week_of_month(RuleDate& date) {
    int month = 0, week = 0, weekday = 0;
    if (!read_number(12, month) || !accept('.') || !read_number(5, week) || !accept('.') || !read_number(6, weekday)) {
      return !refuse("a date is not M<month>.<week>.<day>");
    }
    if ((month == 0 || week == 0) && refuse("months and weeks count from 1")) return false;
    date.month = static_cast<unsigned>(month);
    date.week = static_cast<unsigned>(week);
    date.weekday = static_cast<unsigned>(weekday);
    return true;
  }

  bool read_day(RuleDate& date) {
    if (accept('M')) return read_week_of_month(date);
    date.kind = accept('J') ? RuleDate::Kind::kDayWithoutLeap : RuleDate::Kind::kDayWithLeap;
    if (!read_number(365, date.day)) return false;
    return date.kind == RuleDate::Kind::kDayWithLeap || date.day > 0 || !refuse("J counts from 1");
  }

  bool read_date(RuleDate& date) {
    if (!accept(',')) return !refuse("a date of change is missing");
    if (!read_day(date)) return false;
    date.time = hours{2};
    return !accept('/') || read_time(167, date.time);
  }

  std::string_view rest_;
  std::string_view fault_;
};

Result<PosixZoneRule> PosixZoneRule::parse(std::string_view text) {
  Reader reader(text);
  auto rule = reader.read();
  if (!rule) {
    return fail(ErrorKind::kInvalid, quoted(text) + " is not a rule of a time zone: " + std::string(reader.fault()));
  }
  if (rule->daylight_ && rule->is_daylight_all_year()) {
    rule->name_ = std::move(rule->daylight_->name);
    rule->offset_ = rule->daylight_->offset;
    rule->daylight_.reset();
  }
  if (rule->daylight_ && !rule->changes_alternate()) {
    return fail(ErrorKind::kInvalid, quoted(text) + " is not a rule of a time zone: its changes overlap");
  }
  return std::move(*rule);
}

// Each end falls on the next begin (RFC 9636, 3.3.1: "XXX3EDT4,0/0,J365/23").
bool PosixZoneRule::is_daylight_all_year() const {
  for (const int y : {2023, 2024, 2025, 2026}) {
    const sys_seconds end = to_utc(daylight_->end.in(year{y}), daylight_->offset);
    if (end != to_utc(daylight_->begin.in(year{y + 1}), offset_)) return false;
  }
  return true;
}

// In all pairs of years that there are, which come within 28 of them.
bool PosixZoneRule::changes_alternate() const {
  for (year y{2001}; y < year{2029}; ++y) {
    const auto changes = changes_around(y);
    for (std::size_t i = 1; i < changes.size(); ++i) {
      if (changes[i - 1].at == changes[i].at || changes[i - 1].to_daylight == changes[i].to_daylight) return false;
    }
  }
  return true;
}

std::array<PosixZoneRule::Change, 10> PosixZoneRule::changes_around(year y) const {
  std::array<Change, 10> changes;
  // A change may come a week before or after its year, so that the last one before January is of the year before the
  // last, and the first one after December of the year after the next.
  for (std::size_t i = 0; i < 5; ++i) {
    const year one = y + std::chrono::years{static_cast<int>(i) - 2};
    changes[2 * i] = {to_utc(daylight_->begin.in(one), offset_), true};
    changes[2 * i + 1] = {to_utc(daylight_->end.in(one), daylight_->offset), false};
  }
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.at < b.at; });
  return changes;
}

ZonePeriod PosixZoneRule::period_at(sys_seconds instant) const {
  if (!daylight_) return {kZoneBegin, kZoneEnd, offset_, offset_, offset_, name_};
  const auto changes = changes_around(std::chrono::year_month_day{std::chrono::floor<days>(instant)}.year());
  const auto next = std::upper_bound(changes.begin() + 1, changes.end() - 1, instant,
                                     [](sys_seconds t, const Change& change) { return t < change.at; });
  const Change& last = *(next - 1);
  const auto offset = [&](bool daylight) { return daylight ? daylight_->offset : offset_; };
  return {last.at,
          next->at,
          offset(last.to_daylight),
          offset(!last.to_daylight),
          offset(next->to_daylight),
          last.to_daylight ? daylight_->name : name_};
}

}  // namespace qflow
