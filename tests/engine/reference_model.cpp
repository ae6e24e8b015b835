#include "engine/reference_model.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace qflow::reference {
namespace {

constexpr bool kWithWindow = true;
constexpr bool kWithoutWindow = false;

bool is_counted(const Source& source) {
  return source.count > 0;
}

const Source* source_of(const Trigger& trigger, const std::string& name) {
  for (const Source& source : trigger.sources) {
    if (source.name == name) return &source;
  }
  return nullptr;
}

bool is_one(const Value& value) {
  return value.kind == Value::Kind::kNumber && value.number == 1;
}

bool is_absent(const Value& value) {
  return value.kind == Value::Kind::kMissing || value.kind == Value::Kind::kNull;
}

// Equal texts for equal values, and only for those.
std::string key_of(const Value& value) {
  return value.kind == Value::Kind::kNumber ? std::to_string(value.number) : "\"" + value.text;
}

bool meets(Condition condition, const std::string& status) {
  if (condition == Condition::kSuccess) return status == "succeeded";
  if (condition == Condition::kFailure) return status == "failed" || status == "crashed";
  return true;
}

// What makes a trigger another one in the eyes of a redeploy. A mapping and filters do not.
bool same_sources(const Trigger& before, const Trigger& after) {
  if (before.of_runs != after.of_runs || before.sources.size() != after.sources.size()) return false;
  for (std::size_t i = 0; i < before.sources.size(); ++i) {
    const Source& a = before.sources[i];
    const Source& b = after.sources[i];
    if (std::tie(a.name, a.count, a.distinct, a.condition) != std::tie(b.name, b.count, b.distinct, b.condition)) {
      return false;
    }
  }
  return true;
}

bool same_join(const Trigger& before, const Trigger& after) {
  return before.correlate == after.correlate && before.join == after.join;
}

}  // namespace

Model::Model(std::vector<Flow> versions, int max_chain) : versions_(std::move(versions)), max_chain_(max_chain) {}

const Trigger* Model::find(const std::string& id) const {
  for (const Trigger& trigger : flow().triggers) {
    if (trigger.id == id) return &trigger;
  }
  return nullptr;
}

const Trigger* Model::group_of(const std::string& id) const {
  for (const Trigger& trigger : flow().triggers) {
    for (const std::string& leg : trigger.legs) {
      if (leg == id) return &trigger;
    }
  }
  return nullptr;
}

const Trigger& Model::joining_of(const Trigger& trigger) const {
  const Trigger* group = group_of(trigger.id);
  return group != nullptr ? *group : trigger;
}

bool Model::is_on(const std::string& id) const {
  const auto off = [&](const std::string& name) { return std::find(off_.begin(), off_.end(), name) != off_.end(); };
  if (off("")) return false;
  for (const Trigger* one : {find(id), &joining_of(*find(id))}) {
    if (!one->enabled || off(one->id)) return false;
  }
  return true;
}

void Model::apply(const Step& step) {
  end_debounces(step.at);
  steps_.push_back(step);
  switch (step.kind) {
    case Step::Kind::kEvent:
      hear(static_cast<int>(steps_.size()) - 1);
      break;
    case Step::Kind::kWait:
      break;
    case Step::Kind::kStart:
      start_runs();
      break;
    case Step::Kind::kEnd:
      end_run(step.number);
      break;
    case Step::Kind::kDeploy:
      deploy(step.number);
      break;
    case Step::Kind::kEnable:
      off_.erase(std::remove(off_.begin(), off_.end(), step.name), off_.end());
      break;
    case Step::Kind::kDisable:
      off_.push_back(step.name);
      break;
  }
}

// ---- Hearing

void Model::hear(int event) {
  const Step& step = steps_[event];
  causes_[event] = cause_depth(step);
  for (const Trigger& trigger : flow().triggers) {
    const Source* source = source_of(trigger, step.name);
    if (source == nullptr || trigger.of_runs == step.status.empty()) continue;
    const Trigger& joining = joining_of(trigger);
    heard_.push_back({event, trigger.id, source->name, joining.id});
    Heard& heard = heard_.back();
    heard.sets_n = source->sets_n;
    if (!is_on(trigger.id) || is_filtered(trigger, *source, step)) {
      heard.outcome.fate = Fate::kFiltered;
      continue;
    }
    if (joining.correlate) heard.correlation = key_of(step.day);
    join(trigger, heard.correlation, step.at);
  }
}

int Model::cause_depth(const Step& event) const {
  int place = event.cause_own;
  for (std::size_t i = made_.size(); i > 0 && event.cause_own > 0; --i) {
    const Run& run = made_[i - 1].run;
    const bool has_started = run.state == RunState::kRunning || run.state == RunState::kEnded;
    if (has_started && --place == 0) return run.depth;
  }
  return event.cause_depth;
}

