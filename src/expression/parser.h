#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "expression/lexer.h"
#include "expression/literal.h"
#include "expression/syntax.h"
#include "expression/syntax_builder.h"

namespace qflow {

struct MacroForm;

// Recursive descent over the grammar of cel-spec langdef.md. Every rule returns kNoNode once there is a problem.
class Parser {
 public:
  explicit Parser(Syntax& syntax) : builder_(syntax), lexer_(syntax.text) { advance(); }

  // Sets the top of the tree, or returns the problem.
  std::optional<ExpressionProblem> parse(NodeId& top);

 private:
  static constexpr NodeId kNoNode = SyntaxBuilder::kNoNode;

  bool at(TokenKind kind) const { return token_.kind == kind; }
  std::string_view word() const { return lexer_.text_of(token_); }
  void advance() {
    last_end_ = token_.end;
    token_ = lexer_.next();
  }
  bool accept(TokenKind kind);
  bool expect(TokenKind kind, std::string_view what);
  NodeId unexpected(std::string_view expected);
  SyntaxBuilder::Shape shape(NodeKind kind, std::size_t begin, std::size_t anchor) const {
    return {kind, begin, last_end_, anchor};
  }

  // Operators and values, by how tightly they bind: parser.cpp.
  NodeId expression();
  NodeId conditional();
  NodeId junction(TokenKind joint);
  NodeId operand_of(TokenKind joint) { return joint == TokenKind::kOr ? junction(TokenKind::kAnd) : binary(0); }
  NodeId binary(int level);
  NodeId unary();
  NodeId postfix();
  NodeId number(std::size_t begin, Sign sign);
  NodeId select(std::size_t begin, NodeId operand);
  NodeId index(std::size_t begin, NodeId operand);
  NodeId primary();
  NodeId text();
  NodeId constant(Json value);
  NodeId name();
  NodeId list();
  NodeId map();

  // Calls and macros: call_parser.cpp.
  NodeId has(const Token& name);
  NodeId call(std::size_t begin, const Token& name, NodeId receiver);
  NodeId macro(std::size_t begin, const Token& name, const MacroForm& form, NodeId range);
  bool arguments(TokenKind end, std::vector<NodeId>& list);
  const Function* function(const Token& name, NodeId receiver);
  bool count_fits(const Token& name, const Function& function, std::size_t count, NodeId receiver);

  SyntaxBuilder builder_;
  Lexer lexer_;
  Token token_;
  std::size_t last_end_ = 0;
  int nesting_ = 0;
};

// The tree of an expression, or the first problem.
tl::expected<std::shared_ptr<const Syntax>, ExpressionProblem> parse_expression(std::string_view text);

}  // namespace qflow
