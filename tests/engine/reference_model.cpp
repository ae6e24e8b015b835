#include "engine/reference_model.h"

#include <algorithm>
#include <tuple>

namespace qflow::reference {
namespace {

bool is_one(const Value& value) {
  return value.kind == Value::Kind::kNumber && value.number == 1;
}

bool is_absent(const Value& value) {
  return value.kind == Value::Kind::kMissing || value.kind == Value::Kind::kNull;
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

const Source* source_of(const Trigger& trigger, const std::string& name) {
  for (const Source& source : trigger.sources) {
    if (source.name == name) return &source;
  }
  return nullptr;
}

std::string key_of(const Value& value) {
  return value.kind == Value::Kind::kNumber ? std::to_string(value.number) : "\"" + value.text;
}

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

// A redeploy may bring a `max_wait` that is over already, so debounces end afterwards too.
void Model::apply(const Step& step) {
  end_debounces(step.at);
  act(step);
  end_debounces(step.at);
}

void Model::act(const Step& step) {
  switch (step.kind) {
    case Step::Kind::kEvent:
      hear(step, cause_depth(step));
      break;
    case Step::Kind::kWait:
      break;
    case Step::Kind::kStart:
      start_runs();
      break;
    case Step::Kind::kEnd:
      end_run(step.number, step.status, step.at);
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

// What each trigger makes of the event by itself is clear before the first of them acts.
void Model::hear(const Step& event, int cause_depth) {
  const int number = static_cast<int>(events_.size());
  events_.push_back(event);
  causes_.push_back(cause_depth);
  const int first = static_cast<int>(heard_.size());
  for (const Trigger& trigger : flow().triggers) {
    const Source* source = source_of(trigger, event.name);
    if (source == nullptr || trigger.of_runs == event.status.empty()) continue;
    heard_.push_back(heard_by(trigger, *source, number));
  }
  const int last = static_cast<int>(heard_.size());
  for (int i = first; i < last; ++i) arrive(i, events_[number].at);
}

Heard Model::heard_by(const Trigger& trigger, const Source& source, int event) const {
  const Trigger& joining = joining_of(trigger);
  Heard heard{event, trigger.id, source.name, joining.id};
  heard.sets_n = source.sets_n;
  if (!is_on(trigger.id) || is_filtered(trigger, source, events_[event])) {
    heard.outcome.fate = Fate::kFiltered;
  } else if (joining.correlate) {
    heard.correlation = key_of(events_[event].day);
  }
  return heard;
}

void Model::arrive(int heard, Seconds now) {
  heard_[heard].arrived = true;
  if (heard_[heard].outcome.fate == Fate::kFiltered) return;
  end_removed_debounce(joining_of(*find(heard_[heard].trigger)), heard_[heard].correlation, now);
  join(*find(heard_[heard].trigger), std::string(heard_[heard].correlation), now);
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

// ---- Debounce

void Model::fire(const Trigger& trigger, const std::string& correlation, const std::vector<int>& heard, Seconds now) {
  if (trigger.debounce) {
    keep(trigger, correlation, heard, now);
  } else {
    start(trigger, correlation, heard, now);
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

// The open hold that is due first; of one instant in the order of the file, then, where the rules leave it open, by
// correlation value.
int Model::next_hold(Seconds until) const {
  int found = -1;
  const auto rank = [&](int hold) {
    const auto& triggers = flow().triggers;
    const auto place = std::find_if(triggers.begin(), triggers.end(),
                                    [&](const Trigger& one) { return one.id == holds_[hold].trigger; });
    return std::tuple(holds_[hold].due, place - triggers.begin(), holds_[hold].correlation);
  };
  for (int i = 0; i < static_cast<int>(holds_.size()); ++i) {
    if (!holds_[i].open || holds_[i].due > until) continue;
    if (found < 0 || rank(i) < rank(found)) found = i;
  }
  return found;
}

void Model::end_debounces(Seconds until) {
  for (int i = next_hold(until); i >= 0; i = next_hold(until)) end_debounce(i, holds_[i].due);
}

void Model::end_debounce(int place, Seconds now) {
  const Hold hold = holds_[place];
  holds_[place].open = false;
  std::vector<int> members;
  for (int one = 0; one < static_cast<int>(heard_.size()); ++one) {
    if (heard_[one].hold == place) members.push_back(one);
  }
  if (is_on(hold.trigger)) {
    start(*find(hold.trigger), hold.correlation, members, now);
  } else {
    conclude(members, {Fate::kExpired});
  }
}

// A firing that was held when a redeploy removed the debounce comes before those of later events.
void Model::end_removed_debounce(const Trigger& trigger, const std::string& correlation, Seconds now) {
  if (trigger.debounce) return;
  for (int i = 0; i < static_cast<int>(holds_.size()); ++i) {
    const Hold& hold = holds_[i];
    if (hold.open && hold.trigger == trigger.id && hold.correlation == correlation) end_debounce(i, now);
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
