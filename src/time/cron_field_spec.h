#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace qflow {

// What one of the six fields may hold.
struct CronFieldSpec {
  std::string_view name;    // "minute"
  std::string_view plural;  // "minutes"
  int low;
  int high;                                 // of the values as they are kept
  int highest_written;                      // 7 for the day of the week, which is Sunday
  std::span<const std::string_view> names;  // of the values from `low`

  int size() const { return high - low + 1; }
  // Every value as a bit.
  std::uint64_t all() const { return (std::uint64_t{1} << (high + 1)) - (std::uint64_t{1} << low); }
};

extern const CronFieldSpec kSecondField;
extern const CronFieldSpec kMinuteField;
extern const CronFieldSpec kHourField;
extern const CronFieldSpec kDayField;
extern const CronFieldSpec kMonthField;
extern const CronFieldSpec kWeekdayField;

}  // namespace qflow
