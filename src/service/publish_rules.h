#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "qflow/model/event.h"
#include "qflow/service/event_intake.h"

namespace qflow {

// What any event may hold; kInvalid: a payload of more than `max_payload` bytes or kMaxJsonDepth levels, a timestamp
// more than 24 h after recorded_at.
Status check_content(const Event& event, std::uint64_t max_payload);

// What a person or a step may publish: as above, and kInvalid for a reserved name (qflow.…).
Status check_publishable(const Event& event, std::uint64_t max_payload);

// What a repeat under the event's idempotency key must have in common with it.
std::string content_of(const JudgedEvent& judged);

// Keys of a deployment's own events count for it alone.
std::string owned_key(std::int64_t owner, const std::string& key);
// The idempotency key as who made the event wrote it.
std::string given_key(const JudgedEvent& judged);

// The place of an earlier event of the batch with the name and the idempotency key of the one at `place`.
std::optional<std::size_t> earlier_use_of_key(const std::vector<JudgedEvent>& batch, std::size_t place);

// Why the event at `place` was not recorded. An earlier one of the batch that has its key goes back with it, so that
// nobody finds its id: what `where` says of it ("in day.jsonl:3") stands instead.
Error refusal_in_batch(const std::vector<JudgedEvent>& batch, std::size_t place, Error error,
                       const std::function<std::string(std::size_t earlier)>& where);

}  // namespace qflow
