#pragma once

#include <string>

#include "qflow/trigger/trigger.h"

namespace qflow {

// One English sentence that says when the trigger starts its flow: "FreshDataFlow runs when the event data_updated is
// published." `triggers` are all of the flow (a group speaks of its legs).
std::string describe(const Trigger& trigger, const TriggerList& triggers);

// The same without the flow, for lists and graphs: "when the event data_updated is published".
std::string describe_condition(const Trigger& trigger, const TriggerList& triggers);

// When a schedule begins, when it ends, and its days off: " from 2026-12-01T00:00:00Z, except on 2026-12-25"; "" when
// it goes on for ever.
std::string describe_span(const ScheduleRules& rules);

}  // namespace qflow
