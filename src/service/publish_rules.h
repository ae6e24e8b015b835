#pragma once

#include <cstdint>

#include "qflow/model/event.h"

namespace qflow {

// What any event may hold; kInvalid: a payload of more than `max_payload` bytes, a timestamp more than 24 h after
// recorded_at.
Status check_content(const Event& event, std::uint64_t max_payload);

// What a person or a step may publish: as above, and kInvalid for a reserved name (qflow.…).
Status check_publishable(const Event& event, std::uint64_t max_payload);

}  // namespace qflow
