#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace qflow {

// What is wrong with an expression, and where in its text.
struct CronError {
  std::size_t offset = 0;  // bytes from the start of the expression
  std::size_t length = 0;  // at least 1, but for an empty expression
  std::string message;     // "minute 61 is out of range"
  std::string help;        // "minutes are 0 to 59"
};

// The values of one field as bits: bit 5 of the minutes is minute 5. Sunday is day 0 of the week.
struct CronField {
  std::uint64_t values = 0;
  bool star = false;  // its text begins with '*', or is '?'

  friend bool operator==(const CronField&, const CronField&) = default;
};

// What an expression means, field by field; the days that depend on the month stand beside the plain ones.
struct CronFields {
  CronField second, minute, hour, day, month, weekday;
  bool last_day = false;                       // L
  bool last_working_day = false;               // LW
  std::uint32_t near_days = 0;                 // 15W: bit 15
  std::uint8_t last_weekdays = 0;              // 5L: bit 5
  std::array<std::uint8_t, 5> nth_weekdays{};  // 5#2: bit 5 of the second

  friend bool operator==(const CronFields&, const CronFields&) = default;
};

// The calendar that a cron expression describes (qflow-flow(5)). Five fields and macros mean what crontab(5)
// of cronie says; a sixth field, `?`, `L`, `W` and `#` what CronExpression of Quartz says (but Sunday is 0 or 7), `H`
// what the cron syntax of Jenkins says. It knows no zone: it is about what a clock shows. Immutable.
class CronExpression {
 public:
  // `seed` decides what `H` stands for: the same text and seed give the same instants on every machine. An expression
  // that can never match is an error.
  static tl::expected<CronExpression, CronError> parse(std::string_view text, std::string_view seed);

  // One text for all expressions of the same meaning, short, in five fields where the second is 0; parses back to the
  // same fields. `H` appears as what it stands for.
  std::string canonical() const;
  // "at 03:00 on Monday to Friday"
  std::string sentence() const;
  // What a person may have meant otherwise: "'*/40' means the minutes 0 and 40, not every 40 minutes".
  const std::vector<std::string>& warnings() const { return warnings_; }

  // Whether its minute or hour begins with '*': then it goes by elapsed time when clocks change, as in cronie.
  bool follows_elapsed_time() const { return fields_.minute.star || fields_.hour.star; }

  // The first, or the last, time within [from, until) that matches; nothing when there is none. The cost grows with the
  // months between.
  std::optional<std::chrono::local_seconds> first_in(std::chrono::local_seconds from,
                                                     std::chrono::local_seconds until) const;
  std::optional<std::chrono::local_seconds> last_in(std::chrono::local_seconds from,
                                                    std::chrono::local_seconds until) const;

  const CronFields& fields() const { return fields_; }

 private:
  CronFields fields_;
  std::vector<std::string> warnings_;
};

}  // namespace qflow
