#pragma once

#include <chrono>
#include <string_view>

namespace qflow {

// A span of time in which a zone's distance from UTC stays the same. Where that grows at its begin, local times are
// left out (a gap); where it shrinks, local times come twice (an overlap).
struct ZonePeriod {
  std::chrono::sys_seconds begin;      // included
  std::chrono::sys_seconds end;        // not included
  std::chrono::seconds offset;         // east of UTC
  std::chrono::seconds offset_before;  // of the period that ends where this begins; `offset` where there is none
  std::chrono::seconds offset_after;   // of the period that begins where this ends; `offset` where there is none
  std::string_view abbreviation;       // "CEST"; as long-lived as the zone
};

// Where the first period of a zone begins and the last one ends: a year beyond what an Instant can be.
inline constexpr std::chrono::sys_seconds kZoneBegin{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
inline constexpr std::chrono::sys_seconds kZoneEnd{std::chrono::sys_days{std::chrono::year{10001} / 1 / 1}};

// What a clock shows that is so far east of UTC, and when it shows it.
constexpr std::chrono::local_seconds to_local(std::chrono::sys_seconds instant, std::chrono::seconds offset) {
  return std::chrono::local_seconds{instant.time_since_epoch() + offset};
}
constexpr std::chrono::sys_seconds to_utc(std::chrono::local_seconds local, std::chrono::seconds offset) {
  return std::chrono::sys_seconds{local.time_since_epoch() - offset};
}

}  // namespace qflow
