#include "service/publish_rules.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"

namespace qflow {

namespace {

constexpr std::chrono::hours kFarthestAhead{24};
constexpr std::string_view kReserved = "qflow.";

}  // namespace

Status check_content(const Event& event, std::uint64_t max_payload) {
  const std::size_t size = to_compact(event.payload).size();
  if (size > max_payload) {
    return fail(ErrorKind::kInvalid,
                fmt::format("the payload has {} bytes, max_payload of the store is {}", size, max_payload),
                "leave large data in a file or an artifact and publish where it is");
  }
  if (event.timestamp > event.recorded_at + kFarthestAhead) {
    return fail(ErrorKind::kInvalid, "the timestamp is more than 24 h ahead: " + format_instant(event.timestamp));
  }
  return {};
}

Status check_publishable(const Event& event, std::uint64_t max_payload) {
  if (event.name.starts_with(kReserved)) {
    return fail(ErrorKind::kInvalid, "the event name " + quoted(event.name) + " is reserved: qflow itself uses qflow.…",
                "choose another name");
  }
  return check_content(event, max_payload);
}

}  // namespace qflow
