#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/meter.h"
#include "qflow/expression/value.h"

namespace qflow {

// A list, whether of JSON or of values. The value outlives the view.
class ListView {
 public:
  // Nothing when the value is no list.
  static std::optional<ListView> of(const Value& value);

  std::size_t size() const { return json_ != nullptr ? json_->size() : list_->size(); }
  Value at(std::size_t index) const { return json_ != nullptr ? owner_->part((*json_)[index]) : (*list_)[index]; }

 private:
  const Value* owner_ = nullptr;
  const Json* json_ = nullptr;
  const ValueList* list_ = nullptr;
};

// An object, whether of JSON or of values; lazy ones are none. The value outlives the view.
class MapView {
 public:
  static std::optional<MapView> of(const Value& value);

  std::size_t size() const { return json_ != nullptr ? json_->size() : map_->size(); }
  std::optional<Value> find(std::string_view name) const;
  bool has(std::string_view name) const;
  std::vector<std::string> names() const;
  // Each entry in the order of the keys, until `visitor` returns false.
  void visit(const std::function<bool(std::string_view, const Value&)>& visitor) const;

 private:
  const Value* owner_ = nullptr;
  const Json::object_t* json_ = nullptr;
  const ValueMap* map_ = nullptr;
};

Value list_value(ValueList list);
Value map_value(ValueMap map);
Value bool_value(bool value);

// A lazy object loaded; any other value as it is.
Result<Value> loaded(Value value);

// A list or map of values as JSON, counted; any other value as it is.
Result<Value> settled(Value value, Meter& meter);

}  // namespace qflow
