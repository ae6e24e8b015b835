#include "time/cron_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "time/cron_text.h"

namespace qflow {
namespace {

constexpr int kMostStep = 9999;
constexpr std::string_view kStepHelp = "a step is a number from 1: */15, 8-18/2";

CronText part(CronText text, std::size_t from, std::size_t length = std::string_view::npos) {
  return {text.offset + from, text.text.substr(from, length)};
}

bool is_one(std::string_view text, char upper) {
  return text.size() == 1 && (text[0] == upper || text[0] == upper + ('a' - 'A'));
}

std::uint64_t bit(int value) {
  return std::uint64_t{1} << value;
}

}  // namespace

bool CronFieldParser::refuse(CronText where, std::string message, std::string help) {
  if (error_) return false;
  // Where something is missing, what stands before it is shown.
  const bool empty = where.text.empty();
  const std::size_t offset = empty && where.offset > field_.offset ? where.offset - 1 : where.offset;
  error_ = CronError{offset, empty ? 1 : where.text.size(), std::move(message), std::move(help)};
  return false;
}

std::string CronFieldParser::range_help() const {
  std::string help = fmt::format("{} are {} to {}", spec_.plural, spec_.low, spec_.highest_written);
  if (!spec_.names.empty()) help += fmt::format(", or {} to {}", spec_.names.front(), spec_.names.back());
  return help;
}

bool CronFieldParser::refuse_unknown(CronText item) {
  return refuse(item, fmt::format("{} {} is not understood", spec_.name, quoted(item.text)), range_help());
}

// The same on every machine and for ever: FNV-1a over seed and field, mixed as in splitmix64.
std::uint64_t CronFieldParser::hash(std::uint64_t below) const {
  std::uint64_t state = 14695981039346656037ULL;
  const auto add = [&](std::string_view text) {
    for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    state = (state ^ 0xFF) * 1099511628211ULL;
  };
  add(seed_);
  add(spec_.name);
  state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9ULL;
  state = (state ^ (state >> 27)) * 0x94D049BB133111EBULL;
  return (state ^ (state >> 31)) % below;
}

std::optional<CronError> CronFieldParser::parse(CronField& into) {
  if (field_.text == "?" && (is_day() || is_weekday())) {
    into = {spec_.all(), true};
    return std::nullopt;
  }
  into.star = field_.text.starts_with('*');
  for (std::size_t at = 0; at <= field_.text.size();) {
    const std::size_t comma = std::min(field_.text.find(',', at), field_.text.size());
    const CronText item = part(field_, at, comma - at);
    if (item.text.empty()) {
      refuse(item, fmt::format("the list of {} has an empty item", spec_.plural), "between two commas stands a value");
    }
    if (error_ || !parse_item(item, into)) return error_;
    at = comma + 1;
  }
  return error_;
}

bool CronFieldParser::parse_item(CronText item, CronField& into) {
  if (is_one(item.text.substr(0, 1), 'H')) return parse_hash(item, into);
  const char last = item.text.back();
  if (is_day() && (is_one(item.text.substr(0, 1), 'L') || last == 'W' || last == 'w')) return parse_special_day(item);
  const bool names_place = item.text.find('#') != std::string_view::npos || last == 'L' || last == 'l';
  if (is_weekday() && names_place) return parse_special_weekday(item);
  const std::size_t slash = item.text.find('/');
  int step = 1;
  Span span;
  const CronText base = part(item, 0, slash);
  if (base.text.empty()) return refuse_unknown(item);
  if (base.text == "*") {
    span = {spec_.low, spec_.high, false};
  } else if (!parse_span(base, span)) {
    return false;
  }
  if (slash != std::string_view::npos) {
    if (!parse_step(item, slash, step)) return false;
    if (span.single) span.to = std::max(span.from, spec_.high);  // "5/15" is "5-59/15" (Quartz)
  }
  CronField steps;
  add_steps(span, step, steps);
  if (base.text == "*" && slash != std::string_view::npos) warn_of_step(item.text, step, steps.values);
  into.values |= steps.values;
  return true;
}

// Jenkins: H is one value, H/15 every 15th from a start below 15, H(0-29) within these; days of the month are at most
// 28, which every month has.
bool CronFieldParser::parse_hash(CronText item, CronField& into) {
  const std::size_t slash = item.text.find('/');
  const CronText base = part(item, 0, slash);
  Span span{spec_.low, is_day() ? 28 : spec_.high, false};
  if (base.text.size() > 1) {
    if (base.text[1] != '(' || base.text.back() != ')') {
      return refuse(item, fmt::format("{} {} is not understood", spec_.name, quoted(item.text)),
                    "H is written as H, H(0-29) or H/15");
    }
    if (!parse_span(part(base, 2, base.text.size() - 3), span)) return false;
    if (span.single || span.to < span.from || span.to > spec_.high) {
      return refuse(base, fmt::format("{} is no range from a lower to a higher value", quoted(base.text)),
                    fmt::format("write H({}-{})", spec_.low, spec_.high));
    }
  }
  const int width = span.to - span.from + 1;
  int step = width;
  if (slash != std::string_view::npos) {
    if (!parse_step(item, slash, step)) return false;
    if (step < 2 || step > width) {
      return refuse(part(item, slash + 1), fmt::format("a step of {} does not fit into {}", step, quoted(base.text)),
                    fmt::format("the step of H is 2 to {} here", width));
    }
  }
  span.from += static_cast<int>(hash(static_cast<std::uint64_t>(step)));
  add_steps(span, step, into);
  return true;
}

bool CronFieldParser::parse_special_day(CronText item) {
  const bool begins_with_last = is_one(item.text.substr(0, 1), 'L');
  if (item.text.size() == 1 && begins_with_last) {
    fields_.last_day = true;
    return true;
  }
  if (item.text.size() == 2 && begins_with_last && is_one(item.text.substr(1), 'W')) {
    fields_.last_working_day = true;
    return true;
  }
  const CronText number = part(item, 0, item.text.size() - 1);
  if (number.text.empty() || !std::all_of(number.text.begin(), number.text.end(), is_digit)) {
    return refuse(item, fmt::format("{} {} is not understood", spec_.name, quoted(item.text)),
                  "L is the last day of the month, LW its last working day, 15W the working day nearest to day 15");
  }
  int day = 0;
  if (!parse_value(number, day)) return false;
  fields_.near_days |= static_cast<std::uint32_t>(bit(day));
  return true;
}

bool CronFieldParser::parse_special_weekday(CronText item) {
  const std::size_t place = std::min(item.text.find('#'), item.text.size() - 1);
  int weekday = 0;
  if (place == 0) {
    return refuse(item, fmt::format("{} does not say which day of the week", quoted(item.text)),
                  "5L is the last Friday of the month, 5#2 the second");
  }
  if (!parse_value(part(item, 0, place), weekday)) return false;
  const auto weekday_bit = static_cast<std::uint8_t>(bit(weekday % 7));
  if (item.text[place] != '#') {
    fields_.last_weekdays |= weekday_bit;
    return true;
  }
  int nth = 0;
  const CronText number = part(item, place + 1);
  const std::string help = "5#2 is the second Friday of the month; a month has 1 to 5 of each";
  if (!parse_number(number, 5, "place in the month", help, nth)) return false;
  if (nth == 0) return refuse(number, "place in the month 0 is out of range", help);
  fields_.nth_weekdays[static_cast<std::size_t>(nth - 1)] |= weekday_bit;
  return true;
}

bool CronFieldParser::parse_span(CronText item, Span& span) {
  const std::size_t dash = item.text.find('-', 1);
  if (!parse_value(part(item, 0, dash), span.from)) return false;
  span.single = dash == std::string_view::npos;
  span.to = span.from;
  return span.single || parse_value(part(item, dash + 1), span.to);
}

bool CronFieldParser::parse_value(CronText text, int& value) {
  for (std::size_t i = 0; i < spec_.names.size(); ++i) {
    if (!equal_ignoring_case(text.text, spec_.names[i])) continue;
    value = spec_.low + static_cast<int>(i);
    return true;
  }
  const bool is_number = !text.text.empty() && std::all_of(text.text.begin(), text.text.end(), is_digit);
  if (!is_number) return refuse_unknown(text);
  if (!parse_number(text, spec_.highest_written, spec_.name, range_help(), value)) return false;
  return value >= spec_.low || refuse(text, fmt::format("{} {} is out of range", spec_.name, value), range_help());
}

bool CronFieldParser::parse_number(CronText text, int highest, std::string_view what, std::string_view help,
                                   int& value) {
  value = 0;
  bool is_number = !text.text.empty();
  for (const char c : text.text) {
    is_number = is_number && is_digit(c);
    if (is_number && value <= highest) value = value * 10 + (c - '0');
  }
  if (!is_number) return refuse(text, fmt::format("{} {} is not a number", what, quoted(text.text)), std::string(help));
  if (value <= highest) return true;
  return refuse(text, fmt::format("{} {} is out of range", what, printable(text.text.substr(0, 20))),
                std::string(help));
}

bool CronFieldParser::parse_step(CronText item, std::size_t slash, int& step) {
  const CronText number = part(item, slash + 1);
  if (!parse_number(number, kMostStep, "step", kStepHelp, step)) return false;
  return step > 0 || refuse(number, "a step of 0 would never get on", std::string(kStepHelp));
}

void CronFieldParser::add_steps(const Span& span, int step, CronField& into) const {
  const int to = span.to < span.from ? span.to + spec_.size() : span.to;
  for (int value = span.from; value <= to; value += step) {
    into.values |= bit(spec_.low + (value - spec_.low) % spec_.size());
  }
}

void CronFieldParser::warn_of_step(std::string_view text, int step, std::uint64_t values) {
  if (step == 1 || spec_.size() % step == 0) {
    if (!is_day() || step == 1) return;
  }
  warnings_.push_back(fmt::format("{} means the {} {}, not every {} {}: each {} begins anew", quoted(text),
                                  std::has_single_bit(values) ? spec_.name : spec_.plural, list_values(spec_, values),
                                  step, cron_unit(spec_), cron_cycle(spec_)));
}

}  // namespace qflow
