#include "engine/canonical_json.h"

#include <cmath>
#include <cstdint>

namespace qflow {

namespace {

// Up to here each integer is a double too.
constexpr double kLargestExact = 9007199254740992.0;

Json with_plain_numbers(const Json& value) {
  if (value.is_number_float()) {
    const double number = value.get<double>();
    const bool whole = std::abs(number) <= kLargestExact && std::trunc(number) == number;
    return whole ? Json(static_cast<std::int64_t>(number)) : value;
  }
  if (!value.is_structured()) return value;
  Json result = value;
  for (Json& part : result) part = with_plain_numbers(part);
  return result;
}

}  // namespace

// Json keeps the keys of objects sorted.
std::string canonical_json(const Json& value) {
  return to_compact(with_plain_numbers(value));
}

}  // namespace qflow
