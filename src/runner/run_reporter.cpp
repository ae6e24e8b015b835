#include "qflow/runner/run_reporter.h"

#include <algorithm>
#include <tuple>

namespace qflow {

namespace {

// From the end: what has ended began mostly just before.
template <class T, class IsSame>
void set_among(std::vector<T>& all, T newest, IsSame is_same) {
  const auto known = std::find_if(all.rbegin(), all.rend(), [&](const T& one) { return is_same(one, newest); });
  if (known != all.rend()) {
    *known = std::move(newest);
  } else {
    all.push_back(std::move(newest));
  }
}

}  // namespace

std::string task_label(const StepId& step, std::optional<std::int64_t> index) {
  return index ? step.text() + "[" + std::to_string(*index) + "]" : step.text();
}

void RunChanges::set(StepState step) {
  set_among(steps, std::move(step), [](const StepState& a, const StepState& b) { return a.step == b.step; });
}

void RunChanges::set(Attempt attempt) {
  set_among(attempts, std::move(attempt), [](const Attempt& a, const Attempt& b) {
    return std::tie(a.number, a.index, a.step) == std::tie(b.number, b.index, b.step);
  });
}

}  // namespace qflow
