// The part of the reference model that knows runs: what a firing becomes, and how runs start and end.
#include <algorithm>
#include <tuple>

#include "engine/reference_model.h"

namespace qflow::reference {
namespace {

bool is_active(const Run& run) {
  return run.state == RunState::kQueued || run.state == RunState::kRunning;
}

}  // namespace

void Model::start(const Trigger& trigger, const std::string& correlation, const std::vector<int>& waiting,
                  Seconds now) {
  const std::vector<int> heard = map_again(waiting);
  if (heard.empty()) return;
  if (heard.size() < waiting.size() && !holds_still(trigger, heard)) return wait_again(heard, now);
  const std::optional<std::string> context = context_of(trigger, heard);
  const std::vector<int> active = active_in(context);
  if (flow().policy == Policy::kSkip && !active.empty()) return conclude(heard, {Fate::kSkipped});
  if (depth_of(heard) > max_chain_) return conclude(heard, {Fate::kStopped});
  if (Made* made = mergeable(trigger, correlation, context)) {
    made->heard.insert(made->heard.end(), heard.begin(), heard.end());
    conclude(heard, {Fate::kCoalesced, made->run.number});
    describe(*made);
    return;
  }
  make(trigger, correlation, heard, context);
  if (flow().policy != Policy::kReplace) return;
  for (const int other : active) cancel(other, now);
}

// By the definition of now, which may have changed while they waited; what does not fit any more is filtered.
std::vector<int> Model::map_again(const std::vector<int>& waiting) {
  std::vector<int> fitting;
  for (const int one : waiting) {
    Heard& heard = heard_[one];
    for (const Source& source : find(heard.trigger)->sources) {
      if (source.name == heard.source) heard.sets_n = source.sets_n;
    }
    if (heard.sets_n && events_[heard.event].n.kind == Value::Kind::kText) {
      conclude({one}, {Fate::kFiltered});
    } else {
      fitting.push_back(one);
    }
  }
  return fitting;
}

// Whether these alone would have fired.
bool Model::holds_still(const Trigger& joining, const std::vector<int>& heard) const {
  std::vector<Item> items;
  for (const int one : heard) {
    if (!joining.is_group()) items.push_back({heard_[one].source, {one}, one});
  }
  for (const std::string& leg : joining.legs) {
    std::vector<Item> own;
    for (const int one : heard) {
      if (heard_[one].trigger == leg) own.push_back({heard_[one].source, {one}, one});
    }
    if (!own.empty() && holds(*find(leg), own)) items.push_back({leg, {}, 0});
  }
  return holds(joining, items);
}

// They wait as if they had just come, the older ones first.
void Model::wait_again(std::vector<int> heard, Seconds now) {
  std::sort(heard.begin(), heard.end(), [&](int a, int b) { return newer(b, a); });
  for (const int one : heard) {
    heard_[one].token = heard_[one].hold = -1;
    heard_[one].arrived = false;
  }
  for (const int one : heard) arrive(one, now);
}

void Model::make(const Trigger& trigger, const std::string& correlation, const std::vector<int>& heard,
                 const std::optional<std::string>& context) {
  Made made;
  made.run.number = static_cast<int>(made_.size()) + 1;
  made.version = version_;
  made.run.trigger = trigger.id;
  made.run.context = context;
  made.correlation = correlation;
  made.heard = heard;
  describe(made);
  made_.push_back(made);
  conclude(heard, {Fate::kFired, made.run.number});
}

// What follows from all events of the run.
void Model::describe(Made& made) {
  made.run.depth = depth_of(made.heard);
  made.run.n = mapped(made.heard);
  made.run.events.clear();
  for (const int one : made.heard) made.run.events.emplace_back(heard_[one].event, heard_[one].trigger);
  std::sort(made.run.events.begin(), made.run.events.end());
}

// Under `coalesce`, the newest run that this firing may join.
Model::Made* Model::mergeable(const Trigger& trigger, const std::string& correlation,
                              const std::optional<std::string>& context) {
  if (flow().policy != Policy::kCoalesce) return nullptr;
  for (std::size_t i = made_.size(); i > 0; --i) {
    Made& made = made_[i - 1];
    const bool same = made.run.trigger == trigger.id && made.correlation == correlation && made.run.context == context;
    if (same && made.version == version_ && made.run.state == RunState::kQueued) return &made;
  }
  return nullptr;
}

std::vector<int> Model::active_in(const std::optional<std::string>& context) const {
  std::vector<int> active;
  for (int i = 0; i < static_cast<int>(made_.size()); ++i) {
    if (is_active(made_[i].run) && made_[i].run.context == context) active.push_back(i);
  }
  return active;
}

void Model::cancel(int made, Seconds now) {
  if (made_[made].run.state == RunState::kRunning) made_[made].run.asked_to_end = true;
  if (made_[made].run.state == RunState::kQueued) end(made, RunState::kCancelled, "cancelled", now);
}

// The end is an event, which the flow itself may listen to.
void Model::end(int made, RunState state, const std::string& status, Seconds now) {
  Run& run = made_[made].run;
  run.state = state;
  Step event;
  event.at = now;
  event.timestamp = now;
  event.name = kOwnName;
  event.status = status;
  event.context = run.context;
  event.n = {Value::Kind::kNumber, run.n.number};
  hear(event, run.depth);
}

// That on which all events agree.
std::optional<std::string> Model::context_of(const Trigger& trigger, const std::vector<int>& heard) const {
  std::optional<std::string> agreed;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    std::optional<std::string> context = events_[heard_[heard[i]].event].context;
    if (context && trigger.first_letter) context = context->substr(0, 1);
    if (i > 0 && context != agreed) return std::nullopt;
    agreed = context;
  }
  return agreed;
}

