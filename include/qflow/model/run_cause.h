#pragma once

#include <optional>
#include <string>

#include "qflow/model/run.h"

namespace qflow {

// What a chain of triggers tells of a run.
struct LinkedRun {
  RunId id;
  RunStatus status = RunStatus::kSucceeded;
  std::optional<Instant> started_at = {};
  std::optional<Instant> ended_at = {};
};

// One reason for a run: the end of another one, or an event, which a run may have published.
struct RunCause {
  std::optional<LinkedRun> run = {};  // whose end it is
  std::string event_id;
  std::string event_name;
  std::optional<LinkedRun> publisher = {};  // of an event that is no end
};

}  // namespace qflow
