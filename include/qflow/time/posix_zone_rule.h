#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "qflow/error/error.h"
#include "qflow/time/zone_period.h"

namespace qflow {

// A day of any year and a time on it, as local time before the change.
struct RuleDate {
  enum class Kind { kWeekOfMonth, kDayWithoutLeap, kDayWithLeap };  // M3.5.0, J60, 59

  Kind kind = Kind::kWeekOfMonth;
  unsigned month = 0;         // 1 to 12
  unsigned week = 0;          // 1 to 5, 5 being the last
  unsigned weekday = 0;       // 0 is Sunday
  int day = 0;                // J1 to J365, or 0 to 365
  std::chrono::seconds time;  // -167 h to 167 h

  std::chrono::local_seconds in(std::chrono::year year) const;
};

// The rule by which a zone goes on for ever: the TZ string of POSIX (Base Definitions, 8.3) with the extensions of
// RFC 9636, section 3.3.1. Daylight saving may be negative (Europe/Dublin) or last all year.
class PosixZoneRule {
 public:
  // "CET-1CEST,M3.5.0,M10.5.0/3", "<+03>-3". kInvalid says what is wrong; so is a year whose daylight saving has not
  // ended when that of the next one begins.
  static Result<PosixZoneRule> parse(std::string_view text);

  // The period that contains the instant; it ends where the rule says so, in any year.
  ZonePeriod period_at(std::chrono::sys_seconds instant) const;

 private:
  struct Daylight {
    std::string name;
    std::chrono::seconds offset{};
    RuleDate begin;
    RuleDate end;
  };
  struct Change {
    std::chrono::sys_seconds at;
    bool to_daylight;
  };
  class Reader;

  bool is_daylight_all_year() const;
  bool changes_alternate() const;
  std::array<Change, 10> changes_around(std::chrono::year year) const;

  std::string name_;
  std::chrono::seconds offset_{};
  std::optional<Daylight> daylight_;
};

}  // namespace qflow
