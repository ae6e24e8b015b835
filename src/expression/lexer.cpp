#include "expression/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "qflow/error/characters.h"
#include "qflow/error/printable.h"

namespace qflow {
namespace {

bool is_word(char c) {
  return begins_name(c) || is_digit(c);
}
bool is_quote(char c) {
  return c == '"' || c == '\'';
}

TokenKind keyword(std::string_view word) {
  if (word == "true") return TokenKind::kTrue;
  if (word == "false") return TokenKind::kFalse;
  if (word == "null") return TokenKind::kNull;
  if (word == "in") return TokenKind::kIn;
  return TokenKind::kName;
}

struct Symbol {
  std::string_view text;
  TokenKind kind;
};

// The longer ones first.
constexpr std::array kSymbols{
    Symbol{"||", TokenKind::kOr},          Symbol{"&&", TokenKind::kAnd},       Symbol{"==", TokenKind::kEqual},
    Symbol{"!=", TokenKind::kNotEqual},    Symbol{"<=", TokenKind::kLessEqual}, Symbol{">=", TokenKind::kGreaterEqual},
    Symbol{"(", TokenKind::kLeftParen},    Symbol{")", TokenKind::kRightParen}, Symbol{"[", TokenKind::kLeftBracket},
    Symbol{"]", TokenKind::kRightBracket}, Symbol{"{", TokenKind::kLeftBrace},  Symbol{"}", TokenKind::kRightBrace},
    Symbol{",", TokenKind::kComma},        Symbol{":", TokenKind::kColon},      Symbol{".", TokenKind::kDot},
    Symbol{"?", TokenKind::kQuestion},     Symbol{"!", TokenKind::kNot},        Symbol{"<", TokenKind::kLess},
    Symbol{">", TokenKind::kGreater},      Symbol{"+", TokenKind::kPlus},       Symbol{"-", TokenKind::kMinus},
    Symbol{"*", TokenKind::kStar},         Symbol{"/", TokenKind::kSlash},      Symbol{"%", TokenKind::kPercent},
};

// What people write who know other languages.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kForeign{{
    {"=", "write == to compare"},
    {"&", "write && for 'and'"},
    {"|", "write || for 'or'"},
    {"`", "write [\"name\"] for a field whose name is no plain word"},
    {"\u201c", "write straight quotes: \""},
    {"\u2018", "write straight quotes: '"},
}};

}  // namespace

bool is_reserved_word(std::string_view word) {
  constexpr std::array<std::string_view, 17> kReserved{"as",       "break",  "const",  "continue", "else", "for",
                                                       "function", "if",     "import", "let",      "loop", "namespace",
                                                       "package",  "return", "var",    "void",     "while"};
  return std::find(kReserved.begin(), kReserved.end(), word) != kReserved.end();
}

void Lexer::skip_space() {
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      ++position_;
    } else if (c == '/' && at(position_ + 1) == '/') {
      position_ = std::min(text_.find('\n', position_), text_.size());
    } else {
      return;
    }
  }
}

Token Lexer::make(TokenKind kind, std::size_t length) {
  const auto begin = static_cast<std::uint32_t>(position_);
  position_ += length;
  return {kind, begin, static_cast<std::uint32_t>(position_)};
}

Token Lexer::invalid(std::size_t offset, std::string message, std::string advice) {
  problem_ = {offset, std::move(message), std::move(advice)};
  const auto place = static_cast<std::uint32_t>(offset);
  position_ = text_.size();
  return {TokenKind::kInvalid, place, place};
}

Token Lexer::next() {
  skip_space();
  if (position_ >= text_.size()) return make(TokenKind::kEnd, 0);
  const char c = text_[position_];
  if (is_quote(c)) return quoted_text(0);
  if ((c == 'r' || c == 'R') && is_quote(at(position_ + 1))) return quoted_text(1);
  if (begins_name(c)) return word();
  if (is_digit(c) || (c == '.' && is_digit(at(position_ + 1)))) return number();
  return symbol();
}

Token Lexer::symbol() {
  const std::string_view rest = text_.substr(position_);
  for (const Symbol& symbol : kSymbols) {
    if (rest.starts_with(symbol.text)) return make(symbol.kind, symbol.text.size());
  }
  return unexpected();
}

Token Lexer::unexpected() {
  const std::string_view rest = text_.substr(position_);
  const std::size_t length = std::max<std::size_t>(utf8_length(rest), 1);
  std::string advice;
  for (const auto& [text, help] : kForeign) {
    if (rest.starts_with(text)) advice = help;
  }
  return invalid(position_, "unexpected character " + quoted(rest.substr(0, length)), std::move(advice));
}

Token Lexer::word() {
  std::size_t length = 1;
  while (is_word(at(position_ + length))) ++length;
  const std::string_view word = text_.substr(position_, length);
  if (is_quote(at(position_ + length)) && (word == "b" || word == "B" || word == "br" || word == "rb")) {
    return invalid(position_, "there are no byte strings", "write text without the " + quoted(word));
  }
  return make(keyword(word), length);
}

Token Lexer::number() {
  std::size_t end = position_;
  const auto skip_digits = [&] {
    while (is_digit(at(end))) ++end;
  };
  if (at(end) == '0' && (at(end + 1) == 'x' || at(end + 1) == 'X')) {
    end += 2;
    while (is_digit(at(end)) || (at(end) >= 'a' && at(end) <= 'f') || (at(end) >= 'A' && at(end) <= 'F')) ++end;
  } else {
    skip_digits();
    if (at(end) == '.' && is_digit(at(end + 1))) {
      ++end;
      skip_digits();
    }
    const bool is_signed = at(end + 1) == '+' || at(end + 1) == '-';
    if ((at(end) == 'e' || at(end) == 'E') && is_digit(at(end + (is_signed ? 2 : 1)))) {
      end += is_signed ? 2 : 1;
      skip_digits();
    }
  }
  const std::string_view digits = text_.substr(position_, end - position_);
  if (is_word(at(end)) || digits == "0x" || digits == "0X") {
    std::size_t word_end = end;
    while (is_word(at(word_end))) ++word_end;
    const std::string_view word = text_.substr(position_, word_end - position_);
    const bool is_unsigned = word_end == end + 1 && (at(end) == 'u' || at(end) == 'U');
    return invalid(position_, quoted(word) + " is neither a number nor a name",
                   is_unsigned ? "write integers without the 'u'" : "");
  }
  return make(TokenKind::kNumber, end - position_);
}

Token Lexer::quoted_text(std::size_t prefix) {
  const std::size_t open = position_ + prefix;
  const char quote = text_[open];
  const std::string_view closing(text_.substr(open, 3));
  const bool triple = closing.size() == 3 && closing[1] == quote && closing[2] == quote;
  const std::string_view end_mark = closing.substr(0, triple ? 3 : 1);
  for (std::size_t i = open + end_mark.size(); i < text_.size(); ++i) {
    if (text_.substr(i).starts_with(end_mark)) return make(TokenKind::kText, i + end_mark.size() - position_);
    if (!triple && (text_[i] == '\n' || text_[i] == '\r')) {
      return invalid(position_, "a line ends inside the text that starts here",
                     "close it with " + std::string(end_mark) + ", or write \\n for a line break");
    }
    if (text_[i] == '\\' && prefix == 0) ++i;
  }
  return invalid(position_, "the text that starts here is not closed", "close it with " + std::string(end_mark));
}

}  // namespace qflow
