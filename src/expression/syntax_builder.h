#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expression/lexer.h"
#include "expression/meter.h"
#include "expression/syntax.h"

namespace qflow {

// Makes the nodes of a Syntax and keeps its rules: depth, names, variables of macros, constants folded into one
// literal, patterns compiled. A node that breaks a rule is kNoNode, and problem() says why; the first problem stays.
class SyntaxBuilder {
 public:
  static constexpr NodeId kNoNode = static_cast<NodeId>(-1);

  explicit SyntaxBuilder(Syntax& syntax) : syntax_(syntax) {}

  // What kind of node, what text it covers (bytes), where its problems are reported.
  struct Shape {
    NodeKind kind;
    std::size_t begin;
    std::size_t end;
    std::size_t anchor;
  };

  NodeId literal(std::size_t begin, std::size_t end, Json value);
  NodeId name(const Token& token);
  NodeId field(std::size_t begin, const Token& name, NodeId operand);
  // has(): the operand is a field, which becomes the question for it.
  NodeId has(const Shape& shape, NodeId field);
  NodeId binary(Operator op, const Shape& shape, NodeId left, NodeId right);
  NodeId node(const Shape& shape, std::span<const NodeId> children);
  NodeId list(const Shape& shape, std::span<const NodeId> elements);
  NodeId map(const Shape& shape, std::span<const NodeId> entries);
  NodeId call(const Shape& shape, const Function& function, std::span<const NodeId> arguments);
  NodeId macro(const Shape& shape, Macro macro, const Token& variable, std::span<const NodeId> parts);

  // The variable is known until it is closed, and hides what else has its name.
  void open_variable(const Token& variable);
  void close_variable() { variables_.pop_back(); }

  NodeId fail(std::size_t offset, std::string message, std::string advice = {});
  const std::optional<ExpressionProblem>& problem() const { return problem_; }

 private:
  NodeId add(Node node, std::span<const NodeId> children);
  std::string_view text_of(const Token& token) const;
  bool all_scalars(std::span<const NodeId> nodes) const;

  Syntax& syntax_;
  std::vector<std::string_view> variables_;
  Meter patterns_meter_;  // they are compiled once, not by each evaluation
  std::optional<ExpressionProblem> problem_;
};

}  // namespace qflow
