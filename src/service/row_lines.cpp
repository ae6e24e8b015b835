#include "service/row_lines.h"

#include <fmt/format.h>

namespace qflow {

Status read_row_lines(std::string_view text, const std::string& file,
                      const std::function<Status(std::string_view line, const std::string& origin)>& read) {
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string origin = fmt::format("{}:{}", file, number);
    const Status done = read(line, origin);
    if (!done) return tl::make_unexpected(with_context(origin, done.error()));
  }
  return {};
}

}  // namespace qflow
