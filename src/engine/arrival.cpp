#include "qflow/engine/arrival.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "qflow/engine/join.h"

namespace qflow {

namespace {

using Selection = std::function<bool(const WaitingEvent&)>;

std::size_t place_of_source(const Trigger& trigger, const std::string& source) {
  const auto& all = trigger.subscriptions();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Subscription& s) { return source_of(s).name == source; });
  return static_cast<std::size_t>(found - all.begin());
}

std::size_t place_of_leg(const Trigger& group, const TriggerId& leg) {
  const std::vector<TriggerId>& legs = group.leg_ids();
  return static_cast<std::size_t>(std::find(legs.begin(), legs.end(), leg) - legs.begin());
}

const Trigger* find_leg(const Trigger& group, const TriggerId& id) {
  const std::size_t place = place_of_leg(group, id);
  return place < group.legs().size() ? group.legs()[place] : nullptr;
}

// The events that wait for one trigger as items of its join. What a redeploy no longer knows is not among them.
std::vector<JoinItem> items_of(const Trigger& trigger, const std::vector<WaitingEvent>& waiting,
                               const Selection& selected) {
  std::vector<JoinItem> items;
  for (const WaitingEvent& event : waiting) {
    if (!selected(event)) continue;
    const std::size_t source = place_of_source(trigger, event.source);
    if (source < trigger.subscriptions().size()) items.push_back({source, event.time, event.event, event.distinct});
  }
  return items;
}

std::vector<WaitingEvent> remove_where(std::vector<WaitingEvent>& waiting, const Selection& selected) {
  const auto rest = std::stable_partition(waiting.begin(), waiting.end(), std::not_fn(selected));
  std::vector<WaitingEvent> removed(std::make_move_iterator(rest), std::make_move_iterator(waiting.end()));
  waiting.erase(rest, waiting.end());
  return removed;
}

// What says which item of a join an event that waits belongs to: its own order, or that of its token.
using ItemOrder = std::int64_t WaitingEvent::*;

