#include "cli/step_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/model/step_graph.h"

namespace qflow {

namespace {

// A deeper tree would leave the terminal: then the steps are a list in the order of running.
constexpr std::size_t kDeepestTree = 20;

struct Line {
  std::string head;  // branches and name
  std::string note;
};

// For each step the one that it is drawn below, and the steps drawn below it.
struct Tree {
  std::vector<std::size_t> roots;
  std::vector<std::vector<std::size_t>> children;
  std::size_t depth = 0;
};

// Each step hangs below the one of its needs that lies deepest; of equal ones, below the last.
Tree hang_up(const StepGraph& graph) {
  Tree tree{{}, std::vector<std::vector<std::size_t>>(graph.size()), 0};
  std::vector<std::size_t> depth(graph.size(), 0);
  std::vector<std::optional<std::size_t>> parent(graph.size());
  for (const std::size_t step : graph.topological_order()) {
    for (const std::size_t need : graph.needs(step)) {
      if (parent[step] && depth[need] < depth[*parent[step]]) continue;
      parent[step] = need;
      depth[step] = depth[need] + 1;
    }
    tree.depth = std::max(tree.depth, depth[step]);
  }
  for (std::size_t step = 0; step < graph.size(); ++step) {
    (parent[step] ? tree.children[*parent[step]] : tree.roots).push_back(step);
  }
  return tree;
}

std::string needs_text(const Step& step) {
  std::string text = "after ";
  for (std::size_t i = 0; i < step.needs.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == step.needs.size() ? " and " : ", ", step.needs[i].value.text());
  }
  return text;
}

// What the branches do not show; `shown_needs` is how many needs they show.
std::string conditions(const Step& step, std::size_t shown_needs) {
  std::string text = step.needs.size() > shown_needs ? needs_text(step) : std::string();
  const auto add = [&](std::string_view word, const std::optional<Located<std::string>>& expression) {
    if (expression) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", word, printable(expression->value));
  };
  add("for each of", step.foreach);
  add("if", step.when);
  return text;
}

std::string joined_notes(const std::string& given, const std::string& own) {
  return given.empty() || own.empty() ? given + own : fmt::format("{}  {}", given, own);
}

std::vector<Line> tree_lines(const FlowDefinition& flow, const Tree& tree, const StepNote& note) {
  struct Place {
    std::size_t step;
    std::string branch;  // before the step's own name
    std::string margin;  // before those below it
  };
  std::vector<Line> lines;
  std::vector<Place> open;
  for (std::size_t i = tree.roots.size(); i-- > 0;) open.push_back({tree.roots[i], "", ""});
  while (!open.empty()) {
    const Place place = std::move(open.back());
    open.pop_back();
    const Step& step = flow.steps[place.step];
    lines.push_back({place.branch + step.id.text(), joined_notes(note ? note(step) : "", conditions(step, 1))});
    const std::vector<std::size_t>& children = tree.children[place.step];
    for (std::size_t i = children.size(); i-- > 0;) {
      const bool last = i + 1 == children.size();
      open.push_back({children[i], place.margin + (last ? "└─ " : "├─ "), place.margin + (last ? "   " : "│  ")});
    }
  }
  return lines;
}

std::vector<Line> list_lines(const FlowDefinition& flow, const StepGraph& graph, const StepNote& note) {
  std::vector<Line> lines;
  for (const std::size_t i : graph.topological_order()) {
    const Step& step = flow.steps[i];
    lines.push_back({step.id.text(), joined_notes(note ? note(step) : "", conditions(step, 0))});
  }
  return lines;
}

std::string aligned(const std::vector<Line>& lines) {
  int width = 0;
  for (const Line& line : lines) width = std::max(width, display_width(line.head));
  std::string text;
  for (const Line& line : lines) {
    text += line.head;
    if (!line.note.empty()) text += fmt::format("{:{}}{}", "", width - display_width(line.head) + 2, line.note);
    text += "\n";
  }
  return text;
}

// Whatever could end the quotes or stand for markup becomes an entity.
std::string with_entities(std::string_view text, std::string_view special, std::string_view format) {
  std::string result;
  for (const char c : printable(text)) {
    if (special.find(c) == std::string_view::npos) {
      result += c;
    } else {
      result += fmt::format(fmt::runtime(format), static_cast<int>(c));
    }
  }
  return result;
}

std::string label(const Step& step, std::string_view line_break, std::string (*quote)(std::string_view)) {
  std::string text = quote(step.id.text());
  if (step.foreach) text += fmt::format("{}for each of {}", line_break, quote(step.foreach->value));
  if (step.when) text += fmt::format("{}if {}", line_break, quote(step.when->value));
  return text;
}

}  // namespace

std::string draw_steps(const FlowDefinition& flow, const StepNote& note) {
  const StepGraph graph(flow.steps);
  const Tree tree = hang_up(graph);
  return aligned(tree.depth > kDeepestTree ? list_lines(flow, graph, note) : tree_lines(flow, tree, note));
}

std::string steps_as_mermaid(const FlowDefinition& flow) {
  const StepGraph graph(flow.steps);
  std::string text = "flowchart TD\n";
  for (std::size_t i = 0; i < graph.size(); ++i) {
    text += fmt::format("  s{}[\"{}\"]\n", i, label(flow.steps[i], "<br>", mermaid_text));
  }
  for (std::size_t i = 0; i < graph.size(); ++i) {
    for (const std::size_t need : graph.needs(i)) text += fmt::format("  s{} --> s{}\n", need, i);
  }
  return text;
}

std::string steps_as_dot(const FlowDefinition& flow) {
  const StepGraph graph(flow.steps);
  std::string text = fmt::format("digraph \"{}\" {{\n  node [shape=box]\n", dot_text(flow.id.text()));
  for (std::size_t i = 0; i < graph.size(); ++i) {
    text += fmt::format("  s{} [label=\"{}\"]\n", i, label(flow.steps[i], "\\n", dot_text));
  }
  for (std::size_t i = 0; i < graph.size(); ++i) {
    for (const std::size_t need : graph.needs(i)) text += fmt::format("  s{} -> s{}\n", need, i);
  }
  return text + "}\n";
}

std::string mermaid_text(std::string_view text) {
  return with_entities(text, "\"#<>&;", "#{};");
}

std::string dot_text(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

}  // namespace qflow
