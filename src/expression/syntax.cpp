#include "expression/syntax.h"

#include <algorithm>

namespace qflow {

const std::string* Syntax::literal_text(NodeId id) const {
  const Node& literal = node(id);
  if (literal.kind != NodeKind::kLiteral) return nullptr;
  const Json* json = constant_of(literal).json();
  return json != nullptr ? json->get_ptr<const Json::string_t*>() : nullptr;
}

bool Syntax::is_path(NodeId id) const {
  const Node* part = &node(id);
  while (part->kind == NodeKind::kField || part->kind == NodeKind::kIndex) part = &node(child(*part, 0));
  return part->kind == NodeKind::kRoot || part->kind == NodeKind::kVariable;
}

bool Syntax::is_constant(NodeId id) const {
  const Node& top_node = node(id);
  if (top_node.kind == NodeKind::kRoot || top_node.kind == NodeKind::kVariable) return false;
  const auto below = children_of(top_node);
  return std::all_of(below.begin(), below.end(), [this](NodeId part) { return is_constant(part); });
}

}  // namespace qflow
