#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace qflow {

// "a, b and c", as a sentence lists texts; "" for none.
std::string listed(std::span<const std::string> texts, std::string_view last = "and");

// "1 entry", "3 entries".
std::string counted(std::size_t number, std::string_view one, std::string_view many);
// "1 file", "3 files": of a noun whose plural ends with an s.
std::string counted(std::size_t number, std::string_view noun);

}  // namespace qflow
