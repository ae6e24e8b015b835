#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/names.h"

namespace qflow {

// What became of an event for one trigger that listens to it. All but kWaiting are final.
enum class Outcome {
  kWaiting,     // it waits for others, or for the end of a debounce
  kFired,       // a run was made, which has it among its trigger's events
  kSuperseded,  // a newer event of its source took its place
  kExpired,     // it fell out of the window, or what it waited for is gone
  kFiltered,    // it does not match
  kSkipped,     // the flow was busy
  kCoalesced,   // it joined a run that had not started
  kStopped,     // the chain of runs would have been too long
};

std::string_view to_text(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);
std::vector<std::string> outcome_names();

// An outcome with its why. Of kFired and kCoalesced `run` is set; of kSuperseded `by`, the id of the newer event.
struct EventOutcome {
  Outcome outcome = Outcome::kWaiting;
  std::string reason;
  std::optional<RunId> run = {};
  std::optional<std::string> by = {};
};

}  // namespace qflow
