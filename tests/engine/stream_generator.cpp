#include "engine/stream_generator.h"

#include <algorithm>
#include <array>
#include <random>

namespace qflow::reference {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  int below(int bound) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(bound)); }
  int between(int low, int high) { return low + below(high - low + 1); }
  bool percent(int chance) { return below(100) < chance; }
  template <class List>
  auto pick(const List& list) {
    return *(list.begin() + below(static_cast<int>(list.size())));
  }

 private:
  std::mt19937_64 engine_;
};

constexpr std::array<const char*, 3> kEventNames = {"a", "b", "c"};
constexpr std::array<const char*, 2> kFlowNames = {"G", "H"};

// ---- Flows

class FlowMaker {
 public:
  explicit FlowMaker(std::uint64_t seed) : dice_(seed) {}

  std::vector<Flow> make() {
    std::vector<Flow> versions = {first()};
    if (dice_.percent(40)) {
      keeps_mapping_ = dice_.percent(50);
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
    const bool of_runs = dice_.percent(15);
    Trigger trigger = with_sources(id, of_runs, shuffled(of_runs), 3);
    set_joining(trigger);
    return trigger;
  }

  Names_ shuffled(bool of_runs) {
    Names_ names(kEventNames.begin(), kEventNames.end());
    if (of_runs) names.assign(kFlowNames.begin(), kFlowNames.end());
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
    const int changes = dice_.between(0, 2);
    for (int i = 0; i < changes; ++i) change(flow);
    if (keeps_mapping_) return flow;
    // Into a run of another mapping nothing is merged: the rules leave open by which definition.
    if (flow.policy == Policy::kCoalesce) flow.policy = Policy::kQueue;
    return flow;
  }

  void change(Flow& flow) {
    Trigger& trigger = flow.triggers[static_cast<std::size_t>(dice_.below(static_cast<int>(flow.triggers.size())))];
    const bool is_leg = trigger.id.front() == 'l';
    switch (dice_.below(8)) {
      case 0:
        flow.policy = keeps_mapping_ ? flow.policy : policy();
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
        if (!keeps_mapping_) change_mapping(trigger);
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
    for (Source& source : trigger.sources) source.sets_n = dice_.percent(60);
    repair_mapping(trigger);
  }

  void change_match(Trigger& trigger) {
    if (trigger.is_group()) {
      trigger.match.names = expression(trigger.legs);
      return;
    }
    const Match before = trigger.match;
    trigger.match = match_of(trigger);
    const bool same_mapping = (before.kind == Match::Kind::kAny) == (trigger.match.kind == Match::Kind::kAny);
    if (keeps_mapping_ && !same_mapping) trigger.match = before;
    repair_mapping(trigger);
  }

  Dice dice_;
  bool keeps_mapping_ = true;
};

// ---- Events

class StepMaker {
 public:
  StepMaker(std::uint64_t seed, const std::vector<Flow>& versions) : dice_(seed), versions_(versions) {}

  std::vector<Step> make() {
    const int length = dice_.between(4, 20);
    has_filters_ = dice_.percent(70);
    has_days_ = dice_.percent(50);
    for (int i = 0; i < length; ++i) {
      pass_time();
      steps_.push_back(step());
    }
    Step end;
    end.kind = Step::Kind::kWait;
    end.at = now_ + 1000;
    if (dice_.percent(50)) steps_.push_back(end);
    return std::move(steps_);
  }

 private:
  void pass_time() {
    constexpr std::array<Seconds, 10> pauses = {0, 0, 0, 1, 4, 5, 5, 10, 20, 35};
    now_ += dice_.pick(pauses);
  }

  Step step() {
    const int choice = dice_.below(100);
    if (choice < 70) return event();
    if (choice < 80) return plain(Step::Kind::kStart);
    if (choice < 88) return plain(Step::Kind::kEnd, dice_.below(2));
    if (choice < 91) return plain(Step::Kind::kWait);
    if (choice < 96) return plain(Step::Kind::kDeploy, dice_.below(static_cast<int>(versions_.size())));
    Step step = plain(choice == 96 ? Step::Kind::kDisable : Step::Kind::kEnable);
    step.name = dice_.percent(30) ? "" : dice_.pick(versions_.front().triggers).id;
    return step;
  }

  Step plain(Step::Kind kind, int number = 0) const {
    Step step;
    step.kind = kind;
    step.at = now_;
    step.number = number;
    return step;
  }

  Step event() {
    Step event = plain(Step::Kind::kEvent);
    if (const Step* earlier = dice_.percent(8) ? earlier_event() : nullptr) {
      event = *earlier;
      event.at = now_;
      return event;
    }
    event.timestamp = timestamp();
    name(event);
    event.ok = flag();
    event.go = flag();
    event.day = has_days_ ? scalar() : one();
    event.part = scalar();
    event.n = number();
    event.context = context();
    if (!dice_.percent(20)) event.value = "v";
    return event;
  }

  const Step* earlier_event() {
    if (steps_.empty()) return nullptr;
    const Step& step = steps_[static_cast<std::size_t>(dice_.below(static_cast<int>(steps_.size())))];
    return step.kind == Step::Kind::kEvent ? &step : nullptr;
  }

  // Mostly now; backdated; in the future; at the instant of an earlier event.
  Seconds timestamp() {
    constexpr std::array<Seconds, 8> back = {1, 5, 5, 10, 20, 30, 31, 60};
    const int choice = dice_.below(100);
    if (choice < 55) return now_;
    if (choice < 80) return std::max<Seconds>(0, now_ - dice_.pick(back));
    if (choice < 88) return now_ + dice_.pick(back) * 60;
    const Step* earlier = earlier_event();
    return earlier != nullptr ? earlier->timestamp : now_;
  }

  void name(Step& event) {
    constexpr std::array<const char*, 5> ends = {"succeeded", "succeeded", "failed", "crashed", "cancelled"};
    const Trigger& heard = dice_.pick(triggers());
    const bool of_runs = heard.is_group() ? dice_.percent(15) : heard.of_runs;
    event.name = of_runs ? dice_.pick(kFlowNames) : dice_.pick(kEventNames);
    if (of_runs) event.status = dice_.pick(ends);
    if (of_runs || dice_.percent(8)) event.cause_depth = dice_.percent(80) ? 1 : dice_.between(2, 4);
    if (event.cause_depth == 0 && dice_.percent(10)) event.cause_own = dice_.between(1, 2);
  }

  const std::vector<Trigger>& triggers() const { return versions_.front().triggers; }

  Value one() const { return {Value::Kind::kNumber, 1}; }

  Value flag() {
    if (!has_filters_ || dice_.percent(80)) return one();
    return dice_.percent(50) ? Value{Value::Kind::kNumber, 0} : Value{};
  }

  Value scalar() {
    const int choice = dice_.below(20);
    if (choice == 0 && has_filters_) return {};
    if (choice == 1 && has_filters_) return {Value::Kind::kNull};
    if (choice < 4) return {Value::Kind::kText, 0, "1"};
    return {Value::Kind::kNumber, choice < 12 ? 1 : 2, {}, dice_.percent(30)};
  }

  Value number() {
    const int choice = dice_.below(20);
    if (choice < 3) return {};
    if (choice == 3) return {Value::Kind::kNull};
    if (choice == 4 && has_filters_) return {Value::Kind::kText, 0, "x"};
    return {Value::Kind::kNumber, dice_.between(1, 9), {}, dice_.percent(10)};
  }

  std::optional<std::string> context() {
    constexpr std::array<const char*, 3> contexts = {"ca", "cb", "d"};
    if (dice_.percent(50)) return std::nullopt;
    return dice_.pick(contexts);
  }

  Dice dice_;
  const std::vector<Flow>& versions_;
  std::vector<Step> steps_;
  Seconds now_ = 100;
  bool has_filters_ = true;
  bool has_days_ = true;
};

}  // namespace

std::vector<Flow> generate_versions(std::uint64_t seed) {
  return FlowMaker(seed / kStreamsPerFlow).make();
}

std::vector<Step> generate_steps(std::uint64_t seed, const std::vector<Flow>& versions) {
  return StepMaker(seed ^ 0x5851f42d4c957f2d, versions).make();
}

}  // namespace qflow::reference
