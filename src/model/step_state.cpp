#include "qflow/model/step_state.h"

#include "model/enum_names.h"

namespace qflow {

namespace {

constexpr EnumNames<StepStatus, 6> kStatuses = {{
    {StepStatus::kPending, "pending"},
    {StepStatus::kRunning, "running"},
    {StepStatus::kSucceeded, "succeeded"},
    {StepStatus::kFailed, "failed"},
    {StepStatus::kSkipped, "skipped"},
    {StepStatus::kCancelled, "cancelled"},
}};

}  // namespace

std::string_view to_text(StepStatus status) {
  return name_of(kStatuses, status);
}

std::optional<StepStatus> parse_step_status(std::string_view text) {
  return find_named(kStatuses, text);
}

}  // namespace qflow
