#pragma once

#include <optional>
#include <string_view>

#include "qflow/runner/run_reporter.h"

namespace qflow {

// One record of an attempt's log: "2026-11-20T10:00:00.123Z out text"; "out+" when its line goes on in the next record
// of the same stream.
struct LogRecord {
  std::string_view time;
  TaskStream stream = TaskStream::kOut;
  bool goes_on = false;
  std::string_view text;
};

// The record in a line without its newline; nothing when the line has another shape.
std::optional<LogRecord> parse_log_record(std::string_view line);

}  // namespace qflow
