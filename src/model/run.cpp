#include "qflow/model/run.h"

#include "model/enum_names.h"

namespace qflow {

namespace {

constexpr EnumNames<RunStatus, 6> kRunStatuses = {{
    {RunStatus::kQueued, "queued"},
    {RunStatus::kRunning, "running"},
    {RunStatus::kSucceeded, "succeeded"},
    {RunStatus::kFailed, "failed"},
    {RunStatus::kCancelled, "cancelled"},
    {RunStatus::kCrashed, "crashed"},
}};
constexpr EnumNames<RunOrigin, 2> kOrigins = {{{RunOrigin::kLocal, "local"}, {RunOrigin::kDeployed, "deployed"}}};

}  // namespace

std::string_view to_text(RunStatus status) {
  return name_of(kRunStatuses, status);
}

std::string_view to_text(RunOrigin origin) {
  return name_of(kOrigins, origin);
}

std::optional<RunStatus> parse_run_status(std::string_view text) {
  return find_named(kRunStatuses, text);
}

std::optional<RunOrigin> parse_run_origin(std::string_view text) {
  return find_named(kOrigins, text);
}

bool has_ended(RunStatus status) {
  return status != RunStatus::kQueued && status != RunStatus::kRunning;
}

}  // namespace qflow
