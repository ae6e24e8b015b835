#include "engine/stream_generator.h"

#include <algorithm>
#include <array>

#include "engine/dice.h"

namespace qflow::reference {
namespace {

class StepMaker {
 public:
  StepMaker(std::uint64_t seed, const std::vector<Flow>& versions) : dice_(seed), versions_(versions) {}

  std::vector<Step> make() {
    const int length = dice_.between(4, 20);
    steps_.reserve(static_cast<std::size_t>(length) + 1);
    has_filters_ = dice_.percent(70);
    has_days_ = dice_.percent(50);
    clock_jumps_ = std::none_of(versions_.begin(), versions_.end(), has_debounce) && dice_.percent(50);
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
  static bool has_debounce(const Flow& flow) {
    return std::any_of(flow.triggers.begin(), flow.triggers.end(), [](const Trigger& one) { return one.debounce; });
  }

  void pass_time() {
    constexpr std::array<Seconds, 10> pauses = {0, 0, 0, 1, 4, 5, 5, 10, 20, 35};
    now_ += dice_.pick(pauses);
    if (clock_jumps_ && dice_.percent(10)) now_ -= dice_.between(1, 40);
  }

  Step step() {
    if (versions_.size() > 1 && dice_.percent(8)) return deploy();
    const int choice = dice_.below(100);
    if (choice < 70) return event();
    if (choice < 80) return plain(Step::Kind::kStart);
    if (choice < 88) return end_of_run();
    if (choice < 91) return plain(Step::Kind::kWait);
    if (choice < 96) return deploy();
    Step step = plain(choice == 96 ? Step::Kind::kDisable : Step::Kind::kEnable);
    step.name = dice_.percent(30) ? "" : dice_.pick(versions_.front().triggers).id;
    return step;
  }

  Step deploy() { return plain(Step::Kind::kDeploy, dice_.below(static_cast<int>(versions_.size()))); }

  Step end_of_run() {
    Step step = plain(Step::Kind::kEnd, dice_.below(2));
    step.status = dice_.percent(70) ? "succeeded" : "failed";
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
    if (choice < 9 && has_filters_) return {Value::Kind::kText, 0, "x"};
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
  bool clock_jumps_ = false;
};

}  // namespace

std::vector<Step> generate_steps(std::uint64_t seed, const std::vector<Flow>& versions) {
  return StepMaker(seed ^ 0x5851f42d4c957f2d, versions).make();
}

}  // namespace qflow::reference
