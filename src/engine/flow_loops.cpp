#include "qflow/engine/flow_loops.h"

#include <algorithm>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "qflow/model/name_characters.h"

namespace qflow {
namespace {

// One flow that starts another, and the source in the other's file that says so.
struct Edge {
  std::size_t to = 0;
  SourcePosition position;
};

bool same_project(const FlowDefinition& a, const FlowDefinition& b) {
  const auto name = [](const FlowDefinition& flow) { return flow.project ? flow.project->name.value : std::string(); };
  return name(a) == name(b);
}

// Whether the project is deployed to that branch, as its file alone says: "prod.bar", "test.bar", "prod", "user.alice".
bool is_branch(const Project& project, const std::string& branch) {
  if (project.branch) return branch == (project.production ? "prod." : "test.") + kept_in_names(project.branch->value);
  return project.production ? branch == "prod" : branch.rfind("user.", 0) == 0;
}

bool is_meant(const RunSubscription& run, const FlowDefinition& listener, const FlowDefinition& upstream) {
  if (!run.name_space) return same_project(listener, upstream);
  if (!upstream.project || upstream.project->name.value != run.name_space->project.text()) return false;
  return is_branch(*upstream.project, run.name_space->branch);
}

// Whether the listener hears the event that a step of the upstream flow publishes under its short name.
bool is_heard(const EventSubscription& event, const FlowDefinition& listener, const FlowDefinition& upstream) {
  return !event.namespaced || same_project(listener, upstream);
}

// The flows that may start others, by what a subscription says of them, each in the order of the flows.
class Upstreams {
 public:
  explicit Upstreams(const std::vector<FlowWithTriggers>& flows) : flows_(flows) {
    for (std::size_t flow = 0; flow < flows.size(); ++flow) {
      by_id_[flows[flow].flow->id].push_back(flow);
      for (const Step& step : flows[flow].flow->steps) {
        for (const StepPublish& publish : step.publish) {
          std::vector<std::size_t>& publishers = by_event_[{publish.event.value, publish.namespaced}];
          if (publishers.empty() || publishers.back() != flow) publishers.push_back(flow);
        }
      }
    }
  }

  std::vector<std::size_t> of(const Subscription& subscription, const FlowDefinition& listener) const {
    std::vector<std::size_t> found;
    if (const auto* run = std::get_if<RunSubscription>(&subscription)) {
      for (const std::size_t flow : at(by_id_, run->flow)) {
        if (is_meant(*run, listener, *flows_[flow].flow)) found.push_back(flow);
      }
    } else if (const auto* event = std::get_if<EventSubscription>(&subscription)) {
      for (const std::size_t flow : at(by_event_, std::pair(std::string(event->event.text()), event->namespaced))) {
        if (is_heard(*event, listener, *flows_[flow].flow)) found.push_back(flow);
      }
    }
    return found;
  }

 private:
  template <class Key>
  static std::span<const std::size_t> at(const std::map<Key, std::vector<std::size_t>>& index, const Key& key) {
    const auto found = index.find(key);
    return found == index.end() ? std::span<const std::size_t>() : found->second;
  }

  const std::vector<FlowWithTriggers>& flows_;
  std::map<FlowId, std::vector<std::size_t>> by_id_;
  std::map<std::pair<std::string, bool>, std::vector<std::size_t>> by_event_;  // as published, whether namespaced
};

class FlowGraph {
 public:
  explicit FlowGraph(const std::vector<FlowWithTriggers>& flows) : edges_(flows.size()) {
    const Upstreams upstreams(flows);
    for (std::size_t to = 0; to < flows.size(); ++to) {
      for (const auto& trigger : *flows[to].triggers) {
        for (const Subscription& subscription : trigger->subscriptions()) {
          const SourcePosition position = source_of(subscription).position;
          for (const std::size_t from : upstreams.of(subscription, *flows[to].flow)) {
            edges_[from].push_back({to, position});
          }
        }
      }
    }
  }

  // The flows that lie on loops or behind them: those that are left when what nothing starts is taken away, again and
  // again.
  std::vector<std::size_t> suspects() const {
    std::vector<std::size_t> starters(edges_.size(), 0), gone, left;
    for (const auto& edges : edges_) {
      for (const Edge& edge : edges) ++starters[edge.to];
    }
    for (std::size_t flow = 0; flow < edges_.size(); ++flow) {
      if (starters[flow] == 0) gone.push_back(flow);
    }
    for (std::size_t next = 0; next < gone.size(); ++next) {
      for (const Edge& edge : edges_[gone[next]]) {
        if (--starters[edge.to] == 0) gone.push_back(edge.to);
      }
    }
    for (std::size_t flow = 0; flow < edges_.size(); ++flow) {
      if (starters[flow] > 0) left.push_back(flow);
    }
    return left;
  }

  // A shortest way from a flow back to itself, both ends included; empty when there is none.
  std::vector<std::size_t> shortest_loop(std::size_t flow) const {
    std::unordered_map<std::size_t, std::size_t> before;
    std::deque<std::size_t> open = {flow};
    while (!open.empty() && !before.contains(flow)) {
      const std::size_t from = open.front();
      open.pop_front();
      for (const Edge& edge : edges_[from]) {
        if (before.try_emplace(edge.to, from).second) open.push_back(edge.to);
      }
    }
    if (!before.contains(flow)) return {};
    std::vector<std::size_t> path = {flow};
    for (std::size_t at = before[flow]; at != flow; at = before[at]) path.push_back(at);
    path.push_back(flow);
    std::reverse(path.begin(), path.end());
    return path;
  }

  SourcePosition position(std::size_t from, std::size_t to) const {
    const auto found =
        std::find_if(edges_[from].begin(), edges_[from].end(), [&](const Edge& edge) { return edge.to == to; });
    return found->position;
  }

 private:
  std::vector<std::vector<Edge>> edges_;
};

}  // namespace

std::string FlowLoop::text() const {
  std::string joined;
  for (const std::string& flow : path) joined += (joined.empty() ? "" : " → ") + flow;
  return joined;
}

std::vector<FlowLoop> find_flow_loops(const std::vector<FlowWithTriggers>& flows) {
  const FlowGraph graph(flows);
  std::vector<FlowLoop> loops;
  std::vector<bool> reported(flows.size(), false);
  for (const std::size_t flow : graph.suspects()) {
    if (reported[flow]) continue;
    const std::vector<std::size_t> path = graph.shortest_loop(flow);
    if (path.empty()) continue;
    FlowLoop loop;
    loop.flow = flow;
    loop.position = graph.position(path[path.size() - 2], flow);
    for (const std::size_t at : path) {
      reported[at] = true;
      loop.path.push_back(flows[at].flow->id.text());
    }
    loops.push_back(std::move(loop));
  }
  return loops;
}

}  // namespace qflow
