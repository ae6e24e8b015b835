// The part of the reference model that joins: window, join and match.
#include <algorithm>
#include <set>

#include "engine/reference_model.h"

namespace qflow::reference {
namespace {

constexpr bool kWithWindow = true;
constexpr bool kWithoutWindow = false;

bool is_counted(const Source& source) {
  return source.count > 0;
}

}  // namespace

void Model::join(const Trigger& trigger, const std::string& correlation, Seconds now) {
  const Trigger& joining = joining_of(trigger);
  if (&joining == &trigger) {
    const std::vector<int> taken = settle(trigger, trigger, kWithWindow, waiting_events(trigger, correlation));
    if (!taken.empty()) fire(trigger, correlation, taken, now);
    return;
  }
  const std::vector<int> token = settle(joining, trigger, kWithoutWindow, waiting_events(trigger, correlation));
  if (token.empty()) return;
  ++tokens_;
  for (const int heard : token) heard_[heard].token = tokens_;
  const std::vector<int> taken = settle(joining, joining, kWithWindow, waiting_tokens(joining, correlation));
  if (!taken.empty()) fire(joining, correlation, taken, now);
}

std::vector<Model::Item> Model::waiting_events(const Trigger& trigger, const std::string& correlation) const {
  std::vector<Item> items;
  for (int i = 0; i < static_cast<int>(heard_.size()); ++i) {
    const Heard& one = heard_[i];
    const bool waits = one.arrived && one.outcome.fate == Fate::kWaiting && one.token < 0 && one.hold < 0;
    if (waits && one.trigger == trigger.id && one.correlation == correlation) items.push_back({one.source, {i}, i});
  }
  return items;
}

std::vector<Model::Item> Model::waiting_tokens(const Trigger& group, const std::string& correlation) const {
  std::vector<Item> items;
  for (int token = 1; token <= tokens_; ++token) {
    Item item;
    for (int i = 0; i < static_cast<int>(heard_.size()); ++i) {
      const Heard& one = heard_[i];
      if (one.outcome.fate != Fate::kWaiting || one.token != token || one.hold >= 0) continue;
      if (one.joining != group.id || one.correlation != correlation) continue;
      if (item.heard.empty() || newer(i, item.newest)) item.newest = i;
      item.source = one.trigger;
      item.heard.push_back(i);
    }
    if (!item.heard.empty()) items.push_back(item);
  }
  return items;
}

// Window, join, match: what the firing takes, if there is one. `rules` has the join, `shape` the sources.
std::vector<int> Model::settle(const Trigger& rules, const Trigger& shape, bool window, std::vector<Item> items) {
  if (window && rules.within) items = without_expired(items, *rules.within);
  if (rules.join == Take::kLatest) items = without_superseded(items, shape);
  std::vector<int> taken;
  if (!holds(shape, items)) return taken;
  for (const Item& item : items) {
    const Source* source = source_of(shape, item.source);
    bool takes = is_met(shape, item.source, items);
    if (rules.join == Take::kOldest && (source == nullptr || !is_counted(*source))) {
      for (const Item& other : items) takes = takes && !(other.source == item.source && newer_item(item, other));
    }
    if (takes) taken.insert(taken.end(), item.heard.begin(), item.heard.end());
  }
  return taken;
}

std::vector<Model::Item> Model::without_expired(std::vector<Item> items, Seconds within) {
  std::vector<Item> rest;
  for (const Item& item : items) {
    bool falls_out = false;
    for (const Item& other : items) falls_out = falls_out || time(other.newest) - time(item.newest) > within;
    if (falls_out) {
      conclude(item.heard, {Fate::kExpired});
    } else {
      rest.push_back(item);
    }
  }
  return rest;
}

// Of several events of one source (of a counted one with `distinct`: of one value) only the newest stays.
std::vector<Model::Item> Model::without_superseded(std::vector<Item> items, const Trigger& shape) {
  std::vector<Item> rest;
  for (const Item& item : items) {
    const Source* source = source_of(shape, item.source);
    const Item* winner = &item;
    for (const Item& other : items) {
      if (other.source != item.source) continue;
      if (source != nullptr && is_counted(*source)) {
        if (!source->distinct) continue;
        const Value& part = events_[heard_[item.newest].event].part;
        if (!(events_[heard_[other.newest].event].part == part)) continue;
      }
      if (newer_item(other, *winner)) winner = &other;
    }
    if (winner == &item) {
      rest.push_back(item);
    } else {
      conclude(item.heard, {Fate::kSuperseded, 0, heard_[winner->newest].event});
    }
  }
  return rest;
}

bool Model::is_met(const Trigger& shape, const std::string& name, const std::vector<Item>& items) const {
  const Source* source = source_of(shape, name);
  int waiting = 0;
  std::set<std::string> parts;
  for (const Item& item : items) {
    if (item.source != name) continue;
    ++waiting;
    parts.insert(key_of(events_[heard_[item.newest].event].part));
  }
  if (source == nullptr || !is_counted(*source)) return waiting > 0;
  return (source->distinct ? static_cast<int>(parts.size()) : waiting) >= source->count;
}

bool Model::holds(const Trigger& shape, const std::vector<Item>& items) const {
  if (shape.match.kind == Match::Kind::kNames) return holds(shape.match.names, shape, items);
  int met = 0;
  for (const Source& source : shape.sources) met += is_met(shape, source.name, items) ? 1 : 0;
  if (shape.match.kind == Match::Kind::kAll) return met == static_cast<int>(shape.sources.size());
  return met >= (shape.match.kind == Match::Kind::kAny ? 1 : shape.match.number);
}

bool Model::holds(const Names& names, const Trigger& shape, const std::vector<Item>& items) const {
  const auto met = [&](const Names& part) { return holds(part, shape, items); };
  if (names.kind == Names::Kind::kAnd) return std::all_of(names.parts.begin(), names.parts.end(), met);
  if (names.kind == Names::Kind::kOr) return std::any_of(names.parts.begin(), names.parts.end(), met);
  return is_met(shape, names.name, items);
}

// The earlier of when it happened and when it was recorded.
Seconds Model::time(int heard) const {
  const Step& event = events_[heard_[heard].event];
  return std::min(event.timestamp, event.at);
}

bool Model::newer(int heard, int than) const {
  if (time(heard) != time(than)) return time(heard) > time(than);
  return heard_[heard].event > heard_[than].event;
}

void Model::conclude(const std::vector<int>& heard, Outcome outcome) {
  for (const int one : heard) heard_[one].outcome = outcome;
}

}  // namespace qflow::reference
