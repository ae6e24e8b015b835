#pragma once

#include <optional>
#include <string>

#include "expression/number.h"
#include "qflow/expression/value.h"

namespace qflow {

// What a value holds, where it holds that; null or nothing elsewhere.
inline const std::string* text_in(const Value& value) {
  return value.json() != nullptr ? value.json()->get_ptr<const Json::string_t*>() : nullptr;
}
inline std::optional<Number> number_in(const Value& value) {
  return value.json() != nullptr ? Number::of(*value.json()) : std::nullopt;
}
inline bool is_number(const Value& value) {
  return value.json() != nullptr && value.json()->is_number();
}

}  // namespace qflow
