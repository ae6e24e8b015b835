#include "service/publish_rules.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"
#include "qflow/model/event_names.h"

namespace qflow {

namespace {}  // namespace

Status check_content(const Event& event, std::uint64_t max_payload) {
  const std::size_t size = to_compact(event.payload).size();
  if (size > max_payload) {
    return fail(ErrorKind::kInvalid,
                fmt::format("the payload has {} bytes, max_payload of the store is {}", size, max_payload),
                "leave large data in a file or an artifact and publish where it is");
  }
  if (is_deeper_than(kMaxJsonDepth, event.payload)) {
    return fail(ErrorKind::kInvalid, fmt::format("the payload is nested deeper than {} levels", kMaxJsonDepth));
  }
  if (event.timestamp > event.recorded_at + kFarthestAhead) {
    return fail(ErrorKind::kInvalid, "the timestamp is more than 24 h ahead: " + format_instant(event.timestamp));
  }
  return {};
}

Status check_publishable(const Event& event, std::uint64_t max_payload) {
  if (event.name.starts_with(kOwnEvents)) {
    return fail(ErrorKind::kInvalid, "the event name " + quoted(event.name) + " is reserved: qflow itself uses qflow.…",
                "choose another name");
  }
  return check_content(event, max_payload);
}

std::string content_of(const JudgedEvent& judged) {
  return published_content(judged.event, judged.timestamp_given);
}

std::string owned_key(std::int64_t owner, const std::string& key) {
  return fmt::format("{}/{}", owner, key);
}

std::string given_key(const JudgedEvent& judged) {
  const std::string& key = *judged.idempotency_key;
  return judged.owner ? key.substr(owned_key(*judged.owner, "").size()) : key;
}

std::optional<std::size_t> earlier_use_of_key(const std::vector<JudgedEvent>& batch, std::size_t place) {
  const JudgedEvent& judged = batch[place];
  for (std::size_t i = 0; judged.idempotency_key && i < place; ++i) {
    if (batch[i].idempotency_key == judged.idempotency_key && batch[i].event.name == judged.event.name) return i;
  }
  return std::nullopt;
}

Error refusal_in_batch(const std::vector<JudgedEvent>& batch, std::size_t place, Error error,
                       const std::function<std::string(std::size_t earlier)>& where) {
  const auto earlier = earlier_use_of_key(batch, place);
  if (!earlier || error.kind != ErrorKind::kInvalid) return error;
  return {ErrorKind::kInvalid,
          fmt::format("the idempotency key {} stands with other content {}", quoted(given_key(batch[place])),
                      where(*earlier)),
          "use a new key for a new event"};
}

}  // namespace qflow
