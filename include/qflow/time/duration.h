#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "qflow/error/error.h"

namespace qflow {

// A length of time with a resolution of 1 µs.
using Duration = std::chrono::microseconds;

// "90s", "1h30m", "2d", "1.5h": numbers with units ms, s, m, h, d, w, largest first, each at most once, no signs and
// no spaces; a fraction is cut to 1 µs; at most 10,000 years. kInvalid says what is wrong.
Result<Duration> parse_duration(std::string_view text);

// Canonical text that parses back to the same: "1h30m", "2d", "2w" where it is whole weeks, else days; "90s" becomes
// "1m30s", below a second "250ms", above it "1.5s"; zero is "0s". A negative duration starts with '-' (as a difference
// of instants may be); parse_duration refuses it.
std::string format_duration(Duration duration);

// For people, two units at most, cut: "<1ms", "250ms", "3.2s", "42s", "1m 4s", "47m", "2h 5m", "3d 4h".
std::string format_duration_short(Duration duration);

}  // namespace qflow
