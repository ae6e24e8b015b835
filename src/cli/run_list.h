#pragma once

#include <string>

#include "qflow/cli/context.h"
#include "qflow/model/run.h"
#include "qflow/time/instant.h"

namespace qflow {

// From start to end, or to now while it goes on: "3.2s"; "-" when it has not started.
std::string time_taken(const std::optional<Instant>& start, const std::optional<Instant>& end, bool ended, Instant now);

// What triggered the run, in a few words: "TrainingFlow/34", "first, second"; "-" for nothing.
std::string trigger_names(const std::optional<TriggerRecord>& trigger);

std::string joined(const std::vector<std::string>& texts);  // "a, b", "-" for none

}  // namespace qflow
