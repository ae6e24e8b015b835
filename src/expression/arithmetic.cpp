#include "expression/arithmetic.h"

#include <cmath>
#include <optional>

#include "expression/container.h"
#include "expression/evaluation_error.h"
#include "expression/excerpt.h"
#include "expression/number.h"

namespace qflow {
namespace {

using Microseconds = Duration::rep;

constexpr Instant kEndOfInstants = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);

std::string source(const Place& place) {
  return source_excerpt(place.syntax.text_of(place.node));
}

tl::unexpected<Error> overflow(const Place& place) {
  return tl::make_unexpected(evaluation_error(source(place) + " is beyond 64 bits", "calculate with double()"));
}

tl::unexpected<Error> division_by_zero(const Place& place) {
  return tl::make_unexpected(evaluation_error("division by zero in " + source(place)));
}

Result<Value> divide_ints(const Place& place, std::int64_t a, std::int64_t b) {
  if (b == 0) return division_by_zero(place);
  if (a == INT64_MIN && b == -1) return overflow(place);
  return Value(Json(place.node.op == Operator::kDivide ? a / b : a % b));
}

Result<Value> calculate_ints(const Place& place, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  bool overflows = false;
  switch (place.node.op) {
    case Operator::kAdd:
      overflows = __builtin_add_overflow(a, b, &result);
      break;
    case Operator::kSubtract:
      overflows = __builtin_sub_overflow(a, b, &result);
      break;
    case Operator::kMultiply:
      overflows = __builtin_mul_overflow(a, b, &result);
      break;
    default:
      return divide_ints(place, a, b);
  }
  if (overflows) return overflow(place);
  return Value(Json(result));
}

Result<Value> calculate_doubles(const Place& place, double a, double b) {
  const Operator op = place.node.op;
  if (op == Operator::kDivide && b == 0) return division_by_zero(place);
  const double result = op == Operator::kAdd        ? a + b
                        : op == Operator::kSubtract ? a - b
                        : op == Operator::kMultiply ? a * b
                                                    : a / b;
  if (!std::isfinite(result)) {
    return tl::make_unexpected(evaluation_error(source(place) + " is too large for a number"));
  }
  return Value(Json(result));
}

Result<Value> instant_value(const Place& place, Microseconds since_epoch) {
  const Instant instant{Duration(since_epoch)};
  if (instant < kFirstInstant || instant >= kEndOfInstants) {
    return tl::make_unexpected(evaluation_error(source(place) + " is not between the years 1 and 9999"));
  }
  return Value(instant);
}

// Sums and differences of instants and durations; nothing when these two have none.
std::optional<Result<Value>> calculate_times(const Place& place, const Value& left, const Value& right) {
  const bool adds = place.node.op == Operator::kAdd;
  if (!adds && place.node.op != Operator::kSubtract) return std::nullopt;
  const auto count = [](const Value& value) {
    return value.instant() != nullptr ? value.instant()->time_since_epoch().count() : value.duration()->count();
  };
  const auto is_time = [](const Value& value) { return value.instant() != nullptr || value.duration() != nullptr; };
  if (!is_time(left) || !is_time(right)) return std::nullopt;
  const bool left_instant = left.instant() != nullptr;
  const bool right_instant = right.instant() != nullptr;
  if (right_instant && (adds ? left_instant : !left_instant)) return std::nullopt;
  Microseconds result = 0;
  const bool overflows = adds ? __builtin_add_overflow(count(left), count(right), &result)
                              : __builtin_sub_overflow(count(left), count(right), &result);
  if (overflows) return overflow(place);
  if (left_instant != right_instant) return instant_value(place, result);
  return Result<Value>(Value(Duration(result)));
}

Result<Value> join_texts(const std::string& a, const std::string& b, Meter& meter) {
  if (!meter.spend_bytes(a.size() + b.size())) return Meter::error();
  std::string text;
  text.reserve(a.size() + b.size());
  text.append(a).append(b);
  return Value(Json(std::move(text)));
}

Result<Value> join_lists(const ListView& a, const ListView& b, Meter& meter) {
  if (!meter.spend(a.size() + b.size())) return Meter::error();
  ValueList list;
  list.reserve(a.size() + b.size());
  for (std::size_t i = 0; i < a.size(); ++i) list.push_back(a.at(i));
  for (std::size_t i = 0; i < b.size(); ++i) list.push_back(b.at(i));
  return list_value(std::move(list));
}

}  // namespace

Result<Value> calculate(const Place& place, const Value& left, const Value& right, Meter& meter) {
  const Json* a = left.json();
  const Json* b = right.json();
  if (a != nullptr && b != nullptr && a->is_number() && b->is_number()) {
    const Number x = *Number::of(*a);
    const Number y = *Number::of(*b);
    if (x.is_int && y.is_int) return calculate_ints(place, x.integer, y.integer);
    if (!x.is_int && !y.is_int && place.node.op != Operator::kRemainder)
      return calculate_doubles(place, x.real, y.real);
    return tl::make_unexpected(wrong_operands(place, left, right));
  }
  if (auto result = calculate_times(place, left, right)) return std::move(*result);
  if (place.node.op == Operator::kAdd) {
    if (a != nullptr && b != nullptr && a->is_string() && b->is_string()) {
      return join_texts(a->get_ref<const std::string&>(), b->get_ref<const std::string&>(), meter);
    }
    const auto left_list = ListView::of(left);
    const auto right_list = ListView::of(right);
    if (left_list && right_list) return join_lists(*left_list, *right_list, meter);
  }
  return tl::make_unexpected(wrong_operands(place, left, right));
}

Result<Value> negate(const Place& place, const Value& value) {
  const auto number = value.json() != nullptr ? Number::of(*value.json()) : std::nullopt;
  if (!number) return tl::make_unexpected(evaluation_error("can't negate " + typed_value(place, 0, value)));
  if (!number->is_int) return Value(Json(-number->real));
  if (number->integer == INT64_MIN) return overflow(place);
  return Value(Json(-number->integer));
}

}  // namespace qflow
