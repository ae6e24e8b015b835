#pragma once

#include <string>
#include <vector>

#include "expression/evaluator.h"

namespace qflow {

// Expression::explain; at most 800 characters.
std::string explain_expression(const Syntax& syntax, const Scope& scope);

// Says why nodes have the values they have. A statement is "TEXT is VALUE: FACTS"; facts are the values of the names
// and calls in it, and what else decided. What can't be evaluated is left out: the value as a whole is no error.
class Explainer {
 public:
  Explainer(const Syntax& syntax, const Scope& scope);

  // The statements of the terms that decided the node's value.
  std::string describe(NodeId id);

 private:
  // Where a statement stands: alone, "a is b: c", or inside another one, "a is b (c)".
  enum class Level { kAlone, kInside };
  using Facts = std::vector<std::string>;

  std::string describe(NodeId id, Level level);
  std::string describe_junction(const Node& node, Level level);
  std::string describe_conditional(const Node& node, Level level);
  std::string statement(NodeId id, Level level);

  // What decided the value of a node that is no && or ||.
  Facts facts_of(NodeId id);
  void add_operand(NodeId id, Facts& facts);
  void add_children(const Node& node, Facts& facts);
  void add_keys(NodeId path, Facts& facts);
  void add_value(NodeId id, Facts& facts);
  void add_mismatch(const Node& node, Facts& facts);
  void add_filtered(const Node& call, Facts& facts);
  void add_negated(const Node& node, Facts& facts);
  void add_presence(const Node& node, Facts& facts);

  // Of all, exists and exists_one: explain_macro.cpp.
  struct Visit;
  void add_quantifier(const Node& node, Facts& facts);
  void add_first(const Visit& visit, const std::vector<std::size_t>& elements, Facts& facts);
  void add_none(const Visit& visit, Facts& facts);
  void add_several(const Visit& visit, Facts& facts);
  std::string element_name(const Visit& visit, std::size_t index) const;
  std::string element_detail(const Visit& visit, std::size_t index);

  std::string text_of(NodeId id) const;
  static void add(Facts& facts, std::string fact);
  static std::string joined(const Facts& facts);

  const Syntax& syntax_;
  Evaluator evaluator_;
  int quantifiers_ = 0;  // whose elements are being described
};

}  // namespace qflow
