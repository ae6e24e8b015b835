#include "qflow/model/step_graph.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>

namespace qflow {
namespace {

using Edges = std::vector<std::vector<std::size_t>>;

// What can be reached from `start` over at least one edge; up to `wanted`, which then is the last one.
std::vector<std::size_t> reachable(const Edges& edges, std::size_t start, std::optional<std::size_t> wanted = {}) {
  std::vector<bool> seen(edges.size(), false);
  std::vector<std::size_t> found, open = {start};
  while (!open.empty()) {
    const std::size_t step = open.back();
    open.pop_back();
    for (std::size_t next : edges[step]) {
      if (seen[next]) continue;
      seen[next] = true;
      found.push_back(next);
      if (next == wanted) return found;
      open.push_back(next);
    }
  }
  return found;
}

// A step on the way of a depth-first search, and the first of its edges that has not been followed.
struct Visit {
  std::size_t step;
  std::size_t edge = 0;
};

std::vector<std::size_t> cycle_on(const std::vector<Visit>& path, std::size_t repeated) {
  std::vector<std::size_t> cycle;
  const auto first = std::find_if(path.begin(), path.end(), [&](const Visit& visit) { return visit.step == repeated; });
  for (auto visit = first; visit != path.end(); ++visit) cycle.push_back(visit->step);
  cycle.push_back(repeated);
  return cycle;
}

}  // namespace

StepGraph::StepGraph(const std::vector<Step>& steps) : needs_(steps.size()), followers_(steps.size()) {
  for (std::size_t i = 0; i < steps.size(); ++i) by_id_.emplace(steps[i].id.text(), i);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::vector<std::size_t>& needs = needs_[i];
    for (const Located<StepId>& needed : steps[i].needs) {
      if (const auto found = find(needed.value.text())) needs.push_back(*found);
    }
    std::sort(needs.begin(), needs.end());
    needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
    for (std::size_t needed : needs) followers_[needed].push_back(i);
  }
}

std::optional<std::size_t> StepGraph::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found != by_id_.end() ? std::optional(found->second) : std::nullopt;
}

std::vector<std::size_t> StepGraph::find_cycle() const {
  enum class State : char { kNew, kOpen, kDone };
  std::vector<State> states(size(), State::kNew);
  for (std::size_t start = 0; start < size(); ++start) {
    if (states[start] != State::kNew) continue;
    std::vector<Visit> path = {{start}};
    states[start] = State::kOpen;
    while (!path.empty()) {
      Visit& visit = path.back();
      if (visit.edge == needs_[visit.step].size()) {
        states[visit.step] = State::kDone;
        path.pop_back();
        continue;
      }
      const std::size_t next = needs_[visit.step][visit.edge++];
      if (states[next] == State::kOpen) return cycle_on(path, next);
      if (states[next] == State::kDone) continue;
      states[next] = State::kOpen;
      path.push_back({next});
    }
  }
  return {};
}

std::vector<std::size_t> StepGraph::topological_order() const {
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> free;
  std::vector<std::size_t> missing(size()), order;
  order.reserve(size());
  for (std::size_t step = 0; step < size(); ++step) {
    missing[step] = needs_[step].size();
    if (missing[step] == 0) free.push(step);
  }
  while (!free.empty()) {
    const std::size_t step = free.top();
    free.pop();
    order.push_back(step);
    for (std::size_t follower : followers_[step]) {
      if (--missing[follower] == 0) free.push(follower);
    }
  }
  return order;
}

std::vector<std::size_t> StepGraph::ancestors(std::size_t step) const {
  std::vector<std::size_t> found = reachable(needs_, step);
  std::sort(found.begin(), found.end());
  return found;
}

bool StepGraph::is_ancestor(std::size_t ancestor, std::size_t step) const {
  const std::vector<std::size_t> found = reachable(needs_, step, ancestor);
  return !found.empty() && found.back() == ancestor;
}

// Each is marked once, however many of the steps need it.
std::vector<bool> StepGraph::needed_by(std::vector<std::size_t> steps) const {
  std::vector<bool> needed(size(), false);
  while (!steps.empty()) {
    const std::size_t step = steps.back();
    steps.pop_back();
    for (const std::size_t above : needs_[step]) {
      if (needed[above]) continue;
      needed[above] = true;
      steps.push_back(above);
    }
  }
  return needed;
}

std::vector<bool> StepGraph::reach(const std::vector<std::size_t>& steps) const {
  std::vector<bool> reached = needed_by(steps);
  for (const std::size_t step : steps) reached[step] = true;
  return reached;
}

std::vector<std::size_t> StepGraph::last_steps() const {
  std::vector<std::size_t> last;
  for (std::size_t step = 0; step < size(); ++step) {
    if (followers_[step].empty()) last.push_back(step);
  }
  return last;
}

}  // namespace qflow
