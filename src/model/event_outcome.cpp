#include "qflow/model/event_outcome.h"

#include <array>
#include <utility>

namespace qflow {

namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 8> kNames = {{
    {Outcome::kWaiting, "waiting"},
    {Outcome::kFired, "fired"},
    {Outcome::kSuperseded, "superseded"},
    {Outcome::kExpired, "expired"},
    {Outcome::kFiltered, "filtered"},
    {Outcome::kSkipped, "skipped"},
    {Outcome::kCoalesced, "coalesced"},
    {Outcome::kStopped, "stopped"},
}};

}  // namespace

std::string_view to_text(Outcome outcome) {
  for (const auto& [value, name] : kNames) {
    if (value == outcome) return name;
  }
  return {};
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  for (const auto& [value, name] : kNames) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace qflow
