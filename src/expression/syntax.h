#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expression/pattern.h"
#include "qflow/expression/expression.h"
#include "qflow/expression/value.h"

namespace qflow {

struct Function;

inline constexpr int kMaxExpressionDepth = 200;
inline constexpr std::size_t kMaxExpressionBytes = 1 << 20;

using NodeId = std::uint32_t;

enum class NodeKind : std::uint8_t {
  kLiteral,      // a constant; lists and maps of constants too
  kRoot,         // a name of the scope
  kVariable,     // of a macro
  kField,        // child.name
  kIndex,        // child[child]
  kHas,          // has(child.name)
  kCall,         // a function; a method's receiver is the first child
  kList,         // the children
  kMap,          // key, value, key, value
  kNot,          // !child
  kNegate,       // -child
  kAnd,          // two children or more
  kOr,           // two children or more
  kConditional,  // condition, then, else
  kBinary,       // left, right
  kMacro,        // range, predicate or transformation; kMap also: range, filter, transformation
};

enum class Operator : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
};

enum class Macro : std::uint8_t { kAll, kExists, kExistsOne, kFilter, kMap };

struct Node {
  NodeKind kind = NodeKind::kLiteral;
  Operator op = Operator::kEqual;  // kBinary
  Macro macro = Macro::kAll;       // kMacro
  std::uint16_t depth = 1;         // levels of nodes below and with this one
  std::uint32_t begin = 0;         // its text, in bytes, without parentheses around it
  std::uint32_t end = 0;
  std::uint32_t anchor = 0;       // of the name, else of the operator
  std::uint32_t first_child = 0;  // in Syntax::children
  std::uint32_t child_count = 0;
  std::uint32_t slot = 0;  // literal: in constants; root: in roots; variable, macro: of the variable; a call
                           // with a constant pattern: in patterns, from 1
  std::string_view name;   // root, variable, field, has; of a macro its variable
  const Function* function = nullptr;
};

// An expression as a tree in arrays: children stand before their parents, destroying it needs no recursion. Names view
// `text`, so a Syntax never moves.
struct Syntax {
  explicit Syntax(std::string_view source) : text(source) {}
  Syntax(const Syntax&) = delete;
  Syntax& operator=(const Syntax&) = delete;

  std::string text;
  std::vector<Node> nodes;
  std::vector<NodeId> children;
  std::vector<Value> constants;
  std::vector<std::string_view> roots;  // each name once
  std::vector<Pattern> patterns;
  std::size_t variables = 0;  // macros inside each other
  NodeId top = 0;

  const Node& node(NodeId id) const { return nodes[id]; }
  NodeId child(const Node& node, std::size_t index) const { return children[node.first_child + index]; }
  std::span<const NodeId> children_of(const Node& node) const {
    return std::span(children).subspan(node.first_child, node.child_count);
  }
  std::string_view text_of(const Node& node) const {
    return std::string_view(text).substr(node.begin, node.end - node.begin);
  }
  const Value& constant_of(const Node& node) const { return constants[node.slot]; }
  // The text of a text literal, else null.
  const std::string* literal_text(NodeId id) const;
  // Whether the node is a constant.
  bool is_literal(NodeId id) const { return node(id).kind == NodeKind::kLiteral; }
  // Whether the node is a name followed by fields and indices: params.window, r["x"][0].
  bool is_path(NodeId id) const;
  // Whether no name of the scope and no variable stands in it.
  bool is_constant(NodeId id) const;
};

// A node whose children have values: what messages about them need.
struct Place {
  const Syntax& syntax;
  const Node& node;
};

}  // namespace qflow
