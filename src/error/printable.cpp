#include "qflow/error/printable.h"

#include <algorithm>
#include <cstdint>

#include "qflow/error/utf8_encoding.h"

namespace qflow {
namespace {

constexpr std::size_t kMaxQuoted = 80;
constexpr char kHexDigits[] = "0123456789abcdef";

bool is_continuation(std::string_view text, std::size_t position) {
  return position < text.size() && (static_cast<unsigned char>(text[position]) & 0xC0) == 0x80;
}

// The second byte is what tells over-long forms, surrogates and code points beyond U+10FFFF (RFC 3629, section 4).
bool second_byte_fits(unsigned char first, unsigned char second) {
  switch (first) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second <= 0x9F;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second <= 0x8F;
    default:
      return true;
  }
}

bool is_unsafe(std::uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
  const bool direction = code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                         (code >= 0x2066 && code <= 0x2069);
  const bool tag = code >= 0xE0000 && code <= 0xE007F;
  return control || direction || tag;
}

void append_hex(std::string& out, std::string_view prefix, std::uint32_t value, int digits) {
  out += prefix;
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += kHexDigits[value >> shift & 0xF];
}

void append_escaped(std::string& out, std::uint32_t code) {
  switch (code) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (code < 0x80) return append_hex(out, "\\x", code, 2);
  if (code < 0x10000) return append_hex(out, "\\u", code, 4);
  append_hex(out, "\\U", code, 8);
}

// How much of the start is printable ASCII, as most texts are altogether.
std::size_t plain_length(std::string_view text) {
  const auto is_plain = [](char byte) { return byte >= ' ' && byte <= '~'; };
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
}

// Appends the code point at the start of `text` in printable form; returns the bytes that it took.
std::size_t append_printable(std::string& out, std::string_view text) {
  const std::size_t length = utf8_length(text);
  if (length == 0) {
    append_hex(out, "\\x", static_cast<unsigned char>(text[0]), 2);
    return 1;
  }
  const std::string_view sequence = text.substr(0, length);
  const std::uint32_t code = decode_utf8(sequence);
  if (is_unsafe(code)) {
    append_escaped(out, code);
  } else {
    out += sequence;
  }
  return length;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text, i)) return 0;
  }
  return second_byte_fits(first, static_cast<unsigned char>(text[1])) ? length : 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const std::size_t length = utf8_length(text);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return count;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t plain = plain_length(text);
    out.append(text, 0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(append_printable(out, text));
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (std::size_t shown = 0; shown < kMaxQuoted && !text.empty(); ++shown) {
    text.remove_prefix(append_printable(out, text));
  }
  if (!text.empty()) out += "...";
  return out += '\'';
}

}  // namespace qflow
