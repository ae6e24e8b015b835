#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace qflow {

// The number that the whole text is, in decimal digits, '-' before a negative one; nothing when it is anything else, or
// does not fit. For the texts of files and of the system, where no one is told what is wrong.
template <class Number>
std::optional<Number> parse_decimal(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace qflow
