#include "cli/since_option.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"
#include "qflow/time/duration.h"

namespace qflow {

Result<Instant> parse_since(const std::string& text, Instant now) {
  if (const Result<Duration> length = parse_duration(text)) return now - *length;
  Result<Instant> instant = parse_datetime(text);
  if (instant) return instant;
  return fail(ErrorKind::kUsage, fmt::format("option --since: {} is neither an instant nor a duration", quoted(text)),
              "write 2026-11-20, 2026-11-20T10:00:00Z or 2h");
}

}  // namespace qflow
