#include "expression/parser.h"

#include <optional>
#include <string>
#include <vector>

#include "expression/excerpt.h"
#include "qflow/error/printable.h"

namespace qflow {
namespace {

// Binary operators that are no && or ||, by how tightly they bind.
struct BinaryForm {
  Operator op;
  int level;
};
constexpr int kLevels = 3;

std::optional<BinaryForm> binary_form(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEqual:
      return BinaryForm{Operator::kEqual, 0};
    case TokenKind::kNotEqual:
      return BinaryForm{Operator::kNotEqual, 0};
    case TokenKind::kLess:
      return BinaryForm{Operator::kLess, 0};
    case TokenKind::kLessEqual:
      return BinaryForm{Operator::kLessEqual, 0};
    case TokenKind::kGreater:
      return BinaryForm{Operator::kGreater, 0};
    case TokenKind::kGreaterEqual:
      return BinaryForm{Operator::kGreaterEqual, 0};
    case TokenKind::kIn:
      return BinaryForm{Operator::kIn, 0};
    case TokenKind::kPlus:
      return BinaryForm{Operator::kAdd, 1};
    case TokenKind::kMinus:
      return BinaryForm{Operator::kSubtract, 1};
    case TokenKind::kStar:
      return BinaryForm{Operator::kMultiply, 2};
    case TokenKind::kSlash:
      return BinaryForm{Operator::kDivide, 2};
    case TokenKind::kPercent:
      return BinaryForm{Operator::kRemainder, 2};
    default:
      return std::nullopt;
  }
}

// Words of other languages that stand where an operator should.
std::string_view foreign_operator(std::string_view word) {
  if (word == "and" || word == "AND") return "write && for 'and'";
  if (word == "or" || word == "OR") return "write || for 'or'";
  if (word == "is") return "write == to compare";
  return {};
}

std::optional<std::size_t> first_bad_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ExpressionProblem> Parser::parse(NodeId& top) {
  if (at(TokenKind::kEnd)) {
    builder_.fail(0, "there is no expression here");
  } else {
    top = expression();
    if (top != kNoNode && !at(TokenKind::kEnd)) unexpected("the end of the expression");
  }
  return builder_.problem();
}

bool Parser::accept(TokenKind kind) {
  if (!at(kind)) return false;
  advance();
  return true;
}

bool Parser::expect(TokenKind kind, std::string_view what) {
  if (accept(kind)) return true;
  unexpected(what);
  return false;
}

NodeId Parser::unexpected(std::string_view expected) {
  if (at(TokenKind::kInvalid)) {
    const ExpressionProblem& problem = lexer_.problem();
    return builder_.fail(problem.offset, problem.message, problem.advice);
  }
  const std::string found = at(TokenKind::kEnd)    ? "the end"
                            : at(TokenKind::kText) ? source_excerpt(word())
                                                   : quoted(word());
  std::string advice(at(TokenKind::kName) ? foreign_operator(word()) : "");
  return builder_.fail(token_.begin, "expected " + std::string(expected) + ", found " + found, std::move(advice));
}

NodeId Parser::expression() {
  if (nesting_ >= kMaxExpressionDepth)
    return builder_.fail(token_.begin, "the expression is more than 200 levels deep");
  ++nesting_;
  const NodeId result = conditional();
  --nesting_;
  return result;
}

NodeId Parser::conditional() {
  const std::size_t begin = token_.begin;
  const NodeId condition = junction(TokenKind::kOr);
  if (condition == kNoNode || !at(TokenKind::kQuestion)) return condition;
  const std::size_t anchor = token_.begin;
  advance();
  const NodeId chosen = junction(TokenKind::kOr);
  if (chosen == kNoNode) return kNoNode;
  if (at(TokenKind::kQuestion)) {
    return builder_.fail(token_.begin, "a ?: between '?' and ':' needs parentheses around it");
  }
  if (!expect(TokenKind::kColon, "':' and the value for false")) return kNoNode;
  const NodeId otherwise = expression();
  if (otherwise == kNoNode) return kNoNode;
  const NodeId parts[] = {condition, chosen, otherwise};
  return builder_.node(shape(NodeKind::kConditional, begin, anchor), parts);
}

NodeId Parser::junction(TokenKind joint) {
  const std::size_t begin = token_.begin;
  const NodeId first = operand_of(joint);
  if (first == kNoNode || !at(joint)) return first;
  const std::size_t anchor = token_.begin;
  std::vector<NodeId> terms{first};
  while (accept(joint)) {
    terms.push_back(operand_of(joint));
    if (terms.back() == kNoNode) return kNoNode;
  }
  return builder_.node(shape(joint == TokenKind::kOr ? NodeKind::kOr : NodeKind::kAnd, begin, anchor), terms);
}

NodeId Parser::binary(int level) {
  if (level == kLevels) return unary();
  const std::size_t begin = token_.begin;
  NodeId left = binary(level + 1);
  while (left != kNoNode) {
    const auto form = binary_form(token_.kind);
    if (!form || form->level != level) break;
    const std::size_t anchor = token_.begin;
    advance();
    const NodeId right = binary(level + 1);
    if (right == kNoNode) return kNoNode;
    left = builder_.binary(form->op, shape(NodeKind::kBinary, begin, anchor), left, right);
  }
  return left;
}

// Signs are collected, not nested: a chain of them costs no stack.
NodeId Parser::unary() {
  std::vector<Token> signs;
  while (at(TokenKind::kNot) || at(TokenKind::kMinus)) {
    signs.push_back(token_);
    if (signs.size() > kMaxExpressionDepth)
      return builder_.fail(token_.begin, "the expression is more than 200 levels deep");
    advance();
  }
  NodeId result = kNoNode;
  if (!signs.empty() && signs.back().kind == TokenKind::kMinus && at(TokenKind::kNumber)) {
    const std::size_t begin = signs.back().begin;
    signs.pop_back();
    result = number(begin, Sign::kMinus);
  } else {
    result = postfix();
  }
  while (result != kNoNode && !signs.empty()) {
    const Token sign = signs.back();
    signs.pop_back();
    const NodeKind kind = sign.kind == TokenKind::kNot ? NodeKind::kNot : NodeKind::kNegate;
    result = builder_.node(shape(kind, sign.begin, sign.begin), std::span(&result, 1));
  }
  return result;
}

NodeId Parser::number(std::size_t begin, Sign sign) {
  const std::size_t start = token_.begin;
  auto value = read_number(word(), sign);
  if (!value) return builder_.fail(start, value.error().message, value.error().advice);
  advance();
  return builder_.literal(begin, last_end_, std::move(*value));
}

NodeId Parser::postfix() {
  const std::size_t begin = token_.begin;
  NodeId operand = primary();
  while (operand != kNoNode) {
    if (at(TokenKind::kDot)) {
      operand = select(begin, operand);
    } else if (at(TokenKind::kLeftBracket)) {
      operand = index(begin, operand);
    } else {
      break;
    }
  }
  return operand;
}

NodeId Parser::select(std::size_t begin, NodeId operand) {
  advance();
  if (at(TokenKind::kTrue) || at(TokenKind::kFalse) || at(TokenKind::kNull) || at(TokenKind::kIn)) {
    const std::string keyword(word());
    return builder_.fail(token_.begin, quoted(keyword) + " is a word of the language, not a field",
                         "write [\"" + keyword + "\"]");
  }
  if (!at(TokenKind::kName)) return unexpected("the name of a field");
  const Token name = token_;
  advance();
  if (at(TokenKind::kLeftParen)) return call(begin, name, operand);
  return builder_.field(begin, name, operand);
}

NodeId Parser::index(std::size_t begin, NodeId operand) {
  const std::size_t anchor = token_.begin;
  advance();
  const NodeId key = expression();
  if (key == kNoNode || !expect(TokenKind::kRightBracket, "']'")) return kNoNode;
  const NodeId parts[] = {operand, key};
  return builder_.node(shape(NodeKind::kIndex, begin, anchor), parts);
}

NodeId Parser::primary() {
  switch (token_.kind) {
    case TokenKind::kLeftParen: {
      advance();
      const NodeId inner = expression();
      return inner != kNoNode && expect(TokenKind::kRightParen, "')'") ? inner : kNoNode;
    }
    case TokenKind::kLeftBracket:
      return list();
    case TokenKind::kLeftBrace:
      return map();
    case TokenKind::kNumber:
      return number(token_.begin, Sign::kPlus);
    case TokenKind::kText:
      return text();
    case TokenKind::kTrue:
      return constant(true);
    case TokenKind::kFalse:
      return constant(false);
    case TokenKind::kNull:
      return constant(nullptr);
    case TokenKind::kName:
      return name();
    default:
      return unexpected("a value");
  }
}

NodeId Parser::text() {
  auto value = read_text(word());
  if (!value) {
    return builder_.fail(token_.begin + value.error().offset, value.error().message, value.error().advice);
  }
  return constant(std::move(*value));
}

NodeId Parser::constant(Json value) {
  const std::size_t begin = token_.begin;
  advance();
  return builder_.literal(begin, last_end_, std::move(value));
}

NodeId Parser::name() {
  const Token name = token_;
  const std::string_view spelled = word();
  if (is_reserved_word(spelled)) return builder_.fail(name.begin, quoted(spelled) + " is a reserved word");
  advance();
  if (!at(TokenKind::kLeftParen)) {
    if (spelled == "not") return builder_.fail(name.begin, "there is no name 'not'", "write ! for 'not'");
    return builder_.name(name);
  }
  return spelled == "has" ? has(name) : call(name.begin, name, kNoNode);
}

NodeId Parser::list() {
  const std::size_t begin = token_.begin;
  advance();
  std::vector<NodeId> elements;
  if (!arguments(TokenKind::kRightBracket, elements)) return kNoNode;
  return builder_.list(shape(NodeKind::kList, begin, begin), elements);
}

NodeId Parser::map() {
  const std::size_t begin = token_.begin;
  advance();
  std::vector<NodeId> entries;
  while (!at(TokenKind::kRightBrace)) {
    entries.push_back(expression());
    if (entries.back() == kNoNode || !expect(TokenKind::kColon, "':' and the value of the key")) return kNoNode;
    entries.push_back(expression());
    if (entries.back() == kNoNode) return kNoNode;
    if (!accept(TokenKind::kComma)) break;
  }
  if (!expect(TokenKind::kRightBrace, "',' or '}'")) return kNoNode;
  return builder_.map(shape(NodeKind::kMap, begin, begin), entries);
}

tl::expected<std::shared_ptr<const Syntax>, ExpressionProblem> parse_expression(std::string_view text) {
  if (text.size() > kMaxExpressionBytes) {
    return tl::make_unexpected(ExpressionProblem{0, "the expression is longer than 1 MiB", ""});
  }
  if (const auto bad = first_bad_byte(text)) {
    return tl::make_unexpected(ExpressionProblem{*bad, "the expression is not valid UTF-8", ""});
  }
  auto syntax = std::make_shared<Syntax>(text);
  if (auto problem = Parser(*syntax).parse(syntax->top)) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text.substr(first).starts_with("{{")) {
      *problem = {first, "this is an expression, not a template", "write it without {{ and }}"};
    }
    return tl::make_unexpected(std::move(*problem));
  }
  return std::shared_ptr<const Syntax>(std::move(syntax));
}

}  // namespace qflow
