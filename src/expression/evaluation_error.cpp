#include "expression/evaluation_error.h"

#include "expression/excerpt.h"
#include "expression/number.h"
#include "expression/value_content.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {
namespace {

constexpr std::size_t kMaxSuggested = 1000;  // names among which the nearest is looked for

std::string child_text(const Place& place, std::size_t child) {
  const Syntax& syntax = place.syntax;
  return source_excerpt(syntax.text_of(syntax.node(syntax.child(place.node, child))));
}

bool is_literal(const Place& place, std::size_t child) {
  return place.syntax.is_literal(place.syntax.child(place.node, child));
}

bool is_text(const Value& value) {
  return value.json() != nullptr && value.json()->is_string();
}
bool is_int(const Value& value) {
  return is_number(value) && Number::of(*value.json())->is_int;
}
bool is_time(const Value& value) {
  return value.instant() != nullptr || value.duration() != nullptr;
}

struct Wording {
  std::string_view verb;
  std::string_view joint;
};

Wording wording(Operator op) {
  switch (op) {
    case Operator::kAdd:
      return {"add", "and"};
    case Operator::kSubtract:
      return {"subtract", "and"};
    case Operator::kMultiply:
      return {"multiply", "and"};
    case Operator::kDivide:
      return {"divide", "by"};
    case Operator::kRemainder:
      return {"take the remainder of", "by"};
    case Operator::kIn:
      return {"look for", "in"};
    default:
      return {"compare", "with"};
  }
}

std::vector<std::string> names_of(const Value& object) {
  if (const auto map = MapView::of(object))
    return map->size() <= kMaxSuggested ? map->names() : std::vector<std::string>{};
  return {};
}

}  // namespace

Error evaluation_error(std::string message, std::string advice) {
  return {ErrorKind::kFailed, std::move(message), std::move(advice)};
}

std::string named_value(const Place& place, std::size_t child, const Value& value) {
  const std::string shown = excerpt(value);
  if (is_literal(place, child)) return shown;
  return child_text(place, child) + " (" + shown + ")";
}

std::string typed_value(const Place& place, std::size_t child, const Value& value) {
  const std::string type(value_type_name(value));
  const std::string shown = excerpt(value);
  if (is_literal(place, child)) return shown == type ? shown : shown + " (" + type + ")";
  return child_text(place, child) + " (" + (shown == type ? shown : shown + ", " + type) + ")";
}

Error missing_field(const Place& place, std::string_view name, const Value& object) {
  return {ErrorKind::kNotFound, "no field " + quoted(name) + " in " + child_text(place, 0),
          did_you_mean_or_list(name, names_of(object))};
}

Error no_object(const Place& place, std::string_view name, const Value& value) {
  const bool is_null = value.json() != nullptr && value.json()->is_null();
  const std::string what = is_literal(place, 0) ? excerpt(value) : child_text(place, 0) + " is " + excerpt(value);
  if (is_null) {
    return {ErrorKind::kNotFound, "no field " + quoted(name) + " in " + child_text(place, 0) + ", which is null", ""};
  }
  const bool is_list = ListView::of(value).has_value();
  return evaluation_error(what + ", not an object: it has no field " + quoted(name),
                          is_list ? "name an element: " + child_text(place, 0) + "[0]" : "");
}

Error wrong_argument(const Call& call, std::size_t index, std::string_view expected) {
  return evaluation_error(std::string(call.node.name) + "() takes " + std::string(expected) + ", not " +
                          typed_value({call.syntax, call.node}, index, call.arguments[index]));
}

std::string conversion_advice(const Value& left, const Value& right) {
  const bool one_text = is_text(left) != is_text(right);
  if (one_text && (is_number(left) || is_number(right))) {
    return "int() or double() makes a number of text, string() text of a number";
  }
  if (one_text && (is_time(left) || is_time(right))) {
    return "timestamp() makes an instant of text, duration() a duration";
  }
  if (is_number(left) && is_number(right) && is_int(left) != is_int(right)) {
    return "make both floats with double(), or both integers with int()";
  }
  return {};
}

Error wrong_operands(const Place& place, const Value& left, const Value& right) {
  const Wording words = wording(place.node.op);
  return evaluation_error("can't " + std::string(words.verb) + " " + typed_value(place, 0, left) + " " +
                              std::string(words.joint) + " " + typed_value(place, 1, right),
                          conversion_advice(left, right));
}

}  // namespace qflow
