#include "qflow/expression/expression.h"

#include "expression/checker.h"
#include "expression/container.h"
#include "expression/evaluation_error.h"
#include "expression/evaluator.h"
#include "expression/explainer.h"
#include "expression/parser.h"
#include "qflow/error/printable.h"

namespace qflow {
namespace {

tl::unexpected<Error> nothing_parsed() {
  return tl::make_unexpected(evaluation_error("there is no expression here"));
}

}  // namespace

Result<Value> EmptyScope::root(std::string_view name) const {
  return fail(ErrorKind::kNotFound, "there is no " + quoted(name) + " here",
              "outside a run only constants and functions work");
}

std::string_view to_text(ExpressionType type) {
  switch (type) {
    case ExpressionType::kUnknown:
      return "any value";
    case ExpressionType::kNull:
      return "null";
    case ExpressionType::kBool:
      return "true or false";
    case ExpressionType::kNumber:
      return "a number";
    case ExpressionType::kText:
      return "text";
    case ExpressionType::kList:
      return "a list";
    case ExpressionType::kObject:
      return "an object";
    case ExpressionType::kInstant:
      return "an instant";
    case ExpressionType::kDuration:
      return "a duration";
  }
  return "";
}

tl::expected<Expression, ExpressionProblem> Expression::parse(std::string_view text) {
  auto syntax = parse_expression(text);
  if (!syntax) return tl::make_unexpected(std::move(syntax).error());
  Expression expression;
  expression.syntax_ = std::move(*syntax);
  return expression;
}

std::vector<ExpressionProblem> Expression::check(const ScopeShape& shape) const {
  return syntax_ ? check_references(*syntax_, shape) : std::vector<ExpressionProblem>{};
}

Result<Value> Expression::evaluate(const Scope& scope) const {
  if (!syntax_) return nothing_parsed();
  Evaluator evaluator(*syntax_, scope);
  QFLOW_ASSIGN(Value value, evaluator.evaluate(syntax_->top));
  return settled(std::move(value), evaluator.meter());
}

Result<bool> Expression::evaluate_bool(const Scope& scope) const {
  if (!syntax_) return nothing_parsed();
  return Evaluator(*syntax_, scope).truth(syntax_->top);
}

std::string Expression::explain(const Scope& scope) const {
  return syntax_ ? explain_expression(*syntax_, scope) : nothing_parsed().value().message;
}

std::vector<Reference> Expression::references() const {
  return syntax_ ? find_references(*syntax_) : std::vector<Reference>{};
}

ExpressionType Expression::type() const {
  return syntax_ ? type_of(*syntax_, syntax_->top) : ExpressionType::kUnknown;
}

const std::string& Expression::text() const {
  static const std::string none;
  return syntax_ ? syntax_->text : none;
}

}  // namespace qflow
