#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "qflow/error/error.h"

namespace qflow {

// A point in UTC with a resolution of 1 µs, between the years 0001 and 9999.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
inline constexpr Instant kFirstInstant{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
inline constexpr std::chrono::microseconds kInstantStep{1};  // from one to the next

// RFC 3339 with an offset: "2026-11-20T10:00:00Z", "2026-11-20 10:00:00.5+01:00". Digits beyond µs are cut. A leap
// second (":60", only at 23:59:60 UTC at the end of a month) reads as the following second. kInvalid says what is
// wrong.
Result<Instant> parse_instant(std::string_view text);

// What a `datetime` parameter takes: RFC 3339, a date, or a date-time without offset; the last two are UTC. The
// seconds may be absent ("2026-11-20T10:00").
Result<Instant> parse_datetime(std::string_view text);

// RFC 3339 in UTC: "2026-11-20T10:00:00Z", with ".123" or ".123456" only where the instant has a fraction.
std::string format_instant(Instant instant);

// The same with exactly three digits of fraction, cut: "2026-11-20T10:00:00.120Z".
std::string format_instant_ms(Instant instant);

}  // namespace qflow
