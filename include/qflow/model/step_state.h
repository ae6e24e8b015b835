#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "qflow/model/names.h"
#include "qflow/time/instant.h"

namespace qflow {

enum class StepStatus { kPending, kRunning, kSucceeded, kFailed, kSkipped, kCancelled };
std::string_view to_text(StepStatus status);
std::optional<StepStatus> parse_step_status(std::string_view text);

// One step of a run.
struct StepState {
  StepId step;
  StepStatus status = StepStatus::kPending;
  std::string reason;
  std::int64_t tasks = 1;
  std::int64_t attempts = 0;
  std::optional<Instant> started_at;
  std::optional<Instant> ended_at;
};

// One attempt of one task of a step.
struct Attempt {
  StepId step;
  std::optional<std::int64_t> index;  // of a foreach, from 0
  int number = 1;
  StepStatus status = StepStatus::kRunning;
  std::string reason;
  std::optional<int> exit_status;
  std::optional<int> signal;
  Instant started_at;
  std::optional<Instant> ended_at;
};

}  // namespace qflow
