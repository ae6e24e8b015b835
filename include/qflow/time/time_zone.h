#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/time/instant.h"
#include "qflow/time/posix_zone_rule.h"
#include "qflow/time/zone_period.h"

namespace qflow {

// A time zone of the IANA database: when its clocks are how far from UTC. Immutable, thread-safe.
class TimeZone {
 public:
  // From the content of a TZif file (RFC 9636): version 2 or later, without leap seconds. After its last change the
  // rule in its footer holds. kInvalid when the content is damaged.
  static Result<TimeZone> parse(std::string name, std::string_view tzif);
  static TimeZone utc();

  const std::string& name() const { return name_; }
  ZonePeriod period_at(std::chrono::sys_seconds instant) const;
  std::chrono::seconds offset_at(Instant instant) const;

 private:
  struct LocalType {
    std::chrono::seconds offset;
    std::string abbreviation;
  };
  struct Change {
    std::chrono::sys_seconds at;
    std::uint8_t type;
  };

  // The type that holds until the change of that index.
  const LocalType& type_before(std::size_t change) const { return types_[change == 0 ? 0 : changes_[change - 1].type]; }
  ZonePeriod period_by_rule(std::chrono::sys_seconds instant) const;

  std::string name_;
  std::vector<LocalType> types_;  // at least one
  std::vector<Change> changes_;   // ascending
  std::optional<PosixZoneRule> rule_;
};

// The zone of that name, from $TZDIR or /usr/share/zoneinfo; each file is read once per process. "UTC" needs no file.
// Names are exact: kNotFound suggests the nearest, kInvalid is for what no zone can be called. Thread-safe; the one
// place of this layer that reads files.
Result<std::shared_ptr<const TimeZone>> find_time_zone(std::string_view name);

// "2027-03-28T03:00:00+02:00"; an offset with seconds, as clocks had before standard time, as "+00:53:28". A fraction
// of a second is cut.
std::string format_local(Instant instant, const TimeZone& zone);

}  // namespace qflow
