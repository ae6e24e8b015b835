#pragma once

#include <string>

#include "qflow/trigger/trigger.h"

namespace qflow {

// What the join state of a trigger depends on, as text: its type, its sources with condition, count and distinct,
// `correlate` and `join`; of a leg that it is one, of a group all its legs. While it stays the same, so does what
// waits.
std::string trigger_shape(const Trigger& trigger, std::string_view name_space);

}  // namespace qflow
