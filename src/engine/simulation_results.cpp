#include <map>
#include <utility>

#include "qflow/engine/arrival.h"
#include "qflow/engine/simulation.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

std::vector<SimulatedFiring> Simulation::firings() const {
  std::vector<SimulatedFiring> firings;
  for (const MemoryState::MemoryRun& made : state_.runs()) {
    firings.push_back({state_.find_flow(made.flow).get(), &made});
  }
  return firings;
}

std::vector<SimulatedOutcome> Simulation::outcomes() const {
  return outcomes(true);
}

std::vector<SimulatedOutcome> Simulation::outcomes_but_fired() const {
  std::vector<SimulatedOutcome> others = outcomes(false);
  std::erase_if(others, [](const SimulatedOutcome& one) { return one.outcome.outcome == Outcome::kFired; });
  return others;
}

std::vector<SimulatedOutcome> Simulation::outcomes(bool fired_from_the_start) const {
  const auto earlier = [](const MemoryState::Pair* a, const MemoryState::Pair* b) { return *a < *b; };
  std::map<const MemoryState::Pair*, std::size_t, decltype(earlier)> places;
  std::vector<SimulatedOutcome> outcomes;
  for (const MemoryState::OutcomeChange& change : state_.history()) {
    const auto place = places.lower_bound(&change.pair);
    const bool is_new = place == places.end() || earlier(&change.pair, place->first);
    if (is_new && change.outcome.outcome == Outcome::kFired && !fired_from_the_start) continue;
    const auto known = places.emplace_hint(place, &change.pair, outcomes.size());
    if (!is_new) {
      outcomes[known->second].outcome = change.outcome;
      continue;
    }
    outcomes.push_back({&state_.event_at(change.pair.event), state_.find_flow(change.pair.flow).get(),
                        change.pair.trigger, change.outcome});
  }
  for (const auto& [key, state] : state_.states()) {
    const auto flow = state_.find_flow(key.flow);
    const std::string missing = missing_sources(*find_trigger(flow->triggers, key.joining), state).text;
    for (const WaitingEvent& one : state.waiting) {
      const MemoryState::Pair pair{one.event, key.flow, one.trigger};
      const auto known = places.find(&pair);
      if (!one.held && known != places.end()) outcomes[known->second].outcome.reason = "for " + missing;
    }
  }
  return outcomes;
}

std::vector<SimulatedWait> Simulation::waiting() const {
  std::vector<SimulatedWait> waits;
  for (const auto& [key, state] : state_.states()) {
    const auto flow = state_.find_flow(key.flow);
    SimulatedWait wait{flow.get(), find_trigger(flow->triggers, key.joining), key.correlation, "", {}};
    bool held = true;
    for (const WaitingEvent& one : state.waiting) {
      wait.events.emplace_back(one.trigger, &state_.event_at(one.event));
      held = held && one.held;
    }
    wait.reason = held ? "for the end of the debounce, at " + format_instant(state.held->due)
                       : "for " + missing_sources(*wait.joining, state).text;
    waits.push_back(std::move(wait));
  }
  return waits;
}

}  // namespace qflow
