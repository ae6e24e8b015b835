// Input: an expression, which is also read as a template and as the text of a shell.
#include "expression/evaluator.h"
#include "expression/excerpt.h"
#include "expression/json_scope.h"
#include "expression/parser.h"
#include "fuzz/target.h"
#include "qflow/error/printable.h"
#include "qflow/expression/template.h"

namespace qflow::fuzz {
namespace {

constexpr std::size_t kLongestExplanation = 803;  // 800 and "..."

constexpr std::string_view kRoots = R"({
  "params": {"window": 3, "name": "x y", "on": true, "ratio": 0.5, "list": [1, 2, 3], "texts": ["a", "b"],
             "map": {"a": 1, "b": [true, null]}, "none": null, "day": "2026-11-20", "big": 9223372036854775807},
  "run": {"id": "Flow/34", "status": "succeeded", "params": {"window": 3}},
  "trigger": {"event": {"name": "data", "payload": {"rows": 3, "paths": ["a/b.csv"]}}, "first": {"payload": {}}},
  "item": "a", "index": 0})";

JsonScope make_scope() {
  JsonScope scope(json(kRoots));
  const Instant at{std::chrono::seconds{1'790'000'000}};
  scope.set("event", Value(at));
  scope.set("artifacts",
            Value(std::make_shared<const FakeObject>(
                json(R"({"a": 1})"),
                std::map<std::string, Value>{
                    {"a", Value(json("[1, 2]"))}, {"at", Value(at)}, {"took", Value(Duration{90'000'000})}})));
  return scope;
}

const ScopeShape& shape() {
  static const ScopeShape shape{
      .roots = {{"params", false, {"window", "name", "on", "list", "map"}, "parameter"}, {"trigger"}, {"run"}},
      .place = "a test",
      .absent = {{"item", "only in a foreach"}}};
  return shape;
}

bool fits(ExpressionType type, const Value& value) {
  const Json* json = value.json();
  switch (type) {
    case ExpressionType::kUnknown:
      return true;
    case ExpressionType::kNull:
      return json != nullptr && json->is_null();
    case ExpressionType::kBool:
      return json != nullptr && json->is_boolean();
    case ExpressionType::kNumber:
      return json != nullptr && json->is_number();
    case ExpressionType::kText:
      return json != nullptr && json->is_string();
    case ExpressionType::kList:
      return value.list() != nullptr || (json != nullptr && json->is_array());
    case ExpressionType::kObject:
      return value.map() != nullptr || value.object() != nullptr || (json != nullptr && json->is_object());
    case ExpressionType::kInstant:
      return value.instant() != nullptr;
    case ExpressionType::kDuration:
      return value.duration() != nullptr;
  }
  return false;
}

void check_references(const std::vector<Reference>& references, std::string_view text) {
  for (const Reference& reference : references) {
    demand(!reference.path.empty() && reference.path.size() == reference.offsets.size(), "each element has an offset");
    demand(reference.offset < text.size(), "a reference lies in the text", text);
    demand(text.substr(reference.offset).starts_with(reference.path[0]), "a reference begins with its root", text);
    for (const std::size_t offset : reference.offsets) demand(offset < text.size(), "each element lies in it", text);
  }
}

void check_problems(const std::vector<ExpressionProblem>& problems, std::string_view text) {
  for (const ExpressionProblem& problem : problems) {
    demand(problem.offset <= text.size() && !problem.message.empty(), "a problem lies in the text", text);
  }
}

// How an explanation shows a value: numbers, booleans and null in full, all else in short.
std::string shown(const Value& value) {
  const Json* json = value.json();
  return json != nullptr && json->is_primitive() && !json->is_string() ? to_compact(*json) : excerpt(value);
}

void check_explanation(const Expression& expression, const Result<Value>& value, const Scope& scope) {
  const std::string text = expression.explain(scope);
  demand(printable(text) == text, "an explanation is one line that can be printed", text);
  demand(count_code_points(text) <= kLongestExplanation, "an explanation is short", text);
  demand(!text.empty(), "there is an explanation", expression.text());
  // What is no && and no || states its value.
  const std::string statement = source_excerpt(expression.text()) + " is ";
  if (value && text.starts_with(statement) && !text.starts_with(statement + "always ")) {
    demand(text.substr(statement.size()).starts_with(shown(*value)), "an explanation states the value", text);
  }
}

// Some ten evaluations follow: of what costs the most that one may, they would take seconds.
bool is_cheap(const std::string& text, const Scope& scope) {
  const auto syntax = parse_expression(text);
  Evaluator evaluator(**syntax, scope, Meter(Meter::kMaxSteps / 20));
  return evaluator.evaluate((*syntax)->top) && !evaluator.meter().exhausted();
}

// What `text` gives, as text; nothing where it is too deep or too long to be parsed.
std::optional<std::string> gives(const std::string& text, const Scope& scope) {
  if (!Expression::parse(text)) return std::nullopt;
  return outcome(text, scope);
}

// The same value under what must not change it, or must change it in a known way.
void check_variants(const Expression& expression, const std::string& value, const Scope& scope) {
  const std::string inside = "(" + expression.text() + "\n)";
  demand(gives(inside, scope).value_or(value) == value, "brackets change no value", inside);
  demand(gives("[" + inside + "][0]", scope).value_or(value) == value, "a list keeps its values", inside);
  if (expression.evaluate_bool(scope)) {
    const std::string opposite = value == "true" ? "false" : "true";
    demand(gives("!" + inside, scope).value_or(opposite) == opposite, "! gives the opposite", inside);
    demand(gives(inside + " && true", scope).value_or(value) == value, "&& true changes no bool", inside);
    demand(gives(inside + "? 1 : 2", scope).value_or(value) == (value == "true" ? "1" : "2"), "? : follows it", inside);
  }
}

// What C++ and what the language calculate with a whole number.
void check_arithmetic(const Expression& expression, std::int64_t number, const Scope& scope) {
  const std::string inside = "(" + expression.text() + "\n)";
  std::int64_t result = 0;
  const auto check = [&](bool overflows, const std::string& text) {
    const std::string expected = std::to_string(result);
    if (!overflows) demand(gives(text, scope).value_or(expected) == expected, "the language calculates like C++", text);
  };
  check(__builtin_add_overflow(number, 7, &result), inside + " + 7");
  check(__builtin_sub_overflow(number, 7, &result), inside + " - 7");
  check(__builtin_mul_overflow(number, -7, &result), inside + " * -7");
  result = number / 7;
  check(false, inside + " / 7");
  result = number % 7;
  check(false, inside + " % 7");
}

void check_expression(std::string_view text, const JsonScope& scope) {
  const auto expression = Expression::parse(text);
  if (!expression) return check_problems({expression.error()}, text);
  demand(expression->text() == text, "an expression keeps its text", text);
  check_references(expression->references(), text);
  check_problems(expression->check(shape()), text);
  const auto value = expression->evaluate(scope);
  check_explanation(*expression, value, scope);
  if (!value) return demand(!value.error().message.empty(), "an error has a message", text);
  demand(fits(expression->type(), *value), "the value is of the type that the text promises", text);
  const auto json = value->to_json();
  if (!json || !is_cheap(expression->text(), scope)) return;
  check_variants(*expression, to_compact(*json), scope);
  demand(gives(to_compact(*json), scope).value_or(to_compact(*json)) == to_compact(*json), "JSON is an expression",
         text);
  if (json->is_number_integer()) check_arithmetic(*expression, json->get<std::int64_t>(), scope);
}

void check_template(std::string_view text, const JsonScope& scope) {
  const auto parsed = Template::parse(text);
  if (!parsed) return check_problems({parsed.error()}, text);
  check_references(parsed->references(), text);
  check_problems(parsed->check(shape()), text);
  const auto value = parsed->render(scope);
  const auto rendered = parsed->render_text(scope);
  demand(value.has_value() == rendered.has_value(), "a template has a text where it has a value", text);
  if (value) demand(to_plain_text(*value) == *rendered, "the text of a template is that of its value", text);
  if (value && text.find("{{") == std::string_view::npos) demand(*rendered == text, "text without braces stays", text);
}

void check_braces(std::string_view text) {
  for (const std::size_t offset : find_template_braces(text, {"params", "trigger", "run"})) {
    demand(text.substr(offset).starts_with("{{"), "braces are found where they are", text);
  }
}

}  // namespace

void feed(std::string_view input) {
  static const JsonScope scope = make_scope();
  check_expression(input, scope);
  check_template(input, scope);
  check_braces(input);
}

void endure(std::string_view long_input) {
  static const JsonScope scope = make_scope();
  const auto expression = Expression::parse(long_input);
  if (expression) check_explanation(*expression, expression->evaluate(scope), scope);
  check_template(long_input, scope);
  check_braces(long_input);
}

}  // namespace qflow::fuzz
