#include "qflow/runner/run_reporter.h"

#include <doctest/doctest.h>

#include <string>

#include "qflow/model/step_state.h"

namespace qflow {
namespace {

StepState step_state(const std::string& id, StepStatus status) {
  StepState state;
  state.step = StepId::parse(id).value();
  state.status = status;
  return state;
}

Attempt attempt_of(const std::string& step, std::optional<std::int64_t> index, int number, StepStatus status) {
  Attempt attempt;
  attempt.step = StepId::parse(step).value();
  attempt.index = index;
  attempt.number = number;
  attempt.status = status;
  return attempt;
}

// "a succeeded, b running"
std::string text_of(const RunChanges& changes) {
  std::string text;
  const auto add = [&](const std::string& name, StepStatus status) {
    text += (text.empty() ? "" : ", ") + name + " " + std::string(to_text(status));
  };
  for (const StepState& step : changes.steps) add(step.step.text(), step.status);
  for (const Attempt& attempt : changes.attempts) {
    const std::string task = attempt.index ? "[" + std::to_string(*attempt.index) + "]" : "";
    add(attempt.step.text() + task + "." + std::to_string(attempt.number), attempt.status);
  }
  return text;
}

TEST_CASE("of a step only its newest state is reported, in the place of the first") {
  RunChanges changes;
  CHECK(changes.empty());
  changes.set(step_state("a", StepStatus::kRunning));
  changes.set(step_state("b", StepStatus::kRunning));
  changes.set(step_state("a", StepStatus::kSucceeded));
  CHECK(text_of(changes) == "a succeeded, b running");
  CHECK_FALSE(changes.empty());
}

TEST_CASE("attempts are told apart by step, index and number") {
  RunChanges changes;
  changes.set(attempt_of("a", std::nullopt, 1, StepStatus::kRunning));
  changes.set(attempt_of("b", std::nullopt, 1, StepStatus::kRunning));
  changes.set(attempt_of("a", 0, 1, StepStatus::kRunning));
  changes.set(attempt_of("a", 1, 1, StepStatus::kRunning));
  changes.set(attempt_of("a", 0, 2, StepStatus::kRunning));
  changes.set(attempt_of("a", 0, 1, StepStatus::kFailed));
  CHECK(text_of(changes) == "a.1 running, b.1 running, a[0].1 failed, a[1].1 running, a[0].2 running");
}

}  // namespace
}  // namespace qflow
