#include "expression/explainer.h"

#include <algorithm>

#include "expression/container.h"
#include "expression/evaluation_error.h"
#include "expression/excerpt.h"
#include "expression/functions.h"
#include "expression/value_content.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/error/wording.h"

namespace qflow {
namespace {

constexpr std::size_t kMaxLength = 800;
constexpr std::size_t kMaxTerms = 3;
constexpr std::size_t kMaxFacts = 6;
constexpr std::size_t kMaxSteps = 4 * Meter::kMaxSteps;  // explaining evaluates parts again

bool is_junction(NodeKind kind) {
  return kind == NodeKind::kAnd || kind == NodeKind::kOr;
}

bool is_null(const Value& value) {
  return value.json() != nullptr && value.json()->is_null();
}

}  // namespace

std::string explain_expression(const Syntax& syntax, const Scope& scope) {
  const auto value = Evaluator(syntax, scope).evaluate(syntax.top);
  if (!value) return to_text(value.error());
  return cut(Explainer(syntax, scope).describe(syntax.top), kMaxLength);
}

Explainer::Explainer(const Syntax& syntax, const Scope& scope)
    : syntax_(syntax), evaluator_(syntax, scope, Meter(kMaxSteps)) {}

std::string Explainer::describe(NodeId id) {
  return describe(id, Level::kAlone);
}

std::string Explainer::describe(NodeId id, Level level) {
  const Node& node = syntax_.node(id);
  if (is_junction(node.kind)) return describe_junction(node, level);
  if (node.kind == NodeKind::kConditional) return describe_conditional(node, level);
  return statement(id, level);
}

// The terms that have the value of the whole decided it: one true term of ||, every true term of &&. Those that an
// absorbed error hides have none.
std::string Explainer::describe_junction(const Node& node, Level level) {
  const bool deciding = node.kind == NodeKind::kOr;
  std::vector<NodeId> holding;
  std::vector<NodeId> others;
  for (const NodeId term : syntax_.children_of(node)) {
    const auto value = evaluator_.truth(term);
    if (value) (*value == deciding ? holding : others).push_back(term);
  }
  std::vector<NodeId> terms = holding.empty() ? others : holding;
  const auto is_constant = [this](NodeId term) { return syntax_.is_constant(term); };
  const bool only_constants = std::all_of(terms.begin(), terms.end(), is_constant);
  if (!only_constants) std::erase_if(terms, is_constant);
  std::string text;
  for (std::size_t i = 0; i < std::min(terms.size(), kMaxTerms); ++i) {
    if (i > 0) text += "; ";
    text += describe(terms[i], level);
  }
  if (terms.size() > kMaxTerms) text += "; and " + std::to_string(terms.size() - kMaxTerms) + " more";
  return text;
}

std::string Explainer::describe_conditional(const Node& node, Level level) {
  const auto condition = evaluator_.truth(syntax_.child(node, 0));
  if (!condition) return to_text(condition.error());
  return describe(syntax_.child(node, 0), level) + "; " + describe(syntax_.child(node, *condition ? 1 : 2), level);
}

std::string Explainer::statement(NodeId id, Level level) {
  const auto value = evaluator_.evaluate(id);
  if (!value) return to_text(value.error());
  if (syntax_.is_literal(id)) return "it is always " + excerpt(*value);
  if (syntax_.is_constant(id)) return text_of(id) + " is always " + excerpt(*value);
  std::string text = text_of(id) + " is " + excerpt(*value);
  const Facts facts = facts_of(id);
  if (facts.empty()) return text;
  return level == Level::kAlone ? text + ": " + joined(facts) : text + " (" + joined(facts) + ")";
}

Explainer::Facts Explainer::facts_of(NodeId id) {
  const Node& node = syntax_.node(id);
  Facts facts;
  switch (node.kind) {
    case NodeKind::kNot:
      add_negated(node, facts);
      break;
    case NodeKind::kHas:
      add_presence(node, facts);
      break;
    case NodeKind::kMacro:
      node.macro <= Macro::kExistsOne ? add_quantifier(node, facts) : add_operand(syntax_.child(node, 0), facts);
      break;
    case NodeKind::kBinary:
      add_children(node, facts);
      add_mismatch(node, facts);
      break;
    default:
      syntax_.is_path(id) ? add_keys(id, facts) : add_children(node, facts);
  }
  return facts;
}

void Explainer::add_children(const Node& node, Facts& facts) {
  for (const NodeId child : syntax_.children_of(node)) add_operand(child, facts);
}

// The value of an operand, and of what it is calculated from.
void Explainer::add_operand(NodeId id, Facts& facts) {
  if (facts.size() >= kMaxFacts || syntax_.is_constant(id)) return;
  const Node& node = syntax_.node(id);
  if (node.kind != NodeKind::kList && node.kind != NodeKind::kMap) add_value(id, facts);
  if (syntax_.is_path(id)) return add_keys(id, facts);
  switch (node.kind) {
    case NodeKind::kCall:
      return add_filtered(node, facts);
    case NodeKind::kMacro:
    case NodeKind::kConditional:
    case NodeKind::kField:
    case NodeKind::kIndex:
    case NodeKind::kHas:
      return;
    default:
      add_children(node, facts);
  }
}

void Explainer::add_value(NodeId id, Facts& facts) {
  const auto value = evaluator_.evaluate(id);
  if (value) add(facts, text_of(id) + " is " + excerpt(*value));
}

// The keys of a path that are no constants: of a[params.key] the value of params.key.
void Explainer::add_keys(NodeId path, Facts& facts) {
  const Node* part = &syntax_.node(path);
  while (part->kind == NodeKind::kField || part->kind == NodeKind::kIndex) {
    if (part->kind == NodeKind::kIndex) add_operand(syntax_.child(*part, 1), facts);
    part = &syntax_.node(syntax_.child(*part, 0));
  }
}

// Two values that are unequal because of their types look equal to people: 3 and "3".
void Explainer::add_mismatch(const Node& node, Facts& facts) {
  if (node.op != Operator::kEqual && node.op != Operator::kNotEqual) return;
  const auto left = evaluator_.evaluate_loaded(syntax_.child(node, 0));
  const auto right = evaluator_.evaluate_loaded(syntax_.child(node, 1));
  if (!left || !right || is_null(*left) || is_null(*right) || (is_number(*left) && is_number(*right))) return;
  const std::string_view a = value_type_name(*left);
  const std::string_view b = value_type_name(*right);
  if (a != b) add(facts, std::string(a) + " never equals " + std::string(b));
}

// size(list.filter(...)) says little without the size of the list.
void Explainer::add_filtered(const Node& call, Facts& facts) {
  if (call.function->implementation != call_size) return;
  const Node& macro = syntax_.node(syntax_.child(call, 0));
  if (macro.kind != NodeKind::kMacro || macro.macro != Macro::kFilter) return;
  const auto elements = evaluator_.elements({syntax_, macro});
  if (!elements) return;
  const std::size_t count = elements->size();
  add(facts, text_of(syntax_.child(macro, 0)) + " has " + counted(count, "element"));
}

void Explainer::add_negated(const Node& node, Facts& facts) {
  NodeId inner = syntax_.child(node, 0);
  while (syntax_.node(inner).kind == NodeKind::kNot) inner = syntax_.child(syntax_.node(inner), 0);
  const NodeKind kind = syntax_.node(inner).kind;
  if (is_junction(kind) || kind == NodeKind::kConditional) return add(facts, describe(inner, Level::kInside));
  if (syntax_.is_path(inner)) return add_operand(inner, facts);
  facts = facts_of(inner);
}

void Explainer::add_presence(const Node& node, Facts& facts) {
  const NodeId operand = syntax_.child(node, 0);
  const auto object = evaluator_.evaluate(operand);
  if (!object) return;
  const std::string text = text_of(operand);
  if (is_null(*object)) return add(facts, text + " is null");
  if (const LazyObject* lazy = object->object()) {
    const auto has = lazy->has(node.name);
    if (has && !*has) add(facts, text + " has no " + quoted(node.name));
    return;
  }
  const auto map = MapView::of(*object);
  if (!map) return;
  if (const auto value = map->find(node.name))
    return add(facts, text + "." + std::string(node.name) + " is " + excerpt(*value));
  const std::string nearest = nearest_name(node.name, map->size() <= 100 ? map->names() : std::vector<std::string>{});
  add(facts, text + " has no " + quoted(node.name) + (nearest.empty() ? "" : ", but " + quoted(nearest)));
}

std::string Explainer::text_of(NodeId id) const {
  return source_excerpt(syntax_.text_of(syntax_.node(id)));
}

void Explainer::add(Facts& facts, std::string fact) {
  if (std::find(facts.begin(), facts.end(), fact) == facts.end()) facts.push_back(std::move(fact));
}

std::string Explainer::joined(const Facts& facts) {
  std::string text;
  for (const std::string& fact : facts) text += (text.empty() ? "" : ", ") + fact;
  return text;
}

}  // namespace qflow
