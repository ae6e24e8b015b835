#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qflow {

// The bytes (1 to 4) of the well-formed UTF-8 sequence (RFC 3629) at the start of `text`; 0 when there is none.
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

// The number of code points; a byte that belongs to no well-formed sequence counts as one.
std::size_t count_code_points(std::string_view text);

// A text made safe to print: control characters, code points that turn the direction of text or that nobody sees
// (tags), and bytes that are no UTF-8 become \n, \t, \x1b, \u202e, \U000e0041; all else stays.
std::string printable(std::string_view text);

// The same, at most 80 characters and "..." after them where more follow, in single quotes: a value in a message.
std::string quoted(std::string_view text);
// A std::string would otherwise find std::quoted of <iomanip> by its argument's namespace, as the better match.
inline std::string quoted(const std::string& text) {
  return quoted(std::string_view(text));
}
inline std::string quoted(std::string& text) {
  return quoted(std::string_view(text));
}
inline std::string quoted(const char* text) {
  return quoted(std::string_view(text));
}

}  // namespace qflow
