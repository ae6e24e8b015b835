#include "qflow/expression/template.h"

#include <algorithm>
#include <optional>

#include "expression/lexer.h"
#include "expression/problem.h"

namespace qflow {
namespace {

constexpr std::string_view kOpen = "{{";

constexpr std::string_view kLiteralAdvice = "for the braces themselves write {{ '{{' }}";

// The length of the expression at the start of `text`, up to the "}}" that stands in no text and closes no map.
tl::expected<std::size_t, ExpressionProblem> expression_length(std::string_view text) {
  Lexer lexer(text);
  int open_braces = 0;
  for (Token token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) {
    if (token.kind == TokenKind::kInvalid) {
      ExpressionProblem found = lexer.problem();
      if (found.advice.empty()) found.advice = kLiteralAdvice;
      return tl::make_unexpected(std::move(found));
    }
    if (token.kind == TokenKind::kLeftBrace) ++open_braces;
    if (token.kind != TokenKind::kRightBrace) continue;
    if (open_braces-- > 0) continue;
    if (text.substr(token.end).starts_with('}')) return token.begin;
    return problem(token.begin, "expected '}}', found '}'", std::string(kLiteralAdvice));
  }
  return std::string_view::npos;
}

}  // namespace

tl::expected<Template, ExpressionProblem> Template::parse(std::string_view text) {
  Template result;
  std::size_t done = 0;
  while (done < text.size()) {
    const std::size_t open = std::min(text.find(kOpen, done), text.size());
    if (open > done) result.pieces_.push_back({done, std::string(text.substr(done, open - done))});
    if (open == text.size()) break;
    const std::size_t start = open + kOpen.size();
    const auto in_whole = [start](ExpressionProblem found) {
      found.offset += start;
      return tl::make_unexpected(std::move(found));
    };
    const auto length = expression_length(text.substr(start));
    if (!length) return in_whole(length.error());
    if (*length == std::string_view::npos) {
      return problem(open, "the {{ here is not closed", "close it with }}; " + std::string(kLiteralAdvice));
    }
    auto expression = Expression::parse(text.substr(start, *length));
    if (!expression) {
      if (expression.error().advice.empty()) expression.error().advice = kLiteralAdvice;
      return in_whole(expression.error());
    }
    result.pieces_.push_back({start, std::move(*expression)});
    done = start + *length + 2;
  }
  return result;
}

std::vector<ExpressionProblem> Template::check(const ScopeShape& shape) const {
  std::vector<ExpressionProblem> problems;
  for (const Piece& piece : pieces_) {
    const auto* expression = std::get_if<Expression>(&piece.content);
    if (expression == nullptr) continue;
    for (ExpressionProblem& found : expression->check(shape)) {
      found.offset += piece.offset;
      problems.push_back(std::move(found));
    }
  }
  return problems;
}

std::vector<Reference> Template::references() const {
  std::vector<Reference> references;
  for (const Piece& piece : pieces_) {
    const auto* expression = std::get_if<Expression>(&piece.content);
    if (expression == nullptr) continue;
    for (Reference& reference : expression->references()) {
      reference.offset += piece.offset;
      for (std::size_t& offset : reference.offsets) offset += piece.offset;
      references.push_back(std::move(reference));
    }
  }
  return references;
}

Result<Json> Template::render(const Scope& scope) const {
  const auto* only = pieces_.size() == 1 ? std::get_if<Expression>(&pieces_[0].content) : nullptr;
  if (only != nullptr) {
    QFLOW_ASSIGN(const Value value, only->evaluate(scope));
    return value.to_json();
  }
  QFLOW_ASSIGN(std::string text, render_text(scope));
  return Json(std::move(text));
}

Result<std::string> Template::render_text(const Scope& scope) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    if (const auto* literal = std::get_if<std::string>(&piece.content)) {
      text += *literal;
      continue;
    }
    QFLOW_ASSIGN(const Value value, std::get<Expression>(piece.content).evaluate(scope));
    QFLOW_ASSIGN(const Json json, value.to_json());
    text += to_plain_text(json);
  }
  return text;
}

std::vector<std::size_t> find_template_braces(std::string_view shell_text, const std::vector<std::string>& names) {
  std::vector<std::size_t> found;
  for (std::size_t open = shell_text.find(kOpen); open != std::string_view::npos;
       open = shell_text.find(kOpen, open + 1)) {
    const std::string_view rest = shell_text.substr(open + kOpen.size());
    const std::string_view inside = rest.substr(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    Lexer lexer(inside);
    const Token word = lexer.next();
    if (word.kind != TokenKind::kName) continue;
    if (std::find(names.begin(), names.end(), lexer.text_of(word)) != names.end()) found.push_back(open);
  }
  return found;
}

}  // namespace qflow
