#pragma once

#include <cstdint>
#include <string_view>

#include "qflow/expression/expression.h"

namespace qflow {

enum class TokenKind : std::uint8_t {
  kEnd,
  kInvalid,  // Lexer::problem says why
  kName,
  kNumber,
  kText,  // with its quotes and prefix
  kTrue,
  kFalse,
  kNull,
  kIn,
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
  kComma,
  kColon,
  kDot,
  kQuestion,
  kOr,
  kAnd,
  kNot,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
};

// One token and where it stands, in bytes.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// Whether CEL keeps the word for itself; as the name of a field it is free.
bool is_reserved_word(std::string_view word);

// Cuts the text of an expression into tokens (cel-spec langdef.md, "Syntax"); spaces and // comments stand between
// them. After an invalid token there are no more.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next();
  std::string_view text_of(const Token& token) const { return text_.substr(token.begin, token.end - token.begin); }
  const ExpressionProblem& problem() const { return problem_; }

 private:
  void skip_space();
  Token make(TokenKind kind, std::size_t length);
  Token invalid(std::size_t offset, std::string message, std::string advice = {});
  Token symbol();
  Token unexpected();
  Token word();
  Token number();
  Token quoted_text(std::size_t prefix);
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

  std::string_view text_;
  std::size_t position_ = 0;
  ExpressionProblem problem_;
};

}  // namespace qflow
