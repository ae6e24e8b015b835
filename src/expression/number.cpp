#include "expression/number.h"

#include <cmath>

namespace qflow {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

std::partial_ordering compare(std::int64_t integer, double real) {
  if (std::isnan(real)) return std::partial_ordering::unordered;
  if (real >= kTwoTo63) return std::partial_ordering::less;
  if (real < -kTwoTo63) return std::partial_ordering::greater;
  const auto whole = static_cast<std::int64_t>(real);
  if (integer != whole) return integer <=> whole;
  return 0.0 <=> (real - static_cast<double>(whole));
}

}  // namespace

std::optional<Number> Number::of(const Json& json) {
  Number number;
  switch (json.type()) {
    case Json::value_t::number_integer:
      number.integer = json.get<std::int64_t>();
      break;
    case Json::value_t::number_unsigned: {
      const auto value = json.get<std::uint64_t>();
      number.is_int = value <= static_cast<std::uint64_t>(INT64_MAX);
      number.real = static_cast<double>(value);
      if (number.is_int) number.integer = static_cast<std::int64_t>(value);
      return number;
    }
    case Json::value_t::number_float:
      number.is_int = false;
      number.real = json.get<double>();
      return number;
    default:
      return std::nullopt;
  }
  number.real = static_cast<double>(number.integer);
  return number;
}

std::partial_ordering compare_numbers(const Number& a, const Number& b) {
  if (a.is_int && b.is_int) return a.integer <=> b.integer;
  if (!a.is_int && !b.is_int) return a.real <=> b.real;
  if (a.is_int) return compare(a.integer, b.real);
  return 0 <=> compare(b.integer, a.real);
}

std::optional<std::int64_t> truncate(double real) {
  if (!(real >= -kTwoTo63 && real < kTwoTo63)) return std::nullopt;
  return static_cast<std::int64_t>(real);
}

}  // namespace qflow
