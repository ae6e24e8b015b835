#include "cli/flow_drawing.h"

#include <fmt/format.h>

#include <map>

#include "cli/step_drawing.h"
#include "qflow/trigger/trigger_sentence.h"

namespace qflow {

namespace {

enum class NodeKind { kFlow, kEvent, kOther };

struct Node {
  NodeKind kind;
  std::string text;
  friend auto operator<=>(const Node&, const Node&) = default;
};

struct Edge {
  std::size_t from;
  std::size_t to;
  std::string text;
};

// The nodes in the order of their first appearance.
class FlowGraph {
 public:
  explicit FlowGraph(const std::vector<LoadedFlow>& flows) {
    for (const LoadedFlow& flow : flows) node(NodeKind::kFlow, flow.definition->id.text());
    for (const LoadedFlow& flow : flows) {
      add_triggers(flow);
      add_published(*flow.definition);
    }
  }

  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<Edge>& edges() const { return edges_; }

 private:
  std::size_t node(NodeKind kind, std::string text) {
    Node wanted{kind, std::move(text)};
    const auto [place, added] = places_.emplace(wanted, nodes_.size());
    if (added) nodes_.push_back(std::move(wanted));
    return place->second;
  }

  std::size_t source_node(const Subscription& subscription, const Trigger& trigger) {
    if (const auto* run = std::get_if<RunSubscription>(&subscription)) return node(NodeKind::kFlow, run->flow.text());
    if (const auto* event = std::get_if<EventSubscription>(&subscription)) {
      return node(NodeKind::kEvent, event->event.text());
    }
    return node(NodeKind::kOther, fmt::format("{}: {}", trigger.id().text(), describe_condition(trigger)));
  }

  // A leg is nothing without its group, whose match says what it starts together with which others.
  static std::string edge_text(const Subscription& subscription, const Trigger& trigger) {
    std::string text = trigger.id().text();
    const Trigger* group = trigger.group();
    if (group != nullptr) text += fmt::format(" of {}: {}", group->id().text(), group->rules().match.text());
    const auto* run = std::get_if<RunSubscription>(&subscription);
    if (run == nullptr) return text;
    if (run->step) text += fmt::format(", step {}", run->step->text());
    if (run->condition != RunCondition::kSuccess) text += fmt::format(", {}", to_text(run->condition));
    return text;
  }

  void add_triggers(const LoadedFlow& flow) {
    const std::size_t target = node(NodeKind::kFlow, flow.definition->id.text());
    for (const auto& trigger : flow.triggers) {
      for (const Subscription& subscription : trigger->subscriptions()) {
        const std::size_t source = source_node(subscription, *trigger);
        edges_.push_back({source, target, edge_text(subscription, *trigger)});
      }
    }
  }

  void add_published(const FlowDefinition& flow) {
    const std::size_t source = node(NodeKind::kFlow, flow.id.text());
    for (const Step& step : flow.steps) {
      for (const StepPublish& publish : step.publish) {
        edges_.push_back({source, node(NodeKind::kEvent, publish.event.value), step.id.text()});
      }
    }
  }

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::map<Node, std::size_t> places_;
};

std::string published_by(const FlowDefinition& flow) {
  std::string text;
  for (const Step& step : flow.steps) {
    for (const StepPublish& publish : step.publish) {
      text += fmt::format("  publishes {} after {}\n", publish.event.value, step.id.text());
    }
  }
  return text;
}

}  // namespace

std::string draw_flows(const std::vector<LoadedFlow>& flows) {
  std::string text;
  for (const LoadedFlow& flow : flows) {
    text += flow.definition->id.text() + "\n";
    for (const auto& trigger : flow.triggers) {
      if (trigger->group() == nullptr) text += fmt::format("  runs {}\n", describe_condition(*trigger));
    }
    if (flow.triggers.empty()) text += "  runs when it is started by hand\n";
    text += published_by(*flow.definition);
  }
  return text;
}

std::string flows_as_mermaid(const std::vector<LoadedFlow>& flows) {
  const FlowGraph graph(flows);
  std::string text = "flowchart LR\n";
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const bool rounded = node.kind == NodeKind::kEvent;
    const std::string_view open = node.kind == NodeKind::kFlow ? "[\"" : rounded ? "([\"" : "{{\"";
    const std::string_view close = node.kind == NodeKind::kFlow ? "\"]" : rounded ? "\"])" : "\"}}";
    text += fmt::format("  n{}{}{}{}\n", i, open, mermaid_text(node.text), close);
  }
  for (const Edge& edge : graph.edges()) {
    text += fmt::format("  n{} -->|\"{}\"| n{}\n", edge.from, mermaid_text(edge.text), edge.to);
  }
  return text;
}

std::string flows_as_dot(const std::vector<LoadedFlow>& flows) {
  const FlowGraph graph(flows);
  std::string text = "digraph flows {\n  rankdir=LR\n";
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const std::string_view shape = node.kind == NodeKind::kFlow    ? "box"
                                   : node.kind == NodeKind::kEvent ? "ellipse"
                                                                   : "hexagon";
    text += fmt::format("  n{} [shape={}, label=\"{}\"]\n", i, shape, dot_text(node.text));
  }
  for (const Edge& edge : graph.edges()) {
    text += fmt::format("  n{} -> n{} [label=\"{}\"]\n", edge.from, edge.to, dot_text(edge.text));
  }
  return text + "}\n";
}

}  // namespace qflow
