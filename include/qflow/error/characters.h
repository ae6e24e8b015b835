#pragma once

namespace qflow {

// Of ASCII alone, whatever the locale says.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_lower_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}
// Of a variable or an identifier; digits may follow.
constexpr bool begins_name(char c) {
  return is_letter(c) || c == '_';
}

}  // namespace qflow
