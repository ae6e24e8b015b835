#include "sensor/file_payload.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "qflow/error/printable.h"
#include "sensor/change_report.h"

namespace qflow {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

std::string as_utf8(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    text += length == 0 ? kReplacement : bytes.substr(0, length);
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return text;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 3))) {
    const std::size_t taken = std::min<std::size_t>(bytes.size(), 3);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < taken ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += i <= taken ? kDigits[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

std::string mtime_text(std::int64_t modified_ns) {
  return format_instant(Instant(std::chrono::floor<Duration>(std::chrono::nanoseconds(modified_ns))));
}

}  // namespace

Json file_payload(const Path& folder, const FileChange& change) {
  const Path path = folder / change.path;
  Json payload = {
      {"path", as_utf8(path.native())},
      {"name", as_utf8(path.filename().native())},
      {"size", change.version.size},
      {"mtime", mtime_text(change.version.modified_ns)},
      {"event_type", event_type_of(change.event)},
      {"replaced", change.replaced},
  };
  if (!is_utf8(path.native())) payload["path_base64"] = base64(path.native());
  return payload;
}

}  // namespace qflow
