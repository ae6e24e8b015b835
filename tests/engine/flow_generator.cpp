#include <algorithm>
#include <array>

#include "engine/dice.h"
#include "engine/stream_generator.h"

namespace qflow::reference {
namespace {

class FlowMaker {
 public:
  explicit FlowMaker(std::uint64_t seed) : dice_(seed) {}

  std::vector<Flow> make() {
    std::vector<Flow> versions = {first()};
    if (dice_.percent(40)) {
      const int more = dice_.between(1, 2);
      for (int i = 0; i < more; ++i) versions.push_back(changed(versions.front()));
    }
    return versions;
  }

 private:
  using Names_ = std::vector<std::string>;

  Flow first() {
    Flow flow;
    flow.policy = policy();
    if (dice_.percent(15)) flow.max_parallel = dice_.between(1, 2);
    const int shape = dice_.below(10);
    if (shape < 6) {
      const int triggers = shape < 4 ? 1 : 2;
      for (int i = 0; i < triggers; ++i) flow.triggers.push_back(alone("t" + std::to_string(i)));
    } else {
      add_group(flow);
      if (shape == 9) flow.triggers.insert(flow.triggers.begin(), alone("t0"));
    }
    return flow;
  }

  Policy policy() { return static_cast<Policy>(dice_.below(5)); }

  Trigger alone(const std::string& id) {
    const bool of_runs = dice_.percent(20);
    Trigger trigger = with_sources(id, of_runs, shuffled(of_runs), 3);
    set_joining(trigger);
    return trigger;
  }

  Names_ shuffled(bool of_runs) {
    Names_ names(kEventNames.begin(), kEventNames.end());
    if (of_runs) names.assign(kFlowNames.begin(), kFlowNames.end());
    if (of_runs && dice_.percent(60)) names.push_back(kOwnName);
    for (std::size_t i = names.size(); i > 1; --i) std::swap(names[i - 1], names[dice_.below(static_cast<int>(i))]);
    return names;
  }

  // Takes its sources from the end of `names`.
  Trigger with_sources(const std::string& id, bool of_runs, Names_ names, int at_most) {
    Trigger trigger;
    trigger.id = id;
    trigger.of_runs = of_runs;
    trigger.enabled = !dice_.percent(2);
    trigger.needs_ok = dice_.percent(15);
    const int sources = std::min(static_cast<int>(names.size()), dice_.between(1, at_most));
    for (int i = 0; i < sources; ++i) {
      trigger.sources.push_back(source(names.back(), of_runs));
      names.pop_back();
    }
    trigger.match = match_of(trigger);
    repair_mapping(trigger);
    return trigger;
  }

  Source source(const std::string& name, bool of_runs) {
    Source source;
    source.name = name;
    if (dice_.percent(25)) {
      source.count = dice_.between(2, 3);
      source.distinct = dice_.percent(50);
      if (source.distinct && dice_.percent(20)) source.count = 1;
    }
    source.needs_go = dice_.percent(10);
    if (!of_runs && dice_.percent(10)) source.value = "v";
    if (of_runs) source.condition = static_cast<Condition>(dice_.below(3));
    source.sets_n = dice_.percent(50);
    return source;
  }

  // One source of an event trigger maps by name; two may map one parameter only where any one fires.
  static void repair_mapping(Trigger& trigger) {
    if (!trigger.of_runs && trigger.sources.size() == 1) trigger.sources.front().sets_n = true;
    if (trigger.match.kind == Match::Kind::kAny) return;
    bool mapped = false;
    for (Source& source : trigger.sources) {
      source.sets_n = source.sets_n && !mapped;
      mapped = mapped || source.sets_n;
    }
  }

  Match match_of(const Trigger& trigger) {
    Names_ names;
    for (const Source& source : trigger.sources) names.push_back(source.name);
    const int choice = dice_.below(10);
    if (choice < 4) return {};
    if (choice < 6) return {Match::Kind::kAny};
    if (choice < 8) return {Match::Kind::kAtLeast, dice_.between(1, static_cast<int>(names.size()))};
    return {Match::Kind::kNames, 0, expression(names)};
  }

  // Over every name, once or twice.
  Names expression(Names_ names) {
    if (names.size() == 1) return {Names::Kind::kName, names.front()};
    const std::size_t cut = static_cast<std::size_t>(dice_.between(1, static_cast<int>(names.size()) - 1));
    Names_ left(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(cut));
    Names_ right(names.begin() + static_cast<std::ptrdiff_t>(cut), names.end());
    if (left.size() == 1 && right.size() > 1 && dice_.percent(30)) right.push_back(left.front());
    const auto kind = dice_.percent(60) ? Names::Kind::kAnd : Names::Kind::kOr;
    return {kind, {}, {expression(left), expression(right)}};
  }

