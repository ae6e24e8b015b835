#include "qflow/time/instant.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "qflow/error/printable.h"

namespace qflow {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr Instant kLast{sys_days{std::chrono::year{9999} / 12 / 31} + days{1} - microseconds{1}};

constexpr std::string_view kInstantAdvice = "write it as '2026-11-20T10:00:00Z' or '2026-11-20T10:00:00+01:00'";
constexpr std::string_view kDatetimeAdvice =
    "write it as '2026-11-20T10:00:00Z', '2026-11-20T10:00:00' (UTC) or '2026-11-20' (UTC)";

// What a text may leave out.
enum class Shape { kStrict, kDatetime };

// Reads one text from left to right; the first fault ends the reading.
class Reader {
 public:
  Reader(std::string_view text, Shape shape) : rest_(text), shape_(shape) {}

  std::optional<Instant> read() {
    sys_days date;
    microseconds time{0};
    microseconds offset{0};
    if (!read_date(date)) return {};
    if (rest_.empty() && shape_ == Shape::kDatetime) return Instant{date};
    if (!read_separator() || !read_time(time) || !read_offset(offset)) return {};
    if (!rest_.empty()) return fault("there is more after its end");
    return join(date, time, offset);
  }

  std::string_view fault_text() const { return fault_; }

 private:
  std::nullopt_t fault(std::string_view what) {
    if (fault_.empty()) fault_ = what;
    return std::nullopt;
  }

  bool refuse(std::string_view what) {
    fault(what);
    return false;
  }