bool Model::is_filtered(const Trigger& trigger, const Source& source, const Step& event) const {
  const Trigger& joining = joining_of(trigger);
  if (source.value && source.value != event.value) return true;
  if (trigger.of_runs && !meets(source.condition, event.status)) return true;
  if (source.needs_go && !is_one(event.go)) return true;
  if ((trigger.needs_ok || joining.needs_ok) && !is_one(event.ok)) return true;
  if (joining.correlate && is_absent(event.day)) return true;
  if (source.distinct && is_absent(event.part)) return true;
  return source.sets_n && event.n.kind == Value::Kind::kText;  // which is no integer
}

// ---- Joining

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
    const bool waits = one.outcome.fate == Fate::kWaiting && one.token < 0 && one.hold < 0;
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
        const Value& part = steps_[heard_[item.newest].event].part;
        if (!(steps_[heard_[other.newest].event].part == part)) continue;
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
    parts.insert(key_of(steps_[heard_[item.newest].event].part));
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
  const Step& event = steps_[heard_[heard].event];
  return std::min(event.timestamp, event.at);
}

bool Model::newer(int heard, int than) const {
  if (time(heard) != time(than)) return time(heard) > time(than);
  return heard_[heard].event > heard_[than].event;
}

void Model::conclude(const std::vector<int>& heard, Outcome outcome) {
  for (const int one : heard) heard_[one].outcome = outcome;
}

// ---- Debounce

void Model::fire(const Trigger& trigger, const std::string& correlation, const std::vector<int>& heard, Seconds now) {
  if (trigger.debounce) {
    keep(trigger, correlation, heard, now);
  } else {
    start(trigger, correlation, heard);
  }
}

void Model::keep(const Trigger& trigger, const std::string& correlation, const std::vector<int>& heard, Seconds now) {
  int hold = -1;
  for (int i = 0; i < static_cast<int>(holds_.size()); ++i) {
    if (holds_[i].open && holds_[i].trigger == trigger.id && holds_[i].correlation == correlation) hold = i;
  }
  if (hold < 0) {
    hold = static_cast<int>(holds_.size());
    holds_.push_back({trigger.id, correlation, now});
  }
  holds_[hold].due = now + *trigger.debounce;
  if (trigger.max_wait) holds_[hold].due = std::min(holds_[hold].due, holds_[hold].since + *trigger.max_wait);
  for (const int one : heard) heard_[one].hold = hold;
}

// The open hold that is due first. Of one instant, where the rules leave the order open, by trigger and value.
int Model::next_hold(Seconds until) const {
  int found = -1;
  const auto rank = [&](int hold) {
    return std::tie(holds_[hold].due, holds_[hold].trigger, holds_[hold].correlation);
  };
  for (int i = 0; i < static_cast<int>(holds_.size()); ++i) {
    if (!holds_[i].open || holds_[i].due > until) continue;
    if (found < 0 || rank(i) < rank(found)) found = i;
  }
  return found;
}

void Model::end_debounces(Seconds until) {
  for (int i = next_hold(until); i >= 0; i = next_hold(until)) {
    const Hold hold = holds_[i];
    holds_[i].open = false;
    std::vector<int> members;
    for (int one = 0; one < static_cast<int>(heard_.size()); ++one) {
      if (heard_[one].hold == i) members.push_back(one);
    }
    if (is_on(hold.trigger)) {
      start(*find(hold.trigger), hold.correlation, members);
    } else {
      conclude(members, {Fate::kExpired});
    }
  }
}

// ---- Redeploy

void Model::deploy(int version) {
  const Flow& next = versions_[version];
  std::vector<std::string> changed;
  for (const Trigger& trigger : flow().triggers) {
    if (!survives(trigger, next)) changed.push_back(trigger.id);
  }
  const auto is_changed = [&](const std::string& id) {
    return std::find(changed.begin(), changed.end(), id) != changed.end();
  };
  for (Heard& heard : heard_) {
    if (heard.outcome.fate == Fate::kWaiting && is_changed(heard.joining)) heard.outcome.fate = Fate::kExpired;
  }
  for (Hold& hold : holds_) hold.open = hold.open && !is_changed(hold.trigger);
  version_ = version;
}

bool Model::survives(const Trigger& before, const Flow& next) const {
  for (const Trigger& after : next.triggers) {
    if (after.id != before.id) continue;
    if (before.legs != after.legs || !same_sources(before, after) || !same_join(before, after)) return false;
    return std::all_of(before.legs.begin(), before.legs.end(),
                       [&](const std::string& leg) { return survives(*find(leg), next); });
  }
  return false;
}

// ---- Comparing

std::vector<Run> Model::runs() const {
  std::vector<Run> all;
  for (const Made& made : made_) all.push_back(made.run);
  return all;
}

}  // namespace qflow::reference
