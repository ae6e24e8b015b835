#include "qflow/model/event_outcome.h"

#include "model/enum_names.h"

namespace qflow {

namespace {

constexpr EnumNames<Outcome, 8> kOutcomes = {{
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
  return name_of(kOutcomes, outcome);
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  return find_named(kOutcomes, text);
}

std::vector<std::string> outcome_names() {
  std::vector<std::string> names;
  for (const auto& [outcome, name] : kOutcomes) names.emplace_back(name);
  return names;
}

}  // namespace qflow
