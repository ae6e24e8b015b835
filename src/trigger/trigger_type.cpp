#include "qflow/trigger/trigger_type.h"

#include <array>
#include <utility>

namespace qflow {
namespace {

constexpr std::array<std::pair<TriggerType, std::string_view>, 7> kNames = {{
    {TriggerType::kApi, "api"},
    {TriggerType::kCli, "cli"},
    {TriggerType::kEvent, "event"},
    {TriggerType::kFlow, "flow"},
    {TriggerType::kGroup, "group"},
    {TriggerType::kSchedule, "schedule"},
    {TriggerType::kSensor, "sensor"},
}};

}  // namespace

std::string_view to_text(TriggerType type) {
  for (const auto& [known, name] : kNames) {
    if (known == type) return name;
  }
  return "custom";
}

std::optional<TriggerType> parse_trigger_type(std::string_view text) {
  for (const auto& [type, name] : kNames) {
    if (name == text) return type;
  }
  return std::nullopt;
}

}  // namespace qflow
