#include "expression/checker.h"

#include <algorithm>

#include "expression/functions.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {
namespace {

class ReferenceFinder {
 public:
  explicit ReferenceFinder(const Syntax& syntax) : syntax_(syntax) {}

  std::vector<Reference> find() {
    visit(syntax_.top);
    const auto before = [](const Reference& a, const Reference& b) { return a.offset < b.offset; };
    std::stable_sort(found_.begin(), found_.end(), before);
    return std::move(found_);
  }

 private:
  void visit(NodeId id) {
    Reference reference;
    if (trace(id, reference)) found_.push_back(std::move(reference));
  }

  // Follows fields and indices down to the name that they start from and adds them to its path; false when they start
  // from something else, which has been visited then.
  bool trace(NodeId id, Reference& reference) {
    const Node& node = syntax_.node(id);
    switch (node.kind) {
      case NodeKind::kRoot:
        reference.offset = node.begin;
        extend(reference, node.name, node.begin);
        return true;
      case NodeKind::kField:
      case NodeKind::kHas:
        if (!trace(syntax_.child(node, 0), reference)) return false;
        extend(reference, node.name, node.anchor);
        return true;
      case NodeKind::kIndex:
        return trace_index(node, reference);
      default:
        for (const NodeId child : syntax_.children_of(node)) visit(child);
        return false;
    }
  }

  bool trace_index(const Node& node, Reference& reference) {
    const NodeId key = syntax_.child(node, 1);
    const bool found = trace(syntax_.child(node, 0), reference);
    if (const std::string* name = syntax_.literal_text(key)) {
      if (found) extend(reference, *name, syntax_.node(key).begin);
    } else {
      reference.complete = false;
      visit(key);
    }
    return found;
  }

  static void extend(Reference& reference, std::string_view name, std::size_t offset) {
    if (!reference.complete) return;
    reference.path.emplace_back(name);
    reference.offsets.push_back(offset);
  }

  const Syntax& syntax_;
  std::vector<Reference> found_;
};

ExpressionProblem unknown_root(const Reference& reference, const ScopeShape& shape) {
  const std::string& name = reference.path[0];
  const std::string message = "there is no " + quoted(name) + " in " + shape.place;
  for (const ScopeShape::Absent& absent : shape.absent) {
    if (absent.name == name) return {reference.offset, message, absent.advice};
  }
  std::vector<std::string> known;
  for (const ScopeShape::Root& root : shape.roots) known.push_back(root.name);
  return {reference.offset, message, did_you_mean_or_list(name, known)};
}

ExpressionProblem unknown_field(const Reference& reference, const ScopeShape::Root& root) {
  const std::string& name = reference.path[1];
  std::string advice = did_you_mean_or_list(name, root.fields);
  if (root.fields.empty()) advice = "there are no " + root.noun + "s";
  return {reference.offsets[1], "there is no " + root.noun + " " + quoted(name) + " in " + root.name,
          std::move(advice)};
}

ExpressionType type_of_literal(const Json& json) {
  if (json.is_null()) return ExpressionType::kNull;
  if (json.is_boolean()) return ExpressionType::kBool;
  if (json.is_number()) return ExpressionType::kNumber;
  if (json.is_string()) return ExpressionType::kText;
  return json.is_array() ? ExpressionType::kList : ExpressionType::kObject;
}

// Of + and its like: of one known operand only where the other can't change it.
ExpressionType type_of_binary(const Syntax& syntax, const Node& node) {
  if (node.op <= Operator::kIn) return ExpressionType::kBool;
  const ExpressionType left = type_of(syntax, syntax.child(node, 0));
  const ExpressionType right = type_of(syntax, syntax.child(node, 1));
  for (const ExpressionType type : {ExpressionType::kNumber, ExpressionType::kText, ExpressionType::kList}) {
    if (left == type || right == type) return type;
  }
  if (node.op == Operator::kMultiply || node.op == Operator::kDivide || node.op == Operator::kRemainder) {
    return ExpressionType::kNumber;
  }
  return ExpressionType::kUnknown;
}

}  // namespace

std::vector<Reference> find_references(const Syntax& syntax) {
  return ReferenceFinder(syntax).find();
}

std::vector<ExpressionProblem> check_references(const Syntax& syntax, const ScopeShape& shape) {
  std::vector<ExpressionProblem> problems;
  for (const Reference& reference : find_references(syntax)) {
    const auto is_it = [&](const ScopeShape::Root& root) { return root.name == reference.path[0]; };
    const auto root = std::find_if(shape.roots.begin(), shape.roots.end(), is_it);
    if (root == shape.roots.end()) {
      problems.push_back(unknown_root(reference, shape));
    } else if (!root->open && reference.path.size() > 1 &&
               std::find(root->fields.begin(), root->fields.end(), reference.path[1]) == root->fields.end()) {
      problems.push_back(unknown_field(reference, *root));
    }
  }
  return problems;
}

ExpressionType type_of(const Syntax& syntax, NodeId id) {
  const Node& node = syntax.node(id);
  switch (node.kind) {
    case NodeKind::kLiteral:
      return type_of_literal(*syntax.constant_of(node).json());
    case NodeKind::kCall:
      return node.function->type;
    case NodeKind::kList:
      return ExpressionType::kList;
    case NodeKind::kMap:
      return ExpressionType::kObject;
    case NodeKind::kHas:
    case NodeKind::kNot:
    case NodeKind::kAnd:
    case NodeKind::kOr:
      return ExpressionType::kBool;
    case NodeKind::kNegate:
      return ExpressionType::kNumber;
    case NodeKind::kConditional: {
      const ExpressionType chosen = type_of(syntax, syntax.child(node, 1));
      return chosen == type_of(syntax, syntax.child(node, 2)) ? chosen : ExpressionType::kUnknown;
    }
    case NodeKind::kBinary:
      return type_of_binary(syntax, node);
    case NodeKind::kMacro:
      return node.macro == Macro::kFilter || node.macro == Macro::kMap ? ExpressionType::kList : ExpressionType::kBool;
    default:
      return ExpressionType::kUnknown;
  }
}

}  // namespace qflow
