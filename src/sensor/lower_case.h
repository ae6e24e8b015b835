#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace qflow {

// ASCII only, as schemes and the names of headers are compared.
inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  const auto lowered = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::transform(lower.begin(), lower.end(), lower.begin(), lowered);
  return lower;
}

}  // namespace qflow
