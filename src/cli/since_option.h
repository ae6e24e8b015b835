#pragma once

#include <string>

#include "qflow/error/error.h"
#include "qflow/time/instant.h"

namespace qflow {

// What --since takes: an instant, a date, or a duration back from `now`. kUsage says how to write it.
Result<Instant> parse_since(const std::string& text, Instant now);

}  // namespace qflow
