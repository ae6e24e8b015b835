#pragma once

#include <optional>
#include <string_view>

namespace qflow {

// What kind of thing starts a flow. kCustom is every type that a program has registered under a name of its own.
enum class TriggerType { kApi, kCli, kEvent, kFlow, kGroup, kSchedule, kSensor, kCustom };

// "api", "cli", ... ; "custom" for kCustom, whose real name is TriggerRules::type.
std::string_view to_text(TriggerType type);

// The built-in type of that name; nothing for names that only a registry can know.
std::optional<TriggerType> parse_trigger_type(std::string_view text);

}  // namespace qflow
