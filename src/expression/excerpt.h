#pragma once

#include <string>
#include <string_view>

#include "qflow/expression/value.h"

namespace qflow {

// A value as messages show it: compact JSON, instants and durations as they are; at most 60 characters and then "...",
// of lists and objects with the number of their elements. What is cut off is not visited.
std::string excerpt(const Value& value);

// A piece of an expression as messages show it: on one line, at most 80 characters.
std::string source_excerpt(std::string_view source);

// The first code points of a text, and "..." where more follow.
std::string cut(std::string_view text, std::size_t code_points);

}  // namespace qflow
