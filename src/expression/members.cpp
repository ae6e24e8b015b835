#include "expression/members.h"

#include "expression/comparison.h"
#include "expression/container.h"
#include "expression/evaluation_error.h"
#include "expression/excerpt.h"
#include "expression/number.h"
#include "expression/value_content.h"

namespace qflow {
namespace {

// The number from 0 that a key names; doubles without fraction count, as numbers do everywhere.
std::optional<std::int64_t> position_in(const Value& key) {
  const auto number = number_in(key);
  if (!number) return std::nullopt;
  if (number->is_int) return number->integer;
  const auto whole = truncate(number->real);
  return whole && static_cast<double>(*whole) == number->real ? whole : std::nullopt;
}

std::string container_text(const Place& place) {
  return source_excerpt(place.syntax.text_of(place.syntax.node(place.syntax.child(place.node, 0))));
}

Result<Value> list_element(const Place& place, const ListView& list, const Value& key) {
  const auto position = position_in(key);
  if (!position) {
    return tl::make_unexpected(evaluation_error("an element of the list " + container_text(place) +
                                                " has an integer, not " + typed_value(place, 1, key)));
  }
  if (*position >= 0 && static_cast<std::uint64_t>(*position) < list.size()) {
    return list.at(static_cast<std::size_t>(*position));
  }
  const std::string count = list.size() == 0   ? "which is empty"
                            : list.size() == 1 ? "which has 1 element"
                                               : "which has " + std::to_string(list.size()) + " elements";
  return fail(ErrorKind::kNotFound,
              "no element " + std::to_string(*position) + " in " + container_text(place) + ", " + count,
              "elements count from 0");
}

Result<Value> lazy_field(const Place& place, const LazyObject& object, const std::string& name) {
  auto value = object.field(name);
  if (value || !value.error().message.empty()) return value;
  Error error = std::move(value).error();
  const Error named = missing_field(place, name, Value());
  error.message = named.message;
  return tl::make_unexpected(std::move(error));
}

}  // namespace

Result<Value> field_of(const Place& place, const Value& value, std::string_view name, Meter& meter) {
  if (const LazyObject* object = value.object()) return lazy_field(place, *object, std::string(name));
  const auto map = MapView::of(value);
  if (!map) return tl::make_unexpected(no_object(place, name, value));
  auto found = map->find(name);
  if (!found) return tl::make_unexpected(missing_field(place, name, meter.may_suggest() ? value : Value()));
  return std::move(*found);
}

Result<Value> element_of(const Place& place, const Value& value, const Value& key, Meter& meter) {
  if (const auto list = ListView::of(value)) return list_element(place, *list, key);
  const std::string* name = text_in(key);
  if (name != nullptr) return field_of(place, value, *name, meter);
  const auto position = position_in(key);
  if (value.object() != nullptr && position) return lazy_field(place, *value.object(), std::to_string(*position));
  if (value.object() != nullptr || MapView::of(value)) {
    return tl::make_unexpected(evaluation_error("a field of the object " + container_text(place) + " has text, not " +
                                                typed_value(place, 1, key)));
  }
  return tl::make_unexpected(evaluation_error(typed_value(place, 0, value) + " has no elements",
                                              text_in(value) != nullptr ? "write substring() for a part of text" : ""));
}

Result<Value> has_field(const Place& place, const Value& value, std::string_view name) {
  if (const LazyObject* object = value.object()) {
    QFLOW_ASSIGN(const bool has, object->has(name));
    return bool_value(has);
  }
  if (const auto map = MapView::of(value)) return bool_value(map->has(name));
  if (value.json() != nullptr && value.json()->is_null()) return bool_value(false);
  return tl::make_unexpected(no_object(place, name, value));
}

Result<Value> is_in(const Place& place, const Value& needle, const Value& container, Meter& meter) {
  if (const auto list = ListView::of(container)) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      QFLOW_ASSIGN(const bool equal, are_equal(needle, list->at(i), meter));
      if (equal) return bool_value(true);
    }
    return bool_value(false);
  }
  const std::string* name = text_in(needle);
  if (const LazyObject* object = container.object()) {
    if (name == nullptr) return bool_value(false);
    QFLOW_ASSIGN(const bool has, object->has(*name));
    return bool_value(has);
  }
  if (const auto map = MapView::of(container)) return bool_value(name != nullptr && map->has(*name));
  Error error = wrong_operands(place, needle, container);
  error.advice = text_in(container) != nullptr ? "write text.contains(part)" : "'in' looks in a list or an object";
  return tl::make_unexpected(std::move(error));
}

}  // namespace qflow
