#include "expression/evaluator.h"

#include <array>

#include "expression/arithmetic.h"
#include "expression/comparison.h"
#include "expression/container.h"
#include "expression/evaluation_error.h"
#include "expression/excerpt.h"
#include "expression/functions.h"
#include "expression/members.h"
#include "qflow/error/printable.h"

namespace qflow {

Evaluator::Evaluator(const Syntax& syntax, const Scope& scope, Meter meter)
    : syntax_(syntax), scope_(scope), meter_(meter), roots_(syntax.roots.size()), variables_(syntax.variables) {}

Result<Value> Evaluator::evaluate(NodeId id) {
  if (!meter_.spend(1)) return Meter::error();
  const Node& node = syntax_.node(id);
  switch (node.kind) {
    case NodeKind::kLiteral:
      return syntax_.constant_of(node);
    case NodeKind::kRoot:
      return root(node);
    case NodeKind::kVariable:
      return variables_[node.slot];
    case NodeKind::kField:
      return field(node);
    case NodeKind::kIndex:
      return index(node);
    case NodeKind::kHas:
      return has(node);
    case NodeKind::kCall:
      return call(node);
    case NodeKind::kList:
      return list(node);
    case NodeKind::kMap:
      return map(node);
    case NodeKind::kNot:
    case NodeKind::kNegate:
      return negated(node);
    case NodeKind::kAnd:
    case NodeKind::kOr:
      return junction(node);
    case NodeKind::kConditional:
      return conditional(node);
    case NodeKind::kBinary:
      return binary(node);
    case NodeKind::kMacro:
      return macro(node);
  }
  return Value();
}

Result<Value> Evaluator::evaluate_loaded(NodeId id) {
  QFLOW_ASSIGN(Value value, evaluate(id));
  return loaded(std::move(value));
}

Result<bool> Evaluator::truth(NodeId id) {
  QFLOW_ASSIGN(const Value value, evaluate_loaded(id));
  if (value.json() != nullptr && value.json()->is_boolean()) return value.json()->get<bool>();
  const std::string what = syntax_.is_literal(id) ? "" : source_excerpt(syntax_.text_of(syntax_.node(id))) + " is ";
  return tl::make_unexpected(evaluation_error(what + excerpt(value) + ", not true or false"));
}

Result<Value> Evaluator::root(const Node& node) {
  auto& known = roots_[node.slot];
  if (known) return *known;
  auto value = scope_.root(node.name);
  if (value) {
    known = *value;
  } else if (value.error().message.empty()) {
    value.error().message = "there is no " + quoted(node.name) + " here";
  }
  return value;
}

Result<Value> Evaluator::field(const Node& node) {
  QFLOW_ASSIGN(const Value object, evaluate(syntax_.child(node, 0)));
  return field_of({syntax_, node}, object, node.name, meter_);
}

Result<Value> Evaluator::index(const Node& node) {
  QFLOW_ASSIGN(const Value container, evaluate(syntax_.child(node, 0)));
  QFLOW_ASSIGN(const Value key, evaluate_loaded(syntax_.child(node, 1)));
  return element_of({syntax_, node}, container, key, meter_);
}

Result<Value> Evaluator::has(const Node& node) {
  QFLOW_ASSIGN(const Value object, evaluate(syntax_.child(node, 0)));
  return has_field({syntax_, node}, object, node.name);
}

Result<Value> Evaluator::call(const Node& node) {
  const bool wants_whole = node.function->implementation != call_size;
  std::array<Value, 3> arguments;
  for (std::size_t i = 0; i < node.child_count; ++i) {
    const NodeId child = syntax_.child(node, i);
    QFLOW_ASSIGN(arguments[i], wants_whole ? evaluate_loaded(child) : evaluate(child));
  }
  return node.function->implementation({syntax_, node, std::span(arguments).first(node.child_count), meter_});
}

Result<Value> Evaluator::list(const Node& node) {
  ValueList list;
  list.reserve(node.child_count);
  for (const NodeId child : syntax_.children_of(node)) {
    QFLOW_ASSIGN(Value element, evaluate(child));
    list.push_back(std::move(element));
  }
  return list_value(std::move(list));
}

Result<Value> Evaluator::map(const Node& node) {
  ValueMap map;
  for (std::size_t i = 0; i < node.child_count; i += 2) {
    QFLOW_ASSIGN(const Value key, evaluate_loaded(syntax_.child(node, i)));
    const auto* name = key.json() != nullptr ? key.json()->get_ptr<const Json::string_t*>() : nullptr;
    if (name == nullptr) {
      return tl::make_unexpected(
          evaluation_error("a key of a map is text, not " + typed_value({syntax_, node}, i, key)));
    }
    QFLOW_ASSIGN(Value value, evaluate(syntax_.child(node, i + 1)));
    if (!meter_.spend_bytes(name->size())) return Meter::error();
    if (!map.emplace(*name, std::move(value)).second) {
      return tl::make_unexpected(evaluation_error("the key " + quoted(*name) + " stands twice in one map"));
    }
  }
  return map_value(std::move(map));
}

Result<Value> Evaluator::negated(const Node& node) {
  const NodeId child = syntax_.child(node, 0);
  if (node.kind == NodeKind::kNot) {
    QFLOW_ASSIGN(const bool value, truth(child));
    return bool_value(!value);
  }
  QFLOW_ASSIGN(const Value value, evaluate_loaded(child));
  return negate({syntax_, node}, value);
}

// A term that decides absorbs the errors of the others, on either side of it.
Result<Value> Evaluator::junction(const Node& node) {
  const bool deciding = node.kind == NodeKind::kOr;
  std::optional<Error> first_error;
  for (const NodeId term : syntax_.children_of(node)) {
    auto value = truth(term);
    if (!value) {
      if (!first_error || meter_.exhausted()) first_error = std::move(value).error();
      if (meter_.exhausted()) break;
    } else if (*value == deciding) {
      return bool_value(deciding);
    }
  }
  if (first_error) return tl::make_unexpected(std::move(*first_error));
  return bool_value(!deciding);
}

Result<Value> Evaluator::conditional(const Node& node) {
  QFLOW_ASSIGN(const bool condition, truth(syntax_.child(node, 0)));
  return evaluate(syntax_.child(node, condition ? 1 : 2));
}

Result<Value> Evaluator::binary(const Node& node) {
  const Place place{syntax_, node};
  QFLOW_ASSIGN(const Value left, evaluate(syntax_.child(node, 0)));
  QFLOW_ASSIGN(const Value right, evaluate(syntax_.child(node, 1)));
  if (node.op == Operator::kIn) return is_in(place, left, right, meter_);
  if (node.op < Operator::kIn) return compare(place, left, right, meter_);
  if (left.object() == nullptr && right.object() == nullptr) return calculate(place, left, right, meter_);
  QFLOW_ASSIGN(const Value a, loaded(left));
  QFLOW_ASSIGN(const Value b, loaded(right));
  return calculate(place, a, b, meter_);
}

}  // namespace qflow