// The events of items, each with the place of its item among the `orders`, by that place.
std::vector<std::pair<std::size_t, WaitingEvent>> remove_items(std::vector<WaitingEvent>& waiting, ItemOrder order,
                                                               const std::vector<std::int64_t>& orders) {
  std::unordered_map<std::int64_t, std::size_t> places;
  for (const std::int64_t one : orders) places.emplace(one, places.size());
  std::vector<std::pair<std::size_t, WaitingEvent>> removed;
  for (WaitingEvent& event :
       remove_where(waiting, [&](const WaitingEvent& event) { return !event.held && places.contains(event.*order); })) {
    const std::size_t place = places.at(event.*order);
    removed.emplace_back(place, std::move(event));
  }
  std::stable_sort(removed.begin(), removed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return removed;
}

// Carries the items that a join has dropped and taken over to their events.
void carry_over(const JoinResult& result, std::vector<WaitingEvent>& waiting, ItemOrder order, StateChange& change) {
  std::vector<std::int64_t> orders;
  for (const DroppedItem& dropped : result.dropped) orders.push_back(dropped.item.order);
  for (const JoinItem& taken : result.taken) orders.push_back(taken.order);
  for (auto& [place, event] : remove_items(waiting, order, orders)) {
    if (place >= result.dropped.size()) {
      change.fired.push_back(std::move(event));
      continue;
    }
    const DroppedItem& dropped = result.dropped[place];
    change.dropped.push_back({std::move(event), dropped.why == DroppedItem::Why::kSuperseded, dropped.by});
  }
}

// Lets a single event arrive in the join of the trigger or leg; the events that wait there are the `selected` ones.
StateChange arrive_among(const JoinRules& rules, const Trigger& trigger, TriggerState& state, WaitingEvent event,
                         const Selection& selected) {
  std::vector<JoinItem> items = items_of(trigger, state.waiting, selected);
  JoinItem arriving{place_of_source(trigger, event.source), event.time, event.event, event.distinct};
  state.waiting.push_back(std::move(event));
  StateChange change;
  carry_over(join_item(rules, items, std::move(arriving)), state.waiting, &WaitingEvent::event, change);
  return change;
}

Selection waits_in_leg(const Trigger& leg) {
  return [id = leg.id()](const WaitingEvent& event) { return !event.held && event.token == 0 && event.trigger == id; };
}

bool waits_alone(const WaitingEvent& event) {
  return !event.held;
}

struct Newest {
  Instant time;
  std::int64_t order = 0;
};

Newest newest_of(const std::vector<WaitingEvent>& events) {
  Newest newest;
  for (const WaitingEvent& event : events) {
    if (newest.order == 0 || std::pair(event.time, event.event) > std::pair(newest.time, newest.order)) {
      newest = {event.time, event.event};
    }
  }
  return newest;
}

std::vector<JoinItem> tokens_of(const Trigger& group, const std::vector<WaitingEvent>& waiting) {
  std::vector<JoinItem> tokens;
  for (const WaitingEvent& event : waiting) {
    if (event.held || event.token != event.event) continue;
    tokens.push_back({place_of_leg(group, event.trigger), event.time, event.token, {}});
  }
  return tokens;
}

// What a leg's firing took becomes one token that arrives in the group.
void arrive_as_token(const Trigger& group, TriggerState& state, std::vector<WaitingEvent> events, StateChange& change) {
  const Newest newest = newest_of(events);
  const std::size_t leg = place_of_leg(group, events.front().trigger);
  std::vector<JoinItem> tokens = tokens_of(group, state.waiting);
  for (WaitingEvent& event : events) {
    event.token = newest.order;
    state.waiting.push_back(std::move(event));
  }
  const JoinResult result = join_item(rules_of(group), tokens, {leg, newest.time, newest.order, {}});
  carry_over(result, state.waiting, &WaitingEvent::token, change);
}

// What is met already, and would still be when something of `now` joins it, needs no activation.
bool has_young_token(const Trigger& leg, const Trigger& group, const std::vector<WaitingEvent>& waiting, Instant now) {
  const std::optional<Duration>& within = group.rules().within;
  const std::size_t place = place_of_leg(group, leg.id());
  const std::vector<JoinItem> tokens = tokens_of(group, waiting);
  return std::any_of(tokens.begin(), tokens.end(), [&](const JoinItem& token) {
    return token.source == place && (!within || now - token.time <= *within);
  });
}

// A firing of a trigger with a debounce waits for further ones, at most max_wait.
void hold(const TriggerRules& rules, TriggerState& state, StateChange& change, Instant now) {
  if (change.fired.empty() || !rules.debounce) return;
  if (!state.held) state.held = HeldFiring{now, now};
  state.held->due = now + *rules.debounce;
  if (rules.max_wait) state.held->due = std::min(state.held->due, state.held->since + *rules.max_wait);
  for (WaitingEvent& event : std::exchange(change.fired, {})) {
    event.held = true;
    change.held.push_back(event);
    state.waiting.push_back(std::move(event));
  }
}

// The name of a flow alone would be its run, which may have ended well without the step.
std::string awaited_name(const Subscription& subscription) {
  const auto* run = std::get_if<RunSubscription>(&subscription);
  const std::string& name = source_of(subscription).name;
  return run != nullptr && run->step ? fmt::format("the step {} of {}", run->step->text(), name) : name;
}

std::string count_text(const Subscription& subscription, const JoinRules& rules, std::size_t place,
                       const std::vector<JoinItem>& items) {
  const std::string name = awaited_name(subscription);
  if (!rules.sources[place].counted) return name;
  std::set<std::string_view> values;
  std::int64_t count = 0;
  for (const JoinItem& item : items) {
    if (item.source == place && (!item.distinct || values.insert(*item.distinct).second)) ++count;
  }
  return fmt::format("{} ({} of {})", name, count, source_of(subscription).count);
}

// What the match of one trigger lacks.
MissingPart missing_of(const Trigger& trigger, const JoinRules& rules, const std::vector<JoinItem>& items) {
  const std::vector<bool> met = met_sources(rules, items);
  std::vector<MissingPart> sources(met.size());
  for (std::size_t i = 0; i < met.size(); ++i) {
    if (met[i]) continue;
    sources[i] = {MissingPart::Shape::kSingle, count_text(trigger.subscriptions()[i], rules, i, items)};
  }
  return rules.match->missing(std::move(sources));
}

MissingPart missing_of_legs(const Trigger& group, const TriggerState& state) {
  const std::vector<bool> met = met_parts(group, state);
  std::vector<MissingPart> parts(met.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Trigger* leg = group.legs()[i];
    if (met[i] || leg == nullptr) continue;
    parts[i] = missing_of(*leg, rules_of_leg(*leg, group), items_of(*leg, state.waiting, waits_in_leg(*leg)));
    if (parts[i].shape == MissingPart::Shape::kNothing) parts[i] = {MissingPart::Shape::kSingle, leg->id().text()};
  }
  return group.rules().match.missing(std::move(parts));
}

// What the window of the joining trigger counts between: its events, or the tokens of a group.
std::vector<JoinItem> items_in_window(const Trigger& joining, const TriggerState& state) {
  const bool is_group = !joining.legs().empty();
  return is_group ? tokens_of(joining, state.waiting) : items_of(joining, state.waiting, waits_alone);
}

bool meets(const JoinRules& rules, const std::vector<JoinItem>& items) {
  return rules.match->holds(met_sources(rules, items));
}

// What was activated by hand counts as met.
bool leg_is_met(const Trigger& leg, const Trigger& group, const std::vector<WaitingEvent>& events) {
  const Selection is_own = [&](const WaitingEvent& event) { return event.trigger == leg.id(); };
  const bool by_hand = std::any_of(events.begin(), events.end(), [&](const WaitingEvent& event) {
    return is_own(event) && place_of_source(leg, event.source) == leg.subscriptions().size();
  });
  if (by_hand) return true;
  const std::vector<JoinItem> items = items_of(leg, events, is_own);
  return !items.empty() && meets(rules_of_leg(leg, group), items);
}

}  // namespace