int Model::depth_of(const std::vector<int>& heard) const {
  int deepest = 0;
  for (const int one : heard) deepest = std::max(deepest, causes_[heard_[one].event]);
  return deepest + 1;
}

// The parameter n. Of each source the newest event counts; of two legs that of the newest token, of two sources of one
// trigger the newer event.
Value Model::mapped(const std::vector<int>& heard) const {
  const auto is_newest = [&](int one, bool of_source) {
    return std::none_of(heard.begin(), heard.end(), [&](int other) {
      const bool same = heard_[other].trigger == heard_[one].trigger;
      return same && (!of_source || heard_[other].source == heard_[one].source) && newer(other, one);
    });
  };
  const auto newest_of_leg = [&](int one) {
    return *std::find_if(heard.begin(), heard.end(), [&](int other) {
      return heard_[other].trigger == heard_[one].trigger && is_newest(other, false);
    });
  };
  int best = -1;
  for (const int one : heard) {
    const Value& n = events_[heard_[one].event].n;
    if (!heard_[one].sets_n || n.kind != Value::Kind::kNumber || !is_newest(one, true)) continue;
    if (best < 0) {
      best = one;
      continue;
    }
    const int leg = newest_of_leg(one);
    const int best_leg = newest_of_leg(best);
    if (leg == best_leg ? newer(one, best) : newer(leg, best_leg)) best = one;
  }
  const Value n = best < 0 ? Value{} : events_[heard_[best].event].n;
  return n.number == 0 ? Value{} : n;  // the default
}

void Model::start_runs() {
  for (Made& made : made_) {
    if (made.run.state != RunState::kQueued) continue;
    const auto running = [](const Made& other) { return other.run.state == RunState::kRunning; };
    const auto before = [&](const Made& other) { return running(other) && other.run.context == made.run.context; };
    if (flow().policy != Policy::kParallel && std::any_of(made_.begin(), made_.end(), before)) continue;
    const auto at_once = std::count_if(made_.begin(), made_.end(), running);
    if (flow().max_parallel && at_once >= *flow().max_parallel) continue;
    made.run.state = RunState::kRunning;
  }
}

void Model::end_run(int which, const std::string& status, Seconds now) {
  for (int i = 0; i < static_cast<int>(made_.size()); ++i) {
    if (made_[i].run.state != RunState::kRunning || which-- > 0) continue;
    return end(i, RunState::kEnded, status, now);
  }
}

}  // namespace qflow::reference
