#include "sensor/database_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "qflow/os/decimal.h"

namespace qflow {
namespace {

constexpr std::string_view kKindNames[] = {"null", "number", "bool", "text", "bytes"};

// The digits that count: without sign, point, exponent, and zeros at both ends.
std::string significant_digits(std::string_view number) {
  std::string digits;
  for (const char c : number.substr(0, number.find_first_of("eE"))) {
    if (c >= '0' && c <= '9') digits += c;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

Json number_to_json(const std::string& text) {
  if (const auto integer = parse_decimal<std::int64_t>(text)) return *integer;
  const auto number = parse_decimal<double>(text);
  const bool is_kept =
      number && std::isfinite(*number) && significant_digits(fmt::format("{}", *number)) == significant_digits(text);
  return is_kept ? Json(*number) : Json(text);
}

}  // namespace

Json to_json(const DatabaseValue& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      return nullptr;
    case ValueKind::kNumber:
      return number_to_json(value.text);
    case ValueKind::kBool:
      return value.text == "true";
    case ValueKind::kText:
    case ValueKind::kBytes:
      return value.text;
  }
  return nullptr;
}

Json to_stored(const DatabaseValue& value) {
  if (value.kind == ValueKind::kNull) return nullptr;
  return Json::array({kKindNames[static_cast<std::size_t>(value.kind)], value.text});
}

Result<DatabaseValue> parse_stored(const Json& stored) {
  if (stored.is_null()) return DatabaseValue{};
  const bool is_pair = stored.is_array() && stored.size() == 2 && stored[0].is_string() && stored[1].is_string();
  if (!is_pair) return fail(ErrorKind::kInvalid, "no value of a database");
  const auto& name = stored[0].get_ref<const std::string&>();
  const auto* const kind = std::find(std::begin(kKindNames), std::end(kKindNames), name);
  if (kind == std::end(kKindNames)) return fail(ErrorKind::kInvalid, "no kind of value");
  return DatabaseValue{static_cast<ValueKind>(kind - std::begin(kKindNames)), stored[1].get<std::string>()};
}

std::string to_hashable(const std::vector<DatabaseValue>& values) {
  std::string bytes;
  for (const DatabaseValue& value : values) {
    bytes += fmt::format("{}:{}:", static_cast<int>(value.kind), value.text.size());
    bytes += value.text;
  }
  return bytes;
}

}  // namespace qflow
