#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expression/meter.h"
#include "expression/syntax.h"

namespace qflow {

// Evaluates nodes of one expression against one scope, with one budget. A root of the scope is asked for once. The
// syntax and the scope outlive the evaluator.
class Evaluator {
 public:
  Evaluator(const Syntax& syntax, const Scope& scope, Meter meter = Meter());

  // The value; lists and maps of values may be in it (container.h, settled).
  Result<Value> evaluate(NodeId id);
  // The same with a lazy object loaded.
  Result<Value> evaluate_loaded(NodeId id);
  // The value of a condition; an error when it is no bool.
  Result<bool> truth(NodeId id);

  // What a macro visits: the elements of a list, the keys of an object.
  Result<ValueList> elements(const Place& place);
  void set_variable(std::size_t slot, Value value) { variables_[slot] = std::move(value); }

  Meter& meter() { return meter_; }

 private:
  Result<Value> root(const Node& node);
  Result<Value> field(const Node& node);
  Result<Value> index(const Node& node);
  Result<Value> has(const Node& node);
  Result<Value> call(const Node& node);
  Result<Value> list(const Node& node);
  Result<Value> map(const Node& node);
  Result<Value> negated(const Node& node);
  Result<Value> junction(const Node& node);
  Result<Value> conditional(const Node& node);
  Result<Value> binary(const Node& node);
  Result<Value> macro(const Node& node);
  Result<Value> quantifier(const Node& node, const ValueList& elements);
  Result<Value> exists_one(const Node& node, const ValueList& elements);
  Result<Value> filter(const Node& node, const ValueList& elements);
  Result<Value> map_macro(const Node& node, const ValueList& elements);

  const Syntax& syntax_;
  const Scope& scope_;
  Meter meter_;
  std::vector<std::optional<Value>> roots_;
  std::vector<Value> variables_;
};

}  // namespace qflow
