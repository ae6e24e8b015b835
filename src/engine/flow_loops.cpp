#include "qflow/engine/flow_loops.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>

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
  if (project.branch) return branch == (project.production ? "prod." : "test.") + project.branch->value;
  return project.production ? branch == "prod" : branch.rfind("user.", 0) == 0;
}

bool is_meant(const RunSubscription& run, const FlowDefinition& listener, const FlowDefinition& upstream) {
  if (run.flow != upstream.id) return false;
  if (!run.name_space) return same_project(listener, upstream);
  if (!upstream.project || upstream.project->name.value != run.name_space->project.text()) return false;
  return is_branch(*upstream.project, run.name_space->branch);
}

bool is_published(const EventSubscription& event, const FlowDefinition& listener, const FlowDefinition& upstream) {
  for (const Step& step : upstream.steps) {
    for (const StepPublish& publish : step.publish) {
      if (publish.namespaced != event.namespaced || publish.event.value != event.event.text()) continue;
      if (!event.namespaced || same_project(listener, upstream)) return true;
    }
  }
  return false;
}

bool starts(const Subscription& subscription, const FlowDefinition& listener, const FlowDefinition& upstream) {
  if (const auto* run = std::get_if<RunSubscription>(&subscription)) return is_meant(*run, listener, upstream);
  const auto* event = std::get_if<EventSubscription>(&subscription);
  return event != nullptr && is_published(*event, listener, upstream);
}

class FlowGraph {
 public:
  explicit FlowGraph(const std::vector<FlowWithTriggers>& flows) : edges_(flows.size()) {
    for (std::size_t to = 0; to < flows.size(); ++to) {
      for (const auto& trigger : *flows[to].triggers) {
        for (const Subscription& subscription : trigger->subscriptions()) {
          for (std::size_t from = 0; from < flows.size(); ++from) {
            if (!starts(subscription, *flows[to].flow, *flows[from].flow)) continue;
            edges_[from].push_back({to, source_of(subscription).position});
          }
        }
      }
    }
  }

  // A shortest way from a flow back to itself, both ends included; empty when there is none.
  std::vector<std::size_t> shortest_loop(std::size_t flow) const {
    std::vector<std::optional<std::size_t>> before(edges_.size());
    std::deque<std::size_t> open = {flow};
    while (!open.empty() && !before[flow]) {
      const std::size_t from = open.front();
      open.pop_front();
      for (const Edge& edge : edges_[from]) {
        if (before[edge.to]) continue;
        before[edge.to] = from;
        open.push_back(edge.to);
      }
    }
    if (!before[flow]) return {};
    std::vector<std::size_t> path = {flow};
    for (std::size_t at = *before[flow]; at != flow; at = *before[at]) path.push_back(at);
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
  for (std::size_t flow = 0; flow < flows.size(); ++flow) {
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
