#include "expression/container.h"
#include "expression/excerpt.h"
#include "expression/explainer.h"
#include "qflow/error/wording.h"

namespace qflow {
namespace {

constexpr std::size_t kMaxShown = 3;  // of a quantifier inside another one: 1

}  // namespace

// One quantifier with what it went through.
struct Explainer::Visit {
  const Node& node;
  std::string range;
  bool has_keys = false;  // an object was gone through
  ValueList elements;
  std::vector<std::size_t> fitting;
  std::vector<std::size_t> failing;
};

void Explainer::add_quantifier(const Node& node, Facts& facts) {
  auto elements = evaluator_.elements({syntax_, node});
  const auto range = evaluator_.evaluate(syntax_.child(node, 0));
  if (!elements || !range) return;
  Visit visit{node, text_of(syntax_.child(node, 0)), !ListView::of(*range).has_value(), std::move(*elements), {}, {}};
  for (std::size_t i = 0; i < visit.elements.size(); ++i) {
    evaluator_.set_variable(node.slot, visit.elements[i]);
    const auto fits = evaluator_.truth(syntax_.child(node, 1));
    if (fits) (*fits ? visit.fitting : visit.failing).push_back(i);
    if (evaluator_.meter().exhausted()) return;
  }
  const std::string noun = visit.has_keys ? "key" : "element";
  if (visit.elements.empty()) {
    add(facts, visit.range + " is empty");
  } else if (node.macro == Macro::kAll && visit.failing.empty()) {
    add(facts, visit.elements.size() == 1
                   ? "the only " + noun + " of " + visit.range + " fits"
                   : "all " + counted(visit.elements.size(), noun) + " of " + visit.range + " fit");
  } else if (node.macro == Macro::kAll) {
    add_first(visit, visit.failing, facts);
  } else if (visit.fitting.empty()) {
    add_none(visit, facts);
  } else if (node.macro == Macro::kExistsOne && visit.fitting.size() > 1) {
    add_several(visit, facts);
  } else {
    add_first(visit, visit.fitting, facts);
  }
}

void Explainer::add_first(const Visit& visit, const std::vector<std::size_t>& elements, Facts& facts) {
  std::string fact =
      "in " + element_name(visit, elements[0]) + " of " + visit.range + " " + element_detail(visit, elements[0]);
  if (elements.size() > 1) fact += " (one of " + std::to_string(elements.size()) + " such)";
  add(facts, std::move(fact));
}

void Explainer::add_none(const Visit& visit, Facts& facts) {
  std::string fact = "no " + std::string(visit.has_keys ? "key" : "element") + " of " + visit.range + " fits";
  const std::size_t shown = std::min(visit.failing.size(), quantifiers_ > 0 ? 1 : kMaxShown);
  for (std::size_t i = 0; i < shown; ++i) {
    fact += "; in " + element_name(visit, visit.failing[i]) + " " + element_detail(visit, visit.failing[i]);
  }
  if (visit.failing.size() > shown) fact += "; and " + std::to_string(visit.failing.size() - shown) + " more";
  add(facts, std::move(fact));
}

void Explainer::add_several(const Visit& visit, Facts& facts) {
  std::string fact =
      counted(visit.fitting.size(), visit.has_keys ? "key" : "element") + " of " + visit.range + " fit: ";
  for (std::size_t i = 0; i < std::min(visit.fitting.size(), kMaxShown); ++i) {
    const std::size_t index = visit.fitting[i];
    fact += (i > 0 ? ", " : "") + (visit.has_keys ? excerpt(visit.elements[index]) : std::to_string(index));
  }
  if (visit.fitting.size() > kMaxShown) fact += ", ...";
  add(facts, std::move(fact));
}

std::string Explainer::element_name(const Visit& visit, std::size_t index) const {
  return visit.has_keys ? "key " + excerpt(visit.elements[index]) : "element " + std::to_string(index);
}

std::string Explainer::element_detail(const Visit& visit, std::size_t index) {
  evaluator_.set_variable(visit.node.slot, visit.elements[index]);
  const NodeId body = syntax_.child(visit.node, 1);
  const NodeKind kind = syntax_.node(body).kind;
  const bool is_compound = kind == NodeKind::kAnd || kind == NodeKind::kOr || kind == NodeKind::kConditional;
  ++quantifiers_;
  const Facts facts = is_compound ? Facts{} : facts_of(body);
  std::string detail = facts.empty() ? describe(body, Level::kInside) : joined(facts);
  --quantifiers_;
  return detail;
}

}  // namespace qflow
