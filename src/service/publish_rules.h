#pragma once

#include <cstdint>

#include "qflow/model/event.h"

namespace qflow {

// What a person or a step may publish; kInvalid: a reserved name (qflow.…), a payload of more than `max_payload` bytes,
// a timestamp more than 24 h after recorded_at.
Status check_publishable(const Event& event, std::uint64_t max_payload);

}  // namespace qflow
