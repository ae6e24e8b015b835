#pragma once

#include <string>
#include <string_view>

#include "expression/container.h"
#include "expression/functions.h"
#include "expression/syntax.h"

namespace qflow {

// The words of evaluation errors. They name what is wrong by its text in the expression and show the value it had.

// A child and its value: `params.name ("x")`, of a literal only the value.
std::string named_value(const Place& place, std::size_t child, const Value& value);
// The same with the type: `params.name ("x", text)`, `1 (an integer)`.
std::string typed_value(const Place& place, std::size_t child, const Value& value);

// "no field 'lates' in event.payload; did you mean 'latest'?" of the first child.
Error missing_field(const Place& place, std::string_view name, const Value& object);
// `params.window is 3, not an object: it has no field 'x'` of the first child.
Error no_object(const Place& place, std::string_view name, const Value& value);
// `startsWith() takes text, not params.window (3)`.
Error wrong_argument(const Call& call, std::size_t index, std::string_view expected);
// An operation that can't be done with its two values: "can't add params.name ("x", text) and 1 (an integer)".
Error wrong_operands(const Place& place, const Value& left, const Value& right);

// What to write for text where a number is needed and the other way round, as far as that is the matter.
std::string conversion_advice(const Value& left, const Value& right);

Error evaluation_error(std::string message, std::string advice = {});

}  // namespace qflow
