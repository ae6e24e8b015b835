#pragma once

#include "expression/meter.h"
#include "expression/syntax.h"

namespace qflow {

// Whether two values are equal as in CEL: numbers by their value, lists and maps by their parts, values of different
// types never. Lazy objects are loaded.
Result<bool> are_equal(const Value& left, const Value& right, Meter& meter);

// The value of ==, !=, <, <=, >, >=. Only numbers, texts (by code points), bools, instants and durations have an order.
Result<Value> compare(const Place& place, const Value& left, const Value& right, Meter& meter);

}  // namespace qflow
