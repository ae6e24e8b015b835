#pragma once

#include <string_view>

#include "expression/meter.h"
#include "expression/syntax.h"

namespace qflow {

// Fields and elements of the value of a node's first child.

// value.name
Result<Value> field_of(const Place& place, const Value& value, std::string_view name, Meter& meter);

// value[key]: of a list by number from 0, of an object by text.
Result<Value> element_of(const Place& place, const Value& value, const Value& key, Meter& meter);

// has(value.name): null has no fields; asking a list, text, number or bool is an error.
Result<Value> has_field(const Place& place, const Value& value, std::string_view name);

// needle in container: of a list an equal element, of an object a key.
Result<Value> is_in(const Place& place, const Value& needle, const Value& container, Meter& meter);

}  // namespace qflow
