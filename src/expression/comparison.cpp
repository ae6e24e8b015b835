#include "expression/comparison.h"

#include <algorithm>
#include <optional>

#include "expression/container.h"
#include "expression/evaluation_error.h"
#include "expression/number.h"

namespace qflow {
namespace {

bool equal_texts(const std::string& a, const std::string& b, Meter& meter) {
  return a.size() == b.size() && meter.spend_bytes(a.size()) && a == b;
}

// Once the meter is exhausted the answer means nothing.
bool equal_json(const Json& a, const Json& b, Meter& meter) {
  if (!meter.spend(1)) return false;
  if (a.is_number() && b.is_number()) return compare_numbers(*Number::of(a), *Number::of(b)) == 0;
  if (a.type() != b.type()) return false;
  if (a.is_string()) return equal_texts(a.get_ref<const std::string&>(), b.get_ref<const std::string&>(), meter);
  if (a.is_boolean()) return a.get<bool>() == b.get<bool>();
  if (a.size() != b.size()) return false;
  auto other = b.begin();
  for (auto part = a.begin(); part != a.end(); ++part, ++other) {
    if (a.is_object() && !equal_texts(part.key(), other.key(), meter)) return false;
    if (!equal_json(*part, *other, meter)) return false;
  }
  return true;
}

Result<bool> equal_lists(const ListView& a, const ListView& b, Meter& meter) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    QFLOW_ASSIGN(const bool equal, are_equal(a.at(i), b.at(i), meter));
    if (!equal) return false;
  }
  return true;
}

Result<bool> equal_maps(const MapView& a, const MapView& b, Meter& meter) {
  if (a.size() != b.size()) return false;
  Result<bool> result = true;
  a.visit([&](std::string_view name, const Value& value) {
    const auto other = b.find(name);
    result = other ? are_equal(value, *other, meter) : Result<bool>(false);
    return result && *result;
  });
  return result;
}

Result<bool> equal_loaded(const Value& left, const Value& right, Meter& meter) {
  if (left.json() != nullptr && right.json() != nullptr) {
    const bool equal = equal_json(*left.json(), *right.json(), meter);
    if (meter.exhausted()) return Meter::error();
    return equal;
  }
  if (!meter.spend(1)) return Meter::error();
  if (left.instant() != nullptr && right.instant() != nullptr) return *left.instant() == *right.instant();
  if (left.duration() != nullptr && right.duration() != nullptr) return *left.duration() == *right.duration();
  const auto left_list = ListView::of(left);
  const auto right_list = ListView::of(right);
  if (left_list && right_list) return equal_lists(*left_list, *right_list, meter);
  const auto left_map = MapView::of(left);
  const auto right_map = MapView::of(right);
  if (left_map && right_map) return equal_maps(*left_map, *right_map, meter);
  return false;
}

template <class T>
std::partial_ordering order(const T& a, const T& b) {
  return a < b   ? std::partial_ordering::less
         : b < a ? std::partial_ordering::greater
                 : std::partial_ordering::equivalent;
}

std::optional<std::partial_ordering> order_of_json(const Json& a, const Json& b, Meter& meter) {
  if (a.is_number() && b.is_number()) return compare_numbers(*Number::of(a), *Number::of(b));
  if (a.type() != b.type()) return std::nullopt;
  if (a.is_boolean()) return order(a.get<bool>(), b.get<bool>());
  if (!a.is_string()) return std::nullopt;
  const auto& left = a.get_ref<const std::string&>();
  const auto& right = b.get_ref<const std::string&>();
  meter.spend_bytes(std::min(left.size(), right.size()));
  return order(left, right);  // the order of UTF-8 bytes is the order of code points
}

std::optional<std::partial_ordering> order_of(const Value& a, const Value& b, Meter& meter) {
  if (a.json() != nullptr && b.json() != nullptr) return order_of_json(*a.json(), *b.json(), meter);
  if (a.instant() != nullptr && b.instant() != nullptr) return order(*a.instant(), *b.instant());
  if (a.duration() != nullptr && b.duration() != nullptr) return order(*a.duration(), *b.duration());
  return std::nullopt;
}

bool holds(Operator op, std::partial_ordering order) {
  switch (op) {
    case Operator::kLess:
      return order < 0;
    case Operator::kLessEqual:
      return order <= 0;
    case Operator::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

}  // namespace

Result<bool> are_equal(const Value& left, const Value& right, Meter& meter) {
  if (left.object() == nullptr && right.object() == nullptr) return equal_loaded(left, right, meter);
  QFLOW_ASSIGN(const Value a, loaded(left));
  QFLOW_ASSIGN(const Value b, loaded(right));
  return equal_loaded(a, b, meter);
}

Result<Value> compare(const Place& place, const Value& left, const Value& right, Meter& meter) {
  const Operator op = place.node.op;
  if (op == Operator::kEqual || op == Operator::kNotEqual) {
    QFLOW_ASSIGN(const bool equal, are_equal(left, right, meter));
    return bool_value(equal == (op == Operator::kEqual));
  }
  QFLOW_ASSIGN(const Value a, loaded(left));
  QFLOW_ASSIGN(const Value b, loaded(right));
  const auto order = order_of(a, b, meter);
  if (meter.exhausted()) return Meter::error();
  if (!order) return tl::make_unexpected(wrong_operands(place, a, b));
  return bool_value(holds(op, *order));
}

}  // namespace qflow