  bool accept(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `count` digits.
  bool read_digits(int count, int& value) {
    if (rest_.size() < static_cast<std::size_t>(count)) return false;
    value = 0;
    for (int i = 0; i < count; ++i) {
      const char c = rest_[static_cast<std::size_t>(i)];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(static_cast<std::size_t>(count));
    return true;
  }

  bool read_date(sys_days& date) {
    int year = 0, month = 0, day = 0;
    if (!read_digits(4, year) || !accept('-') || !read_digits(2, month) || !accept('-') || !read_digits(2, day)) {
      return refuse("it does not begin with a date");
    }
    if (year == 0) return refuse("years count from 0001");
    if (month < 1 || month > 12) return refuse("there is no such month");
    const auto ymd = std::chrono::year{year} / month / day;
    if (!ymd.ok()) return refuse("the month has no such day");
    date = sys_days{ymd};
    return true;
  }

  bool read_separator() {
    return accept('T') || accept('t') || accept(' ') || refuse("the date needs a time after it");
  }

  bool read_time(microseconds& time) {
    int hour = 0, minute = 0, second = 0;
    if (!read_digits(2, hour) || !accept(':') || !read_digits(2, minute)) return refuse("the time is not HH:MM:SS");
    const bool has_seconds = accept(':');
    if (has_seconds ? !read_digits(2, second) : shape_ == Shape::kStrict) return refuse("the time is not HH:MM:SS");
    if (hour > 23) return refuse("there is no such hour");
    if (minute > 59) return refuse("there is no such minute");
    if (second > 60) return refuse("there is no such second");
    leap_second_ = second == 60;
    microseconds fraction{0};
    if (has_seconds && !read_fraction(fraction)) return false;
    time = hours{hour} + minutes{minute} + seconds{second} + fraction;
    return true;
  }

  bool read_fraction(microseconds& fraction) {
    if (!accept('.')) return true;
    std::int64_t value = 0, scale = 1'000'000;
    int digit = 0, count = 0;
    for (; read_digits(1, digit); ++count) {
      if (scale == 1) continue;
      value = value * 10 + digit;
      scale /= 10;
    }
    fraction = microseconds{value * scale};
    return count > 0 || refuse("the fraction of the second has no digits");
  }

  bool read_offset(microseconds& offset) {
    if (accept('Z') || accept('z')) return true;
    const bool east = rest_.starts_with('+');
    if (!accept('+') && !accept('-')) {
      if (!rest_.empty()) return refuse("the time is not followed by 'Z' or an offset");
      return shape_ == Shape::kDatetime || refuse("the offset from UTC is missing");
    }
    int hour = 0, minute = 0;
    if (!read_digits(2, hour) || !accept(':') || !read_digits(2, minute)) return refuse("the offset is not +HH:MM");
    if (hour > 23 || minute > 59) return refuse("an offset is at most 23:59");
    offset = hours{hour} + minutes{minute};
    if (!east) offset = -offset;
    return true;
  }

  std::optional<Instant> join(sys_days date, microseconds time, microseconds offset) {
    const Instant instant = Instant{date} + time - offset;
    // RFC 3339, section 5.7: a 61st second stands only at the end of a month, in UTC.
    if (leap_second_) {
      const sys_days day = std::chrono::floor<days>(instant);
      if (instant - day >= seconds{1} || year_month_day{day}.day() != std::chrono::day{1}) {
        return fault("second 60 exists only at the end of a month, at 23:59:60 UTC");
      }
    }
    if (instant < kFirstInstant || instant > kLast) return fault("in UTC it is outside the years 0001 to 9999");
    return instant;
  }

  std::string_view rest_;
  Shape shape_;
  bool leap_second_ = false;
  std::string_view fault_;
};

Result<Instant> parse(std::string_view text, Shape shape) {
  Reader reader(text, shape);
  if (const auto instant = reader.read()) return *instant;
  const bool strict = shape == Shape::kStrict;
  std::string message = quoted(text) + (strict ? " is not an RFC 3339 instant: " : " is not a date and time: ");
  message += reader.fault_text();
  return fail(ErrorKind::kInvalid, std::move(message), std::string(strict ? kInstantAdvice : kDatetimeAdvice));
}

void append_digits(std::string& out, std::uint32_t value, int count) {
  char digits[10];
  for (int i = count - 1; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits, static_cast<std::size_t>(count));
}

void append_pair(std::string& out, char separator, std::uint32_t value) {
  out += separator;
  append_digits(out, value, 2);
}

// "2026-11-20T10:00:00", and in `micros` what is left of the second. Outside its years an instant reads as the nearest.
std::string format_seconds(Instant instant, std::uint32_t& micros) {
  instant = std::clamp(instant, kFirstInstant, kLast);
  const sys_days day = std::chrono::floor<days>(instant);
  const year_month_day date{day};
  const auto of_day = static_cast<std::uint64_t>((instant - day).count());
  const auto second = static_cast<std::uint32_t>(of_day / 1'000'000);
  micros = static_cast<std::uint32_t>(of_day % 1'000'000);
  std::string out;
  out.reserve(27);
  append_digits(out, static_cast<std::uint32_t>(static_cast<int>(date.year())), 4);
  append_pair(out, '-', static_cast<unsigned>(date.month()));
  append_pair(out, '-', static_cast<unsigned>(date.day()));
  append_pair(out, 'T', second / 3600);
  append_pair(out, ':', second / 60 % 60);
  append_pair(out, ':', second % 60);
  return out;
}

}  // namespace

Result<Instant> parse_instant(std::string_view text) {
  return parse(text, Shape::kStrict);
}

Result<Instant> parse_datetime(std::string_view text) {
  return parse(text, Shape::kDatetime);
}

std::string format_instant(Instant instant) {
  std::uint32_t micros = 0;
  std::string out = format_seconds(instant, micros);
  if (micros > 0) {
    out += '.';
    if (micros % 1000 == 0) {
      append_digits(out, micros / 1000, 3);
    } else {
      append_digits(out, micros, 6);
    }
  }
  return out += 'Z';
}

std::string format_instant_ms(Instant instant) {
  std::uint32_t micros = 0;
  std::string out = format_seconds(instant, micros);
  out += '.';
  append_digits(out, micros / 1000, 3);
  return out += 'Z';
}

}  // namespace qflow