StateChange arrive(const Trigger& joining, TriggerState& state, WaitingEvent event, Instant now) {
  StateChange change;
  if (joining.legs().empty()) {
    change = arrive_among(rules_of(joining), joining, state, std::move(event), waits_alone);
  } else if (const Trigger* leg = find_leg(joining, event.trigger)) {
    change = arrive_among(rules_of_leg(*leg, joining), *leg, state, std::move(event), waits_in_leg(*leg));
    std::vector<WaitingEvent> token = std::exchange(change.fired, {});
    if (!token.empty()) arrive_as_token(joining, state, std::move(token), change);
  }
  hold(joining.rules(), state, change, now);
  return change;
}

std::vector<WaitingEvent> end_hold(TriggerState& state) {
  state.held.reset();
  return remove_where(state.waiting, [](const WaitingEvent& event) { return event.held; });
}

std::vector<WaitingEvent> take_by_hand(const Trigger& joining, TriggerState& state) {
  StateChange change;
  change.fired = end_hold(state);
  const auto take = [&](const JoinRules& rules, std::vector<JoinItem> items, ItemOrder order) {
    JoinResult result;
    result.taken = take_what_waits(rules, items);
    carry_over(result, state.waiting, order, change);
  };
  if (joining.legs().empty()) {
    take(rules_of(joining), items_of(joining, state.waiting, waits_alone), &WaitingEvent::event);
    return std::move(change.fired);
  }
  take(rules_of(joining), tokens_of(joining, state.waiting), &WaitingEvent::token);
  for (const Trigger* leg : joining.legs()) {
    if (leg == nullptr) continue;
    take(rules_of_leg(*leg, joining), items_of(*leg, state.waiting, waits_in_leg(*leg)), &WaitingEvent::event);
  }
  return std::move(change.fired);
}

StateChange arrive_by_hand(const Trigger& leg, const Trigger& group, TriggerState& state, WaitingEvent activation,
                           Instant now) {
  std::vector<JoinItem> items = items_of(leg, state.waiting, waits_in_leg(leg));
  JoinResult taken;
  taken.taken = take_what_waits(rules_of_leg(leg, group), items);
  StateChange change;
  carry_over(taken, state.waiting, &WaitingEvent::event, change);
  std::vector<WaitingEvent> token = std::exchange(change.fired, {});
  const bool is_heard = !activation.source.empty();
  if (token.empty() && !is_heard && has_young_token(leg, group, state.waiting, activation.time)) return change;
  if (token.empty()) token.push_back(std::move(activation));
  arrive_as_token(group, state, std::move(token), change);
  hold(group.rules(), state, change, now);
  return change;
}

bool meet_match(const Trigger& joining, const std::vector<WaitingEvent>& events) {
  if (joining.legs().empty()) {
    return meets(rules_of(joining), items_of(joining, events, [](const WaitingEvent&) { return true; }));
  }
  std::vector<JoinItem> tokens;
  const std::vector<const Trigger*>& legs = joining.legs();
  for (std::size_t i = 0; i < legs.size(); ++i) {
    if (legs[i] != nullptr && leg_is_met(*legs[i], joining, events)) tokens.push_back({.source = i});
  }
  return meets(rules_of(joining), tokens);
}

MissingPart missing_sources(const Trigger& joining, const TriggerState& state) {
  MissingPart missing = joining.legs().empty()
                            ? missing_of(joining, rules_of(joining), items_of(joining, state.waiting, waits_alone))
                            : missing_of_legs(joining, state);
  const bool only_an_event =
      missing.text.empty() && std::any_of(state.waiting.begin(), state.waiting.end(), waits_alone);
  return only_an_event ? MissingPart{MissingPart::Shape::kSingle, "the next event"} : std::move(missing);
}

TriggerState still_joining(const Trigger& joining, TriggerState state, Instant now) {
  if (!joining.rules().within) return state;
  std::vector<std::int64_t> expired;
  for (const JoinItem& item : items_in_window(joining, state)) {
    if (now - item.time > *joining.rules().within) expired.push_back(item.order);
  }
  remove_items(state.waiting, joining.legs().empty() ? &WaitingEvent::event : &WaitingEvent::token, expired);
  return state;
}

std::optional<Instant> window_close(const Trigger& joining, const TriggerState& state) {
  const std::vector<JoinItem> items = items_in_window(joining, state);
  if (!joining.rules().within || items.empty()) return std::nullopt;
  const auto oldest = std::min_element(items.begin(), items.end(),
                                       [](const JoinItem& a, const JoinItem& b) { return a.time < b.time; });
  return oldest->time + *joining.rules().within;
}

std::vector<bool> met_parts(const Trigger& joining, const TriggerState& state) {
  return met_sources(rules_of(joining), items_in_window(joining, state));
}

std::vector<bool> met_sources_of_leg(const Trigger& leg, const Trigger& group, const TriggerState& state) {
  return met_sources(rules_of_leg(leg, group), items_of(leg, state.waiting, waits_in_leg(leg)));
}

}  // namespace qflow
