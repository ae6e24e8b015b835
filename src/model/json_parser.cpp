#include "model/json_parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"
#include "qflow/error/utf8_encoding.h"

namespace qflow {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// What stands in text as it is, one byte long.
bool is_plain(char c) {
  return c >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '\\';
}

// What people write for values that JSON spells otherwise or lacks.
std::string_view advice_for_word(std::string_view word) {
  if (word == "True" || word == "TRUE") return "write true";
  if (word == "False" || word == "FALSE") return "write false";
  if (word == "None" || word == "Null" || word == "NULL" || word == "nil" || word == "undefined") return "write null";
  if (word == "NaN" || word == "Infinity" || word == "inf" || word == "nan") return "JSON has no NaN and no infinity";
  return "text stands in double quotes";
}

// Whether a number that is beyond the doubles is so because it is tiny. `digits` is its text without the sign.
bool is_tiny(std::string_view digits) {
  const std::size_t e = digits.find_first_of("eE");
  const std::string_view mantissa = digits.substr(0, e);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  std::int64_t magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (e != std::string_view::npos) {
    std::string_view exponent = digits.substr(e + 1);
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    std::int64_t value = 0;
    const auto parsed = std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
    if (parsed.ec != std::errc()) return exponent.starts_with('-');
    constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;
    magnitude += std::clamp(value, -kFar, kFar);
  }
  return magnitude < 0;
}

}  // namespace

Result<Json> JsonParser::parse() {
  Json value;
  bool parsed = false;
  if (text_.starts_with(kByteOrderMark)) {
    refuse(0, "the text begins with a byte order mark", "save it as UTF-8 without one");
  } else {
    parsed = parse_value(value, 0);
    skip_space();
    if (parsed && !at_end()) parsed = expected("the text has to end after its value");
  }
  if (parsed) return value;

  const std::string_view before = text_.substr(0, refused_at_);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t column = count_code_points(before.substr(before.rfind('\n') + 1)) + 1;
  return fail(ErrorKind::kInvalid,
              "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + refusal_,
              std::move(advice_));
}

bool JsonParser::parse_value(Json& value, int depth) {
  skip_space();
  const char c = peek();
  if (c == '{' || c == '[') {
    if (depth == max_depth_) {
      return refuse(position_, "nested deeper than " + std::to_string(max_depth_) + " levels");
    }
    return c == '{' ? parse_object(value, depth + 1) : parse_array(value, depth + 1);
  }
  if (c == '"') {
    value = Json::string_t();
    return parse_string(value.get_ref<Json::string_t&>());
  }
  if (is_digit(c) || c == '-') return parse_number(value);
  if (is_letter(c)) return parse_word(value);
  if (c == '\'') return refuse(position_, "text in single quotes", "JSON wants double quotes");
  return expected("a value is missing");
}

bool JsonParser::parse_object(Json& value, int depth) {
  const std::size_t start = position_++;
  value = Json::object();
  auto& members = value.get_ref<Json::object_t&>();
  skip_space();
  if (accept('}')) return true;
  std::string key;
  while (true) {
    skip_space();
    if (peek() == '}') return refuse(position_, "a comma before '}'", "remove the comma");
    if (peek() != '"') return expected("a key in double quotes is missing");
    if (!parse_string(key)) return false;
    skip_space();
    if (!accept(':')) return expected("':' is missing after the key");
    if (!parse_value(members[key], depth)) return false;
    skip_space();
    if (accept('}')) return true;
    if (at_end()) return refuse(start, "'{' is never closed", "add the missing '}'");
    if (!accept(',')) return expected("',' or '}' is missing");
  }
}

bool JsonParser::parse_array(Json& value, int depth) {
  const std::size_t start = position_++;
  value = Json::array();
  auto& elements = value.get_ref<Json::array_t&>();
  skip_space();
  if (accept(']')) return true;
  while (true) {
    skip_space();
    if (peek() == ']') return refuse(position_, "a comma before ']'", "remove the comma");
    if (!parse_value(elements.emplace_back(), depth)) return false;
    skip_space();
    if (accept(']')) return true;
    if (at_end()) return refuse(start, "'[' is never closed", "add the missing ']'");
    if (!accept(',')) return expected("',' or ']' is missing");
  }
}

bool JsonParser::parse_word(Json& value) {
  const std::size_t start = position_;
  while (is_letter(peek())) ++position_;
  const std::string_view word = text_.substr(start, position_ - start);
  if (word == "true") {
    value = true;
  } else if (word == "false") {
    value = false;
  } else if (word == "null") {
    value = nullptr;
  } else {
    return refuse(start, "unknown word " + quoted(word), advice_for_word(word));
  }
  return true;
}

