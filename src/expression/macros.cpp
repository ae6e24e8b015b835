#include "expression/container.h"
#include "expression/evaluation_error.h"
#include "expression/evaluator.h"

namespace qflow {
namespace {

ValueList text_values(std::vector<std::string> names) {
  ValueList values;
  values.reserve(names.size());
  for (std::string& name : names) values.emplace_back(Json(std::move(name)));
  return values;
}

}  // namespace

Result<ValueList> Evaluator::elements(const Place& place) {
  QFLOW_ASSIGN(const Value range, evaluate(syntax_.child(place.node, 0)));
  if (const LazyObject* object = range.object()) {
    std::vector<std::string> names = object->names();
    if (!meter_.spend(names.size())) return Meter::error();
    return text_values(std::move(names));
  }
  if (const auto list = ListView::of(range)) {
    if (!meter_.spend(list->size())) return Meter::error();
    ValueList values;
    values.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) values.push_back(list->at(i));
    return values;
  }
  if (const auto map = MapView::of(range)) {
    if (!meter_.spend(map->size())) return Meter::error();
    return text_values(map->names());
  }
  return tl::make_unexpected(
      evaluation_error("a macro goes through a list or an object, not " + typed_value(place, 0, range)));
}

Result<Value> Evaluator::macro(const Node& node) {
  QFLOW_ASSIGN(const ValueList elements, this->elements({syntax_, node}));
  switch (node.macro) {
    case Macro::kAll:
    case Macro::kExists:
      return quantifier(node, elements);
    case Macro::kExistsOne:
      return exists_one(node, elements);
    case Macro::kFilter:
      return filter(node, elements);
    case Macro::kMap:
      return map_macro(node, elements);
  }
  return Value();
}

// all is the && of its elements, exists the ||: errors are absorbed alike.
Result<Value> Evaluator::quantifier(const Node& node, const ValueList& elements) {
  const bool deciding = node.macro == Macro::kExists;
  std::optional<Error> first_error;
  for (const Value& element : elements) {
    set_variable(node.slot, element);
    auto value = truth(syntax_.child(node, 1));
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

Result<Value> Evaluator::exists_one(const Node& node, const ValueList& elements) {
  std::size_t count = 0;
  for (const Value& element : elements) {
    set_variable(node.slot, element);
    QFLOW_ASSIGN(const bool value, truth(syntax_.child(node, 1)));
    count += value ? 1 : 0;
  }
  return bool_value(count == 1);
}

Result<Value> Evaluator::filter(const Node& node, const ValueList& elements) {
  ValueList kept;
  for (const Value& element : elements) {
    set_variable(node.slot, element);
    QFLOW_ASSIGN(const bool value, truth(syntax_.child(node, 1)));
    if (value) kept.push_back(element);
  }
  return list_value(std::move(kept));
}

Result<Value> Evaluator::map_macro(const Node& node, const ValueList& elements) {
  ValueList values;
  for (const Value& element : elements) {
    set_variable(node.slot, element);
    if (node.child_count == 3) {
      QFLOW_ASSIGN(const bool kept, truth(syntax_.child(node, 1)));
      if (!kept) continue;
    }
    QFLOW_ASSIGN(Value value, evaluate(syntax_.child(node, node.child_count - 1)));
    values.push_back(std::move(value));
  }
  return list_value(std::move(values));
}

}  // namespace qflow
