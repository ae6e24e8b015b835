#pragma once

#include <string>
#include <vector>

#include "qflow/cli/context.h"
#include "qflow/model/run.h"
#include "qflow/time/instant.h"

namespace qflow {

// From start to end, which is now for what goes on: "3.2s"; "-" without one of them.
std::string time_taken(const std::optional<Instant>& start, const std::optional<Instant>& end);

// What triggered the run, in a few words: "TrainingFlow/34", "first, second (24)"; "-" for nothing.
std::string trigger_names(const std::optional<TriggerRecord>& trigger);

// "first, second (24)": in the order of their first place, with the number of those that stand more often than once.
std::string with_counts(const std::vector<std::string>& names);
std::string joined(const std::vector<std::string>& texts);  // "a, b", "-" for none

}  // namespace qflow
