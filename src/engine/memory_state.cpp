#include "qflow/engine/memory_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace qflow {

namespace {

// Of the shape that real ones have; it ends in the place, which makes it the only one.
std::string id_of(const Event& event, std::int64_t order) {
  std::array<std::uint8_t, 10> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[9 - i] = static_cast<std::uint8_t>(order >> (8 * i));
  return make_event_id(event.recorded_at, bytes);
}

}  // namespace

// ---- Deployments

void MemoryState::put_flow(std::shared_ptr<const DeployedFlow> flow) {
  const std::int64_t key = flow->key;
  const auto [known, is_new] = flow_places_.emplace(key, flows_.size());
  if (is_new) {
    flows_.push_back(std::move(flow));
  } else {
    flows_[known->second] = std::move(flow);
    sort_holds();
  }
  index_names(known->second);
  to_start_.insert(key);
}

void MemoryState::index_names(std::size_t place) {
  for (const auto& listening : flows_[place]->listeners) listeners_[listening.first].insert(place);
}

std::shared_ptr<const DeployedFlow> MemoryState::find_flow(std::int64_t key) const {
  const auto place = flow_places_.find(key);
  return place != flow_places_.end() ? flows_[place->second] : nullptr;
}

Result<std::vector<Judgement>> MemoryState::judge(const Event& event) {
  std::vector<Judgement> judgements;
  const auto listeners = listeners_.find(event.name);
  if (listeners == listeners_.end()) return judgements;
  std::optional<std::string> cause_space;
  if (event.caused_by) {
    QFLOW_ASSIGN(const Run cause, load_run(*event.caused_by));
    cause_space = cause.name_space;
  }
  const EventScope scope(event);
  for (const std::size_t place : listeners->second) {
    for (Judgement& one : judge_event(flows_[place], scope, cause_space, artifacts_)) {
      judgements.push_back(std::move(one));
    }
  }
  return judgements;
}

// ---- Events and outcomes

const RecordedEvent& MemoryState::record(Event event) {
  const std::int64_t order = static_cast<std::int64_t>(events_.size()) + 1;
  if (event.id.empty()) event.id = id_of(event, order);
  return events_.emplace_back(RecordedEvent{order, std::move(event)});
}

Result<Event> MemoryState::load_event(std::int64_t order) {
  if (order >= 1 && order <= static_cast<std::int64_t>(events_.size())) return event_at(order);
  return fail(ErrorKind::kNotFound, fmt::format("there is no event {}", order));
}

Status MemoryState::set_outcome(std::int64_t event, const DeployedFlow& flow, const TriggerId& trigger,
                                const EventOutcome& outcome) {
  history_.push_back({{event, flow.key, trigger}, outcome});
  return {};
}

// ---- Join states

Result<TriggerState> MemoryState::load_state(const DeployedFlow& flow, const TriggerId& joining,
                                             const std::string& correlation, StatePart part) {
  const auto known = states_.find({flow.key, joining, correlation});
  TriggerState state;
  state.part = part;
  if (known == states_.end()) return state;
  state.held = known->second.held;
  std::copy_if(known->second.waiting.begin(), known->second.waiting.end(), std::back_inserter(state.waiting),
               [&](const WaitingEvent& event) { return part == StatePart::kWhole || !event.held; });
  return state;
}

Status MemoryState::save_state(const DeployedFlow& flow, const TriggerId& joining, const std::string& correlation,
                               const TriggerState& state) {
  StateKey key{flow.key, joining, correlation};
  const auto known = states_.find(key);
  set_hold(key, known != states_.end() ? known->second.held : std::nullopt, state.held);
  if (state.waiting.empty() && !state.held) {
    if (known != states_.end()) states_.erase(known);
    return {};
  }
  TriggerState& kept = known != states_.end() ? known->second : states_[std::move(key)];
  std::erase_if(kept.waiting,
                [&](const WaitingEvent& event) { return state.part == StatePart::kWhole || !event.held; });
  kept.waiting.insert(kept.waiting.end(), state.waiting.begin(), state.waiting.end());
  kept.held = state.held;
  return {};
}

void MemoryState::set_hold(const StateKey& key, const std::optional<HeldFiring>& before,
                           const std::optional<HeldFiring>& after) {
  if (before) holds_.erase(hold_of(key, before->due));
  if (after) holds_.insert(hold_of(key, after->due));
}

MemoryState::Hold MemoryState::hold_of(const StateKey& key, Instant due) const {
  const TriggerList& triggers = flows_[flow_places_.at(key.flow)]->triggers;
  const auto place =
      std::find_if(triggers.begin(), triggers.end(), [&](const auto& one) { return one->id() == key.joining; });
  return {due, key.flow, static_cast<std::size_t>(place - triggers.begin()), key};
}

// A redeploy may have changed the order of the file.
void MemoryState::sort_holds() {
  std::set<Hold> sorted;
  for (const Hold& hold : holds_) sorted.insert(hold_of(hold.key, hold.due));
  holds_ = std::move(sorted);
}

std::vector<MemoryState::StateKey> MemoryState::due_debounces(Instant until) const {
  std::vector<StateKey> keys;
  for (const Hold& hold : holds_) {
    if (hold.due > until) break;
    keys.push_back(hold.key);
  }
  return keys;
}

std::optional<std::pair<Instant, MemoryState::StateKey>> MemoryState::next_debounce() const {
  if (holds_.empty()) return std::nullopt;
  return std::pair(holds_.begin()->due, holds_.begin()->key);
}

}  // namespace qflow
