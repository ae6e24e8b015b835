#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "qflow/model/json.h"

namespace qflow {

// A JSON number as expressions see it: an int, or a double (integers beyond 64 signed bits too).
struct Number {
  bool is_int = true;
  std::int64_t integer = 0;
  double real = 0;  // of an int too

  // Nothing when it is no number.
  static std::optional<Number> of(const Json& json);
};

// On the one line of numbers, exactly: no int is rounded to a double.
std::partial_ordering compare_numbers(const Number& a, const Number& b);

// The int64 whose value the double is, cut towards zero; nothing beyond 64 bits.
std::optional<std::int64_t> truncate(double real);

}  // namespace qflow
