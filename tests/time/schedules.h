#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "qflow/time/schedule.h"

namespace qflow {

inline std::shared_ptr<const TimeZone> zone_named(std::string_view name) {
  const auto zone = find_time_zone(name);
  REQUIRE_MESSAGE(zone, std::string(name));
  return *zone;
}

inline ScheduleRules rules_of(std::string_view expression, std::string_view zone = "UTC") {
  const auto parsed = CronExpression::parse(expression, "");
  REQUIRE_MESSAGE(parsed, std::string(expression));
  return {.rhythm = *parsed, .zone = zone_named(zone)};
}

inline Instant instant(std::string_view text) {
  return *parse_instant(text);
}

// "-" for none.
inline std::string text_of(const std::optional<Instant>& due) {
  return due ? format_instant(*due) : "-";
}

// So many instants after `from`, one after the other, as "2026-11-20T10:00:00Z ...".
inline std::string next_of(const Schedule& schedule, std::string_view from, int count) {
  std::string texts;
  std::optional<Instant> due = instant(from);
  for (; count > 0 && (due = schedule.next_after(*due)); --count) texts += (texts.empty() ? "" : " ") + text_of(due);
  return texts;
}

}  // namespace qflow
