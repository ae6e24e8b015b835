#include "qflow/runner/run_progress.h"

#include <utility>

namespace qflow {

RunProgress::RunProgress(const StepGraph& graph)
    : graph_(graph), open_needs_(graph.size()), skipped_needs_(graph.size()), ended_(graph.size()) {
  for (std::size_t step = 0; step < graph.size(); ++step) {
    open_needs_[step] = graph.needs(step).size();
    if (open_needs_[step] == 0) ready_.insert(step);
  }
}

std::vector<std::size_t> RunProgress::take_ready() {
  if (stopped_) return {};
  std::vector<std::size_t> steps(ready_.begin(), ready_.end());
  ready_.clear();
  return steps;
}

std::vector<std::size_t> RunProgress::take_skipped() {
  return std::exchange(skipped_, {});
}

void RunProgress::succeed(std::size_t step) {
  settle(step, false);
}

void RunProgress::skip(std::size_t step) {
  settle(step, true);
}

void RunProgress::fail(std::size_t step, FailureAllowed allowed) {
  if (allowed == FailureAllowed::kYes) {
    settle(step, false);
    return;
  }
  ended_[step] = true;
  ready_.erase(step);
  stopped_ = true;
}

void RunProgress::settle(std::size_t step, bool skipped) {
  std::vector<std::pair<std::size_t, bool>> ended{{step, skipped}};
  while (!ended.empty()) {
    const auto [current, was_skipped] = ended.back();
    ended.pop_back();
    if (ended_[current]) continue;
    ended_[current] = true;
    ready_.erase(current);
    for (const std::size_t follower : graph_.followers(current)) {
      if (was_skipped) ++skipped_needs_[follower];
      if (--open_needs_[follower] > 0 || ended_[follower]) continue;
      if (skipped_needs_[follower] < graph_.needs(follower).size()) {
        ready_.insert(follower);
      } else if (!stopped_) {
        skipped_.push_back(follower);
        ended.emplace_back(follower, true);
      }
    }
  }
}

}  // namespace qflow
