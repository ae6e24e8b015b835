#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "qflow/model/event.h"
#include "qflow/service/event_intake.h"

namespace qflow {

// What any event may hold; kInvalid: a payload of more than `max_payload` bytes, a timestamp more than 24 h after
// recorded_at.
Status check_content(const Event& event, std::uint64_t max_payload);

// What a person or a step may publish: as above, and kInvalid for a reserved name (qflow.…).
Status check_publishable(const Event& event, std::uint64_t max_payload);

// kInvalid for an idempotency key that is empty, as an unset variable of a script gives it.
Status check_idempotency_key(const std::optional<std::string>& key);

// The place of an earlier event of the batch with the name and the idempotency key of the one at `place`. A refusal
// that names it goes back with the batch.
std::optional<std::size_t> earlier_use_of_key(const std::vector<JudgedEvent>& batch, std::size_t place);

}  // namespace qflow
