#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/error.h"

namespace qflow {

// Whether two names differ in nothing but the case of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// The candidate that a person most probably meant by `name`: the smallest edit distance (insert, delete, replace, swap
// of neighbours; case counts half), at most a third of the longer one's length; another case of the same name always.
// Of several the first. Empty when none is near.
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);
std::string nearest_name(std::string_view name, std::span<const std::string_view> candidates);

// "did you mean 'x'?" for the nearest candidate that is not `name` itself, else "".
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);
// The same, but "known: a, b, c" where none is near; of more than 20 the first 20 and "and 7 more".
std::string did_you_mean_or_list(std::string_view name, std::span<const std::string> candidates);

// The error's message, with its advice where that is such a nearest name: for what has no place for advice.
std::string with_suggestion(const Error& error);

// "'a', 'b' and 'c'"; of more than 20 the first 20 and "and 7 more".
std::string quoted_list(std::span<const std::string> names);

}  // namespace qflow
