#include "file_report.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "qflow/error/printable.h"

namespace qflow {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{512} << 10;
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

std::string_view event_name(ChangeKind event) {
  if (event == ChangeKind::kDeleted) return "deleted";
  return event == ChangeKind::kCreated ? "created" : "modified";
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
      {"event_type", event_name(change.event)},
      {"replaced", change.replaced},
  };
  if (!is_utf8(path.native())) payload["path_base64"] = base64(path.native());
  return payload;
}

bool FileReport::take(const FileChange& change) {
  if (per_ == SensorBatching::kItem && payloads_.size() == kChangesAtOnce) return false;
  Json payload = file_payload(folder_, change);
  if (per_ == SensorBatching::kBatch) {
    bytes_ += to_compact(payload).size() + 1;
    if (!payloads_.empty() && bytes_ > kBatchBytes) return false;
  }
  payloads_.push_back(std::move(payload));
  return true;
}

std::vector<SensedChange> FileReport::finish() {
  std::vector<SensedChange> changes;
  if (per_ == SensorBatching::kItem) {
    changes.reserve(payloads_.size());
    for (Json& payload : payloads_) changes.push_back({std::move(payload)});
  } else if (!payloads_.empty()) {
    const std::size_t count = payloads_.size();
    changes.push_back({Json{{"files", std::move(payloads_)}, {"count", count}}});
  }
  return changes;
}

}  // namespace qflow
