#include "qflow/runner/log_record.h"

namespace qflow {

std::optional<LogRecord> parse_log_record(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || line.size() < space + 5) return std::nullopt;
  LogRecord record;
  record.time = line.substr(0, space);
  const std::string_view stream = line.substr(space + 1, 3);
  if (stream != "out" && stream != "err") return std::nullopt;
  record.stream = stream == "out" ? TaskStream::kOut : TaskStream::kErr;
  record.goes_on = line[space + 4] == '+';
  const std::size_t text = space + (record.goes_on ? 6 : 5);
  if (text > line.size() || line[text - 1] != ' ') return std::nullopt;
  record.text = line.substr(text);
  return record;
}

}  // namespace qflow
