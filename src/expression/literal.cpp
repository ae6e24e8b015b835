#include "expression/literal.h"

#include <locale.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "expression/problem.h"
#include "qflow/error/printable.h"
#include "qflow/error/utf8_encoding.h"

namespace qflow {
namespace {

std::optional<std::int64_t> read_int64(const std::string& signed_digits, int base) {
  std::int64_t value = 0;
  const char* end = signed_digits.data() + signed_digits.size();
  const auto result = std::from_chars(signed_digits.data(), end, value, base);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

// The point is a point, whatever locale the program has that qflow is part of.
double read_double(const std::string& signed_digits) {
  static const locale_t plain = newlocale(LC_ALL_MASK, "C", nullptr);
  return strtod_l(signed_digits.c_str(), nullptr, plain);
}

// The character that a one-letter escape stands for.
std::optional<char> simple_escape(char letter) {
  switch (letter) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '?':
    case '"':
    case '\'':
    case '`':
      return letter;
    default:
      return std::nullopt;
  }
}

// Escapes of a code point by number.
struct NumberEscape {
  std::size_t skip;  // after the backslash
  std::size_t digits;
  int base;
};

std::optional<NumberEscape> number_escape(char letter) {
  switch (letter) {
    case 'x':
    case 'X':
      return NumberEscape{1, 2, 16};
    case 'u':
      return NumberEscape{1, 4, 16};
    case 'U':
      return NumberEscape{1, 8, 16};
    case '0':
    case '1':
    case '2':
    case '3':
      return NumberEscape{0, 3, 8};
    default:
      return std::nullopt;
  }
}

bool is_code_point(std::uint32_t code) {
  return code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

// Appends what the escape at `at` (a backslash) stands for and returns its length; 0 when it is none.
std::size_t read_escape(std::string_view body, std::size_t at, std::string& text) {
  if (at + 1 >= body.size()) return 0;
  const char letter = body[at + 1];
  if (const auto simple = simple_escape(letter)) {
    text += *simple;
    return 2;
  }
  const auto form = number_escape(letter);
  if (!form || at + 1 + form->skip + form->digits > body.size()) return 0;
  const char* begin = body.data() + at + 1 + form->skip;
  const char* end = begin + form->digits;
  std::uint32_t code = 0;
  const auto result = std::from_chars(begin, end, code, form->base);
  if (result.ec != std::errc() || result.ptr != end || !is_code_point(code)) return 0;
  append_utf8(text, code);
  return 1 + form->skip + form->digits;
}

}  // namespace

tl::expected<Json, ExpressionProblem> read_number(std::string_view digits, Sign sign) {
  const bool is_hex = digits.size() > 2 && (digits[1] == 'x' || digits[1] == 'X');
  const std::string minus = sign == Sign::kMinus ? "-" : "";
  if (is_hex || digits.find_first_of(".eE") == std::string_view::npos) {
    const auto value = read_int64(minus + std::string(is_hex ? digits.substr(2) : digits), is_hex ? 16 : 10);
    if (value) return Json(*value);
  }
  const double value = read_double(minus + std::string(digits));
  if (!std::isfinite(value)) return problem(0, "the number is too large", "doubles reach 1.8e308");
  return Json(value);
}

tl::expected<std::string, ExpressionProblem> read_text(std::string_view token) {
  const bool raw = token[0] == 'r' || token[0] == 'R';
  const std::size_t open = raw ? 1 : 0;
  const bool triple = token.size() >= open + 6 && token[open + 1] == token[open] && token[open + 2] == token[open];
  const std::size_t quotes = triple ? 3 : 1;
  const std::size_t start = open + quotes;
  const std::string_view body = token.substr(start, token.size() - start - quotes);
  if (raw || body.find('\\') == std::string_view::npos) return std::string(body);
  std::string text;
  for (std::size_t i = 0; i < body.size();) {
    if (body[i] != '\\') {
      text += body[i++];
      continue;
    }
    const std::size_t length = read_escape(body, i, text);
    if (length == 0) {
      return problem(start + i, "unknown escape " + quoted(body.substr(i, 1 + utf8_length(body.substr(i + 1)))),
                     "write \\\\ for a backslash, or r'...' for text without escapes");
    }
    i += length;
  }
  return text;
}

}  // namespace qflow
