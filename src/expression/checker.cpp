#include "expression/checker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "expression/functions.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {
namespace {

// What stands in a path for an index that is no constant name: a[0], a[b].
constexpr std::string_view kElement = "[]";

enum class AtElement { kEnds, kGoesOn };  // whether a path goes on behind such an index

class ReferenceFinder {
 public:
  ReferenceFinder(const Syntax& syntax, AtElement at_element) : syntax_(syntax), at_element_(at_element) {}

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
      if (found && at_element_ == AtElement::kGoesOn) extend(reference, kElement, syntax_.node(key).begin);
      if (at_element_ == AtElement::kEnds) reference.complete = false;
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
  AtElement at_element_;
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

// "trigger.events[]": the first elements of a path.
std::string path_text(const std::vector<std::string>& path, std::size_t size) {
  std::string text = path[0];
  for (std::size_t i = 1; i < size; ++i) text += path[i] == kElement ? path[i] : "." + path[i];
  return text;
}

ExpressionProblem unknown_part(const Reference& reference, std::size_t at, const ValueShape& shape) {
  const std::string whole = path_text(reference.path, at);
  std::vector<std::string> known;
  for (const auto& [name, value] : shape.fields) known.push_back(name);
  return {reference.offsets[at], "there is no field " + quoted(reference.path[at]) + " in " + whole,
          shape.element != nullptr ? "it is a list; name an element of it: " + whole + "[0]"
                                   : did_you_mean_or_list(reference.path[at], known)};
}

std::optional<ExpressionProblem> problem_below(const Reference& reference, const ScopeShape::Root& root) {
  const ValueShape* shape = root.below;
  for (std::size_t at = 1; shape != nullptr && at < reference.path.size(); ++at) {
    if (reference.path[at] == kElement) {
      shape = shape->element;
      continue;
    }
    const auto field = shape->fields.find(reference.path[at]);
    const bool is_known = field != shape->fields.end();
    if (!is_known && !shape->open) return unknown_part(reference, at, *shape);
    shape = is_known ? field->second : nullptr;
  }
  return std::nullopt;
}

std::optional<ExpressionProblem> problem_in(const Reference& reference, const ScopeShape& shape) {
  const auto is_it = [&](const ScopeShape::Root& root) { return root.name == reference.path[0]; };
  const auto root = std::find_if(shape.roots.begin(), shape.roots.end(), is_it);
  if (root == shape.roots.end()) return unknown_root(reference, shape);
  if (root->open || reference.path.size() == 1 || reference.path[1] == kElement) return problem_below(reference, *root);
  const bool is_known = std::find(root->fields.begin(), root->fields.end(), reference.path[1]) != root->fields.end();
  return is_known ? std::nullopt : std::optional(unknown_field(reference, *root));
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
  return ReferenceFinder(syntax, AtElement::kEnds).find();
}

std::vector<ExpressionProblem> check_references(const Syntax& syntax, const ScopeShape& shape) {
  std::vector<ExpressionProblem> problems;
  for (const Reference& reference : ReferenceFinder(syntax, AtElement::kGoesOn).find()) {
    if (auto problem = problem_in(reference, shape)) problems.push_back(std::move(*problem));
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
