#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "qflow/expression/expression.h"

namespace qflow {

// A scope whose roots are given: by one JSON object, and values of any kind set one by one. It counts the questions.
class JsonScope final : public Scope {
 public:
  JsonScope() = default;
  explicit JsonScope(const Json& roots) {
    for (const auto& [name, value] : roots.items()) values_.emplace(name, Value(value));
  }

  void set(std::string name, Value value) { values_.insert_or_assign(std::move(name), std::move(value)); }

  Result<Value> root(std::string_view name) const override {
    ++asked;
    const auto found = values_.find(std::string(name));
    if (found == values_.end()) return fail(ErrorKind::kNotFound, "");
    return found->second;
  }

  mutable int asked = 0;

 private:
  std::map<std::string, Value> values_;
};

// A lazy object that records what was fetched. Its text form is `whole`.
class FakeObject final : public LazyObject {
 public:
  FakeObject(Json whole, std::map<std::string, Value> fields) : whole_(std::move(whole)), fields_(std::move(fields)) {}

  Result<Value> field(std::string_view name) const override {
    fetched.emplace_back(name);
    if (name == "broken") return fail(ErrorKind::kStore, "object ab12 is damaged");
    const auto found = fields_.find(std::string(name));
    if (found == fields_.end()) return fail(ErrorKind::kNotFound, "", "known: a, b");
    return found->second;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const auto& [name, value] : fields_) names.push_back(name);
    return names;
  }
  Result<Json> whole() const override {
    ++loaded;
    return whole_;
  }

  mutable std::vector<std::string> fetched;
  mutable int loaded = 0;

 private:
  Json whole_;
  std::map<std::string, Value> fields_;
};

inline Json json(std::string_view text) {
  auto value = parse_json(text);
  return value ? *value : Json("not JSON: " + value.error().message);
}

// What an expression gives, as text: compact JSON, or "error: ..." (a problem of parsing: "problem at OFFSET: ...").
inline std::string outcome(std::string_view text, const Scope& scope) {
  const auto expression = Expression::parse(text);
  if (!expression) {
    const ExpressionProblem& problem = expression.error();
    const std::string advice = problem.advice.empty() ? "" : "; " + problem.advice;
    return "problem at " + std::to_string(problem.offset) + ": " + problem.message + advice;
  }
  const auto value = expression->evaluate(scope);
  if (!value) return "error: " + to_text(value.error());
  const auto json = value->to_json();
  return json ? to_compact(*json) : "error: " + to_text(json.error());
}

}  // namespace qflow
