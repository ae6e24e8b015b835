#pragma once

#include <string>

#include "qflow/trigger/trigger.h"

namespace qflow {

// One English sentence that says when the trigger starts its flow: "FreshDataFlow runs when the event data_updated is
// published." A group speaks of its legs.
std::string describe(const Trigger& trigger);

// The same without the flow, for lists and graphs: "when the event data_updated is published".
std::string describe_condition(const Trigger& trigger);

// When a schedule begins, when it ends, and its days off: " from 2026-12-01T00:00:00Z, except on 2026-12-25"; "" when
// it goes on for ever.
std::string describe_span(const ScheduleRules& rules);

}  // namespace qflow
