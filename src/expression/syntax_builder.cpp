#include "expression/syntax_builder.h"

#include <algorithm>
#include <set>

#include "expression/functions.h"
#include "qflow/error/printable.h"

namespace qflow {
namespace {

Node shaped(const SyntaxBuilder::Shape& shape) {
  Node node;
  node.kind = shape.kind;
  node.begin = static_cast<std::uint32_t>(shape.begin);
  node.end = static_cast<std::uint32_t>(shape.end);
  node.anchor = static_cast<std::uint32_t>(shape.anchor);
  return node;
}

}  // namespace

NodeId SyntaxBuilder::fail(std::size_t offset, std::string message, std::string advice) {
  if (!problem_) problem_ = ExpressionProblem{offset, std::move(message), std::move(advice)};
  return kNoNode;
}

std::string_view SyntaxBuilder::text_of(const Token& token) const {
  return std::string_view(syntax_.text).substr(token.begin, token.end - token.begin);
}

NodeId SyntaxBuilder::add(Node node, std::span<const NodeId> children) {
  int depth = 0;
  for (const NodeId child : children) depth = std::max<int>(depth, syntax_.nodes[child].depth);
  if (depth >= kMaxExpressionDepth) {
    return fail(node.anchor, "the expression is more than 200 levels deep", "compute a part of it in a step");
  }
  node.depth = static_cast<std::uint16_t>(depth + 1);
  node.first_child = static_cast<std::uint32_t>(syntax_.children.size());
  node.child_count = static_cast<std::uint32_t>(children.size());
  syntax_.children.insert(syntax_.children.end(), children.begin(), children.end());
  syntax_.nodes.push_back(node);
  return static_cast<NodeId>(syntax_.nodes.size() - 1);
}

NodeId SyntaxBuilder::node(const Shape& shape, std::span<const NodeId> children) {
  return add(shaped(shape), children);
}

NodeId SyntaxBuilder::literal(std::size_t begin, std::size_t end, Json value) {
  Node node = shaped({NodeKind::kLiteral, begin, end, begin});
  node.slot = static_cast<std::uint32_t>(syntax_.constants.size());
  syntax_.constants.emplace_back(std::move(value));
  return add(node, {});
}

NodeId SyntaxBuilder::name(const Token& token) {
  Node node = shaped({NodeKind::kRoot, token.begin, token.end, token.begin});
  node.name = text_of(token);
  const auto variable = std::find(variables_.rbegin(), variables_.rend(), node.name);
  if (variable != variables_.rend()) {
    node.kind = NodeKind::kVariable;
    node.slot = static_cast<std::uint32_t>(variables_.rend() - variable - 1);
    return add(node, {});
  }
  auto& roots = syntax_.roots;
  const auto known = std::find(roots.begin(), roots.end(), node.name);
  node.slot = static_cast<std::uint32_t>(known - roots.begin());
  if (known == roots.end()) roots.push_back(node.name);
  return add(node, {});
}

NodeId SyntaxBuilder::field(std::size_t begin, const Token& name, NodeId operand) {
  Node node = shaped({NodeKind::kField, begin, name.end, name.begin});
  node.name = text_of(name);
  return add(node, std::span(&operand, 1));
}

NodeId SyntaxBuilder::has(const Shape& shape, NodeId field) {
  const Node asked = syntax_.nodes[field];
  if (asked.kind != NodeKind::kField) {
    const bool is_key = asked.kind == NodeKind::kIndex && syntax_.literal_text(syntax_.child(asked, 1)) != nullptr;
    return fail(asked.begin, "has() asks for a field: has(a.b)", is_key ? "write \"key\" in a" : "");
  }
  Node node = shaped(shape);
  node.anchor = asked.anchor;
  node.name = asked.name;
  const NodeId operand = syntax_.child(asked, 0);
  return add(node, std::span(&operand, 1));
}

NodeId SyntaxBuilder::binary(Operator op, const Shape& shape, NodeId left, NodeId right) {
  Node node = shaped(shape);
  node.op = op;
  const NodeId children[] = {left, right};
  return add(node, children);
}

// Folding only what is flat copies each constant once.
bool SyntaxBuilder::all_scalars(std::span<const NodeId> nodes) const {
  return std::all_of(nodes.begin(), nodes.end(), [this](NodeId id) {
    const Node& node = syntax_.nodes[id];
    return node.kind == NodeKind::kLiteral && !syntax_.constant_of(node).json()->is_structured();
  });
}

NodeId SyntaxBuilder::list(const Shape& shape, std::span<const NodeId> elements) {
  if (!all_scalars(elements)) return node(shape, elements);
  Json list = Json::array();
  for (const NodeId element : elements) list.push_back(*syntax_.constant_of(syntax_.nodes[element]).json());
  return literal(shape.begin, shape.end, std::move(list));
}

NodeId SyntaxBuilder::map(const Shape& shape, std::span<const NodeId> entries) {
  std::set<std::string_view> keys;
  for (std::size_t i = 0; i < entries.size(); i += 2) {
    const Node& key = syntax_.nodes[entries[i]];
    if (key.kind != NodeKind::kLiteral) continue;
    const std::string* text = syntax_.literal_text(entries[i]);
    if (text == nullptr) return fail(key.begin, "a key of a map is text", "write it in quotes");
    if (!keys.insert(*text).second) return fail(key.begin, "the key " + quoted(*text) + " stands twice in one map");
  }
  if (!all_scalars(entries)) return node(shape, entries);
  Json map = Json::object();
  for (std::size_t i = 0; i < entries.size(); i += 2) {
    map[*syntax_.literal_text(entries[i])] = *syntax_.constant_of(syntax_.nodes[entries[i + 1]]).json();
  }
  return literal(shape.begin, shape.end, std::move(map));
}

NodeId SyntaxBuilder::call(const Shape& shape, const Function& function, std::span<const NodeId> arguments) {
  Node node = shaped(shape);
  node.function = &function;
  node.name = function.name;
  if (function.implementation == call_matches) {
    if (const std::string* pattern = syntax_.literal_text(arguments[1])) {
      auto compiled = Pattern::compile(*pattern, patterns_meter_);
      if (patterns_meter_.exhausted()) {
        return fail(syntax_.nodes[arguments[1]].begin, "the regular expressions of one expression are too large",
                    "write simpler ones");
      }
      if (!compiled) {
        return fail(syntax_.nodes[arguments[1]].begin, "not a regular expression: " + printable(compiled.error()),
                    "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax");
      }
      syntax_.patterns.push_back(std::move(*compiled));
      node.slot = static_cast<std::uint32_t>(syntax_.patterns.size());
    }
  }
  return add(node, arguments);
}

NodeId SyntaxBuilder::macro(const Shape& shape, Macro macro, const Token& variable, std::span<const NodeId> parts) {
  Node node = shaped(shape);
  node.macro = macro;
  node.name = text_of(variable);
  node.slot = static_cast<std::uint32_t>(variables_.size());
  return add(node, parts);
}

void SyntaxBuilder::open_variable(const Token& variable) {
  variables_.push_back(text_of(variable));
  syntax_.variables = std::max(syntax_.variables, variables_.size());
}

}  // namespace qflow
