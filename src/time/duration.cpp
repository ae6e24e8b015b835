#include "qflow/time/duration.h"

#include <cstdint>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"

namespace qflow {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t micros;
};

constexpr std::uint64_t kMillisecond = 1'000;
constexpr std::uint64_t kSecond = 1'000 * kMillisecond;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kWeek = 7 * kDay;
constexpr std::uint64_t kMaximum = 3'652'425 * kDay;  // 10,000 Gregorian years

// From the largest; a text names them in this order.
constexpr Unit kUnits[] = {{"w", kWeek},   {"d", kDay},    {"h", kHour},
                           {"m", kMinute}, {"s", kSecond}, {"ms", kMillisecond}};

constexpr std::string_view kDurationAdvice = "write it as '90s', '1h30m' or '2d'; the units are ms, s, m, h, d, w";

std::string_view take_while(std::string_view& text, bool (*holds)(char)) {
  std::size_t length = 0;
  while (length < text.size() && holds(text[length])) ++length;
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

// `digits` × `unit`, or more than kMaximum when it is more.
std::uint64_t whole_part(std::string_view digits, std::uint64_t unit) {
  std::uint64_t value = 0;
  for (char digit : digits) {
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    if (value > kMaximum / unit) return kMaximum + 1;
  }
  return value * unit;
}

// 0.`digits` × `unit`, cut to whole µs. From the last digit to the first it is exact and can't overflow.
std::uint64_t fraction_part(std::string_view digits, std::uint64_t unit) {
  std::uint64_t value = 0;
  for (std::size_t i = digits.size(); i > 0; --i) {
    value = (unit * static_cast<std::uint64_t>(digits[i - 1] - '0') + value) / 10;
  }
  return value;
}

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

tl::unexpected<Error> bad_duration(std::string_view text, std::string_view why) {
  return fail(ErrorKind::kInvalid, quoted(text) + " is not a duration: " + std::string(why),
              std::string(kDurationAdvice));
}

std::string with_unit(std::uint64_t value, std::string_view unit) {
  return std::to_string(value) + std::string(unit);
}

// `value` / `scale` with as many digits of fraction as it has.
std::string decimal(std::uint64_t value, std::uint64_t scale) {
  std::string text = std::to_string(value / scale);
  std::uint64_t rest = value % scale;
  if (rest == 0) return text;
  text += '.';
  for (; rest > 0; rest %= scale) {
    scale /= 10;
    text += static_cast<char>('0' + rest / scale);
  }
  return text;
}

std::uint64_t magnitude(Duration duration) {
  const auto count = static_cast<std::uint64_t>(duration.count());
  return duration.count() < 0 ? 0 - count : count;
}

// "2h 5m"; a part of nothing is left out.
std::string two_units(std::uint64_t large, std::string_view large_unit, std::uint64_t small,
                      std::string_view small_unit) {
  std::string text = with_unit(large, large_unit);
  if (small > 0) text += " " + with_unit(small, small_unit);
  return text;
}

std::string short_text(std::uint64_t micros) {
  if (micros == 0) return "0s";
  if (micros < kMillisecond) return "<1ms";
  if (micros < kSecond) return with_unit(micros / kMillisecond, "ms");
  if (micros < 10 * kSecond) return decimal(micros / (kSecond / 10), 10) + "s";
  if (micros < kMinute) return with_unit(micros / kSecond, "s");
  if (micros < kHour) return two_units(micros / kMinute, "m", micros % kMinute / kSecond, "s");
  if (micros < kDay) return two_units(micros / kHour, "h", micros % kHour / kMinute, "m");
  return two_units(micros / kDay, "d", micros % kDay / kHour, "h");
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return bad_duration(text, "it is empty");
  std::string_view rest = text;
  const Unit* last = nullptr;
  std::uint64_t total = 0;
  while (!rest.empty()) {
    const std::string_view digits = take_while(rest, is_digit);
    if (digits.empty()) return bad_duration(text, "a number is missing");
    std::string_view fraction;
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      fraction = take_while(rest, is_digit);
      if (fraction.empty()) return bad_duration(text, "digits are missing after '.'");
    }
    const std::string_view name = take_while(rest, is_letter);
    if (name.empty()) return bad_duration(text, "a unit is missing after the number");
    const Unit* unit = find_unit(name);
    if (unit == nullptr) return bad_duration(text, "unknown unit " + quoted(name));
    if (last != nullptr && unit <= last)
      return bad_duration(text, "units stand from the largest to the smallest, each once");
    last = unit;
    total += whole_part(digits, unit->micros) + fraction_part(fraction, unit->micros);
    if (total > kMaximum) return bad_duration(text, "it is longer than 10,000 years");
  }
  return Duration{static_cast<std::int64_t>(total)};
}

std::string format_duration(Duration duration) {
  std::uint64_t rest = magnitude(duration);
  if (rest == 0) return "0s";
  std::string text = duration.count() < 0 ? "-" : "";
  if (rest % kWeek == 0) return text + with_unit(rest / kWeek, "w");
  for (const Unit& unit : {kUnits[1], kUnits[2], kUnits[3]}) {
    if (rest >= unit.micros) text += with_unit(rest / unit.micros, unit.name);
    rest %= unit.micros;
  }
  if (rest >= kSecond) return text + decimal(rest, kSecond) + "s";
  if (rest > 0) text += decimal(rest, kMillisecond) + "ms";
  return text;
}

std::string format_duration_short(Duration duration) {
  return (duration.count() < 0 ? "-" : "") + short_text(magnitude(duration));
}

}  // namespace qflow
