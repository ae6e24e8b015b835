#pragma once

#include <string_view>

#include "qflow/model/json.h"

namespace qflow {

// The parser behind parse_json. Our own, because nlohmann's accepts a byte order mark, nests without bound (here it is
// the caller's), keeps integers from 2^63 to 2^64 as such, and counts columns in bytes of the token's end. Linear in
// the text.
class JsonParser {
 public:
  JsonParser(std::string_view text, int max_depth) : text_(text), max_depth_(max_depth) {}

  Result<Json> parse();

 private:
  // Each returns false after refuse().
  bool parse_value(Json& value, int depth);
  bool parse_object(Json& value, int depth);
  bool parse_array(Json& value, int depth);
  bool parse_word(Json& value);
  bool parse_number(Json& value);
  bool parse_string(std::string& value);
  bool parse_escape(std::string& value);
  bool parse_unicode_escape(std::string& value);
  bool parse_four_hex(std::size_t position, unsigned& code) const;

  void skip_space();
  std::size_t skip_digits();
  bool at_end() const { return position_ == text_.size(); }
  // The next character; NUL at the end.
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  bool accept(char wanted);
  bool refuse(std::size_t position, std::string_view what, std::string_view advice = {});
  // At the next character: "`what`, but here is 'x'", or that the text ends.
  bool expected(std::string_view what);

  std::string_view text_;
  int max_depth_;
  std::size_t position_ = 0;
  std::size_t refused_at_ = 0;
  std::string refusal_;
  std::string advice_;
};

}  // namespace qflow
