#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/expression/value.h"

namespace qflow {

struct Syntax;  // the tree; private to the layer until an exporter needs it

// Where in the expression's text something is wrong: offset in bytes, from 0.
struct ExpressionProblem {
  std::size_t offset = 0;
  std::string message;
  std::string advice;
};

// What the names of an expression stand for when it is evaluated.
class Scope {
 public:
  virtual ~Scope() = default;
  // The value of a root name (params, run, artifacts, trigger, item, index, event); kNotFound when there is none.
  virtual Result<Value> root(std::string_view name) const = 0;
};

// A scope without names: literals and functions only.
class EmptyScope final : public Scope {
 public:
  Result<Value> root(std::string_view name) const override;
};

// What is known of a value: of an object its fields, of a list its elements. Shapes refer to one another.
struct ValueShape {
  std::map<std::string, const ValueShape*, std::less<>> fields = {};  // null: nothing is known of the value
  bool open = false;                                                  // there may be other fields
  const ValueShape* element = nullptr;                                // of a list
};

// What may be named in a place, for checking before anything runs.
struct ScopeShape {
  // One root: its known first fields, or `open` when any field may exist.
  struct Root {
    std::string name;
    bool open = true;
    std::vector<std::string> fields = {};
    std::string noun = "field";         // what messages call a field: "parameter"
    const ValueShape* below = nullptr;  // of an open root; outlives the shape
  };
  // A name that means something in other places, and what to do in this one.
  struct Absent {
    std::string name;
    std::string advice;
  };
  std::vector<Root> roots;
  std::string place;  // for messages: "a step's when"
  std::vector<Absent> absent = {};
};

// One reference of an expression: the root and the constant fields that follow, as far as they are constant:
// trigger["first"].payload.x → {"trigger", "first", "payload", "x"}.
struct Reference {
  std::vector<std::string> path;
  std::size_t offset = 0;            // of the root
  std::vector<std::size_t> offsets;  // of each element of the path
  bool complete = true;              // false where something follows that is not a constant field: a[0], a[b]
};

// The type of every value that an expression can have, where its text alone says so.
enum class ExpressionType { kUnknown, kNull, kBool, kNumber, kText, kList, kObject, kInstant, kDuration };
std::string_view to_text(ExpressionType type);  // "text", "a number"

// An expression of the language of the flow file: a subset of CEL (https://github.com/google/cel-spec, langdef.md).
// Immutable, cheap to copy, thread-safe.
class Expression {
 public:
  // Syntax, known functions, argument counts, macros, constant patterns of matches(); the first problem is returned.
  // Depth is at most 200, where terms of one && or || count as one level; the text has at most 1 MiB.
  static tl::expected<Expression, ExpressionProblem> parse(std::string_view text);

  // Names that can't exist in the place: all of them.
  std::vector<ExpressionProblem> check(const ScopeShape& shape) const;

  // The value: JSON, an instant, a duration or a lazy object; a list or map of others becomes JSON. kFailed when the
  // evaluation is an error (wrong types, division by zero, more than 1,000,000 steps); kNotFound when all that is wrong
  // is a missing field, element or name. The message names the path.
  Result<Value> evaluate(const Scope& scope) const;

  // For conditions: must give a bool.
  Result<bool> evaluate_bool(const Scope& scope) const;

  // Why the value is what it is, for people: the terms that decided it, each with the values it had, "params.window > 1
  // is false: params.window is 1". For && and || only the deciding terms; values are shortened; of an error its text.
  // One line.
  std::string explain(const Scope& scope) const;

  // In the order of the text; the variables of macros are not among them.
  std::vector<Reference> references() const;
  ExpressionType type() const;
  const std::string& text() const;

 private:
  std::shared_ptr<const Syntax> syntax_;
};

}  // namespace qflow