  void set_joining(Trigger& trigger) {
    constexpr std::array<Seconds, 4> windows = {10, 20, 30, 60};
    constexpr std::array<Seconds, 3> pauses = {5, 10, 20};
    constexpr std::array<Seconds, 4> bounds = {5, 10, 15, 30};
    trigger.join = static_cast<Take>(dice_.below(3));
    if (dice_.percent(55)) trigger.within = dice_.pick(windows);
    trigger.correlate = dice_.percent(35);
    trigger.first_letter = dice_.percent(20);
    if (dice_.percent(35)) trigger.debounce = dice_.pick(pauses);
    if (trigger.debounce && dice_.percent(50)) trigger.max_wait = dice_.pick(bounds);
  }

  // Two or three legs over different events, and the group before or after them.
  void add_group(Flow& flow) {
    Names_ names = shuffled(false);
    Trigger group;
    group.id = "g";
    const int legs = dice_.between(2, 3);
    for (int i = 0; i < legs; ++i) {
      const bool of_runs = i == 2 && dice_.percent(50);
      const int at_most = of_runs ? 2 : std::min(2, static_cast<int>(names.size()) - (legs - 1 - i));
      Trigger leg =
          with_sources("l" + std::to_string(i), of_runs, of_runs ? shuffled(true) : names, std::max(at_most, 1));
      if (!of_runs) names.resize(names.size() - leg.sources.size());
      group.legs.push_back(leg.id);
      flow.triggers.push_back(leg);
    }
    group.needs_ok = dice_.percent(10);
    group.match = {Match::Kind::kNames, 0, expression(group.legs)};
    set_joining(group);
    flow.triggers.insert(dice_.percent(50) ? flow.triggers.begin() : flow.triggers.end(), group);
  }

  // ---- Later versions

  Flow changed(Flow flow) {
    if (dice_.percent(40)) {
      for (Trigger& trigger : flow.triggers) change_mapping(trigger);
      return flow;
    }
    const int changes = dice_.between(0, 2);
    for (int i = 0; i < changes; ++i) change(flow);
    return flow;
  }

  void change(Flow& flow) {
    Trigger& trigger = flow.triggers[static_cast<std::size_t>(dice_.below(static_cast<int>(flow.triggers.size())))];
    const bool is_leg = trigger.id.front() == 'l';
    switch (dice_.below(8)) {
      case 0:
        flow.policy = policy();
        break;
      case 1:
        trigger.needs_ok = !trigger.needs_ok;
        break;
      case 2:
        if (!is_leg) change_joining(trigger);
        break;
      case 3:
        if (!trigger.is_group()) change_source(trigger);
        break;
      case 4:
        change_match(trigger);
        break;
      case 5:
        if (!is_leg) change_waiting(trigger);
        break;
      case 6:
        trigger.enabled = !trigger.enabled;
        break;
      case 7:
        change_mapping(trigger);
        break;
    }
  }

  // What ends the join state.
  void change_joining(Trigger& trigger) {
    if (dice_.percent(50)) {
      trigger.join = static_cast<Take>(dice_.below(3));
    } else {
      trigger.correlate = !trigger.correlate;
    }
  }

  // What it survives.
  void change_waiting(Trigger& trigger) {
    const Trigger before = trigger;
    set_joining(trigger);
    trigger.join = before.join;
    trigger.correlate = before.correlate;
  }

  void change_source(Trigger& trigger) {
    Source& source = trigger.sources[static_cast<std::size_t>(dice_.below(static_cast<int>(trigger.sources.size())))];
    if (dice_.percent(30)) source.needs_go = !source.needs_go;
    if (dice_.percent(40)) source.count = source.count == 2 ? 3 : 2;
    if (trigger.of_runs && dice_.percent(30)) source.condition = static_cast<Condition>(dice_.below(3));
  }

  // What waits is mapped by the new definition, and may not fit it.
  void change_mapping(Trigger& trigger) {
    for (Source& source : trigger.sources) source.sets_n = !source.sets_n;
    repair_mapping(trigger);
  }

  void change_match(Trigger& trigger) {
    if (trigger.is_group()) {
      trigger.match.names = expression(trigger.legs);
      return;
    }
    trigger.match = match_of(trigger);
    repair_mapping(trigger);
  }

  Dice dice_;
};

}  // namespace

std::vector<Flow> generate_versions(std::uint64_t seed) {
  return FlowMaker(seed / kStreamsPerFlow).make();
}

}  // namespace qflow::reference
