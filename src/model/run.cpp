#include "qflow/model/run.h"

#include <array>

namespace qflow {
namespace {

// Names in the order of the enumerators.
constexpr std::array<std::string_view, 6> kRunStatuses = {"queued", "running",   "succeeded",
                                                          "failed", "cancelled", "crashed"};
constexpr std::array<std::string_view, 6> kStepStatuses = {"pending", "running", "succeeded",
                                                           "failed",  "skipped", "cancelled"};
constexpr std::array<std::string_view, 2> kRunOrigins = {"local", "deployed"};
constexpr std::array<std::string_view, 7> kTriggerKinds = {"RUN",         "MANY-RUNS",     "ONE-OF-RUNS", "EVENT",
                                                           "MANY-EVENTS", "ONE-OF-EVENTS", "MIXED"};

template <class Enum, std::size_t kCount>
std::optional<Enum> find(const std::array<std::string_view, kCount>& names, std::string_view text) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return {};
}

template <class Enum, std::size_t kCount>
std::string_view name_of(const std::array<std::string_view, kCount>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace

std::string_view to_text(RunStatus status) {
  return name_of(kRunStatuses, status);
}
std::string_view to_text(StepStatus status) {
  return name_of(kStepStatuses, status);
}
std::string_view to_text(RunOrigin origin) {
  return name_of(kRunOrigins, origin);
}
std::string_view to_text(TriggerKind kind) {
  return name_of(kTriggerKinds, kind);
}

std::optional<RunStatus> parse_run_status(std::string_view text) {
  return find<RunStatus>(kRunStatuses, text);
}
std::optional<StepStatus> parse_step_status(std::string_view text) {
  return find<StepStatus>(kStepStatuses, text);
}
std::optional<RunOrigin> parse_run_origin(std::string_view text) {
  return find<RunOrigin>(kRunOrigins, text);
}
std::optional<TriggerKind> parse_trigger_kind(std::string_view text) {
  return find<TriggerKind>(kTriggerKinds, text);
}

bool has_ended(RunStatus status) {
  return status != RunStatus::kQueued && status != RunStatus::kRunning;
}

}  // namespace qflow