bool JsonParser::parse_number(Json& value) {
  const std::size_t start = position_;
  accept('-');
  const std::size_t digits_start = position_;
  const std::size_t whole = skip_digits();
  if (whole == 0) return refuse(start, "'-' without a number");
  if (whole > 1 && text_[digits_start] == '0') return refuse(start, "a number with leading zeros", "remove them");
  bool is_integer = true;
  if (accept('.')) {
    is_integer = false;
    if (skip_digits() == 0) return refuse(start, "a number without digits after '.'");
  }
  if (accept('e') || accept('E')) {
    is_integer = false;
    if (!accept('+')) accept('-');
    if (skip_digits() == 0) return refuse(start, "a number without digits in its exponent");
  }
  const char* const begin = text_.data() + start;
  const char* const end = text_.data() + position_;
  std::int64_t integer = 0;
  if (is_integer && std::from_chars(begin, end, integer).ec == std::errc()) {
    value = integer;
    return true;
  }
  double number = 0;
  const auto failure = std::from_chars(begin, end, number).ec;
  const bool tiny = failure != std::errc() && is_tiny(text_.substr(digits_start, position_ - digits_start));
  if (tiny) number = *begin == '-' ? -0.0 : 0.0;
  if ((failure != std::errc() && !tiny) || !std::isfinite(number)) {
    return refuse(start, "a number too large for a double", "the largest is about 1.8e308");
  }
  value = number;
  return true;
}

bool JsonParser::parse_string(std::string& value) {
  const std::size_t start = position_++;
  value.clear();
  while (true) {
    const std::size_t run = position_;
    while (!at_end() && is_plain(text_[position_])) ++position_;
    value.append(text_, run, position_ - run);
    if (at_end()) return refuse(start, "text without its closing quote", "add the missing '\"'");
    if (accept('"')) return true;
    const char c = text_[position_];
    if (c == '\\') {
      if (!parse_escape(value)) return false;
      continue;
    }
    if (static_cast<unsigned char>(c) < 0x20) {
      return refuse(position_, "a control character inside text",
                    c == '\n' ? "write it as \\n" : "write it as \\u00XX");
    }
    const std::size_t length = utf8_length(text_.substr(position_, 4));
    if (length == 0) return refuse(position_, "bytes that are not UTF-8");
    value.append(text_, position_, length);
    position_ += length;
  }
}

bool JsonParser::parse_escape(std::string& value) {
  static constexpr std::string_view kLetters = "\"\\/bfnrt";
  static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char letter = position_ + 1 < text_.size() ? text_[position_ + 1] : '\0';
  if (letter == 'u') return parse_unicode_escape(value);
  const std::size_t found = letter == '\0' ? std::string_view::npos : kLetters.find(letter);
  if (found == std::string_view::npos) {
    return refuse(position_, "an unknown escape after '\\'", "a backslash itself is written '\\\\'");
  }
  value += kMeanings[found];
  position_ += 2;
  return true;
}

bool JsonParser::parse_unicode_escape(std::string& value) {
  unsigned code = 0;
  if (!parse_four_hex(position_ + 2, code)) return refuse(position_, "'\\u' without four hexadecimal digits");
  std::size_t length = 6;
  if (code >= 0xD800 && code < 0xE000) {
    unsigned low = 0;
    const bool paired = code < 0xDC00 && text_.substr(position_ + 6, 2) == "\\u" &&
                        parse_four_hex(position_ + 8, low) && low >= 0xDC00 && low < 0xE000;
    if (!paired) return refuse(position_, "half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    length = 12;
  }
  append_utf8(value, code);
  position_ += length;
  return true;
}

bool JsonParser::parse_four_hex(std::size_t position, unsigned& code) const {
  if (position + 4 > text_.size()) return false;
  const char* const begin = text_.data() + position;
  const auto parsed = std::from_chars(begin, begin + 4, code, 16);
  return parsed.ec == std::errc() && parsed.ptr == begin + 4;
}

void JsonParser::skip_space() {
  while (!at_end()) {
    const char c = text_[position_];
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
    ++position_;
  }
}

std::size_t JsonParser::skip_digits() {
  const std::size_t start = position_;
  while (is_digit(peek())) ++position_;
  return position_ - start;
}

bool JsonParser::accept(char wanted) {
  if (at_end() || text_[position_] != wanted) return false;
  ++position_;
  return true;
}

bool JsonParser::refuse(std::size_t position, std::string_view what, std::string_view advice) {
  refused_at_ = position;
  refusal_ = what;
  advice_ = advice;
  return false;
}

bool JsonParser::expected(std::string_view what) {
  if (at_end()) return refuse(position_, std::string(what) + ", but the text ends");
  const std::size_t length = utf8_length(text_.substr(position_, 4));
  return refuse(position_,
                std::string(what) + ", but here is " + quoted(text_.substr(position_, length == 0 ? 1 : length)));
}

}  // namespace qflow
