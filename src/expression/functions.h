#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expression/meter.h"
#include "expression/syntax.h"

namespace qflow {

// How a function is called: size(x), x.size(), or both.
enum class CallStyle : std::uint8_t { kGlobal, kMethod, kEither };

// One call: the node and the values of its children. Lazy objects are loaded, except for size().
struct Call {
  const Syntax& syntax;
  const Node& node;
  std::span<const Value> arguments;  // a method's receiver is the first
  Meter& meter;
};

// Adding a function: one line in kFunctions (functions.cpp, sorted by name), its implementation in the file of its
// kind, a row of tests for each type it takes and each error.
struct Function {
  std::string_view name;
  CallStyle style;
  std::uint8_t min_arguments;  // a method's receiver counts
  std::uint8_t max_arguments;
  ExpressionType type;
  Result<Value> (*implementation)(const Call& call);
  std::string_view usage;  // for messages: "text.substring(start, end)"
};

// Null when there is none.
const Function* find_function(std::string_view name);
std::vector<std::string> function_names();

// Of text: functions of text_functions.cpp.
Result<Value> call_contains(const Call& call);
Result<Value> call_ends_with(const Call& call);
Result<Value> call_join(const Call& call);
Result<Value> call_lower_ascii(const Call& call);
Result<Value> call_matches(const Call& call);
Result<Value> call_split(const Call& call);
Result<Value> call_starts_with(const Call& call);
Result<Value> call_substring(const Call& call);
Result<Value> call_upper_ascii(const Call& call);

// Conversions, of conversion_functions.cpp.
Result<Value> call_bool(const Call& call);
Result<Value> call_double(const Call& call);
Result<Value> call_duration(const Call& call);
Result<Value> call_int(const Call& call);
Result<Value> call_size(const Call& call);
Result<Value> call_string(const Call& call);
Result<Value> call_timestamp(const Call& call);

}  // namespace qflow
