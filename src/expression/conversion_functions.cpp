#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "expression/container.h"
#include "expression/evaluation_error.h"
#include "expression/functions.h"
#include "expression/number.h"
#include "expression/value_content.h"
#include "qflow/error/printable.h"

namespace qflow {
namespace {

const Value& argument(const Call& call) {
  return call.arguments[0];
}

// "int() reads no integer from params.x ("abc")"
tl::unexpected<Error> unreadable(const Call& call, std::string_view wanted, std::string advice = {}) {
  return tl::make_unexpected(evaluation_error(std::string(call.node.name) + "() reads no " + std::string(wanted) +
                                                  " from " + named_value({call.syntax, call.node}, 0, argument(call)),
                                              std::move(advice)));
}

template <class T>
std::optional<T> read_whole(std::string_view text) {
  T value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool looks_like_number(std::string_view text) {
  const char last = text.empty() ? ' ' : text.back();
  return text.find_first_not_of("+-0123456789.eE") == std::string_view::npos && last >= '0' && last <= '9';
}

std::optional<bool> read_bool(std::string_view text) {
  constexpr std::array<std::string_view, 5> kTrue{"true", "True", "TRUE", "t", "1"};
  constexpr std::array<std::string_view, 5> kFalse{"false", "False", "FALSE", "f", "0"};
  for (const std::string_view word : kTrue) {
    if (text == word) return true;
  }
  for (const std::string_view word : kFalse) {
    if (text == word) return false;
  }
  return std::nullopt;
}

}  // namespace

Result<Value> call_bool(const Call& call) {
  const Json* json = argument(call).json();
  if (json != nullptr && json->is_boolean()) return argument(call);
  const std::string* text = text_in(argument(call));
  if (text == nullptr) return tl::make_unexpected(wrong_argument(call, 0, "text or a boolean"));
  const auto value = read_bool(*text);
  if (!value) return unreadable(call, "boolean", "'true' and 'false' are read");
  return bool_value(*value);
}

Result<Value> call_int(const Call& call) {
  if (const auto number = number_in(argument(call))) {
    if (number->is_int) return argument(call);
    const auto cut = truncate(number->real);
    if (!cut) return unreadable(call, "integer of 64 bits");
    return Value(Json(*cut));
  }
  if (const Instant* instant = argument(call).instant()) {
    return Value(
        Json(static_cast<std::int64_t>(std::chrono::floor<std::chrono::seconds>(*instant).time_since_epoch().count())));
  }
  const std::string* text = text_in(argument(call));
  if (text == nullptr) return tl::make_unexpected(wrong_argument(call, 0, "a number, text or an instant"));
  const auto value = read_whole<std::int64_t>(*text);
  if (!value) return unreadable(call, "integer");
  return Value(Json(*value));
}

Result<Value> call_double(const Call& call) {
  if (const auto number = number_in(argument(call))) return Value(Json(number->real));
  const std::string* text = text_in(argument(call));
  if (text == nullptr) return tl::make_unexpected(wrong_argument(call, 0, "a number or text"));
  const auto value = looks_like_number(*text) ? read_whole<double>(*text) : std::nullopt;
  if (!value || !std::isfinite(*value)) return unreadable(call, "number");
  return Value(Json(*value));
}

Result<Value> call_string(const Call& call) {
  const Value& value = argument(call);
  if (text_in(value) != nullptr) return value;
  if (value.instant() != nullptr || value.duration() != nullptr) {
    QFLOW_ASSIGN(Json text, value.to_json());
    return Value(std::move(text));
  }
  const Json* json = value.json();
  if (json == nullptr || (!json->is_number() && !json->is_boolean())) {
    return tl::make_unexpected(wrong_argument(call, 0, "text, a number, a boolean, an instant or a duration"));
  }
  return Value(Json(to_compact(*json)));
}

Result<Value> call_timestamp(const Call& call) {
  const Value& value = argument(call);
  if (value.instant() != nullptr) return value;
  if (const auto number = number_in(value); number && number->is_int) {
    constexpr std::int64_t kFirst = -62135596800;  // 0001-01-01T00:00:00Z
    constexpr std::int64_t kLast = 253402300799;   // 9999-12-31T23:59:59Z
    if (number->integer < kFirst || number->integer > kLast)
      return unreadable(call, "instant between the years 1 and 9999");
    return Value(Instant(std::chrono::seconds(number->integer)));
  }
  const std::string* text = text_in(value);
  if (text == nullptr) return tl::make_unexpected(wrong_argument(call, 0, "text or seconds since 1970 as an integer"));
  const auto instant = parse_datetime(*text);
  if (!instant) return unreadable(call, "instant", "write RFC 3339: 2026-11-20T10:00:00Z");
  return Value(*instant);
}

Result<Value> call_duration(const Call& call) {
  const Value& value = argument(call);
  if (value.duration() != nullptr) return value;
  const std::string* text = text_in(value);
  if (text == nullptr) return tl::make_unexpected(wrong_argument(call, 0, "text"));
  const bool negative = text->starts_with('-');
  const auto duration = parse_duration(std::string_view(*text).substr(negative ? 1 : 0));
  if (!duration) return unreadable(call, "duration", "write 90s, 1h30m, 2d; units are ms, s, m, h, d, w");
  return Value(negative ? -*duration : *duration);
}

Result<Value> call_size(const Call& call) {
  const auto as_value = [](std::size_t size) { return Value(Json(static_cast<std::int64_t>(size))); };
  const Value& value = argument(call);
  if (const LazyObject* object = value.object()) return as_value(object->names().size());
  if (const auto list = ListView::of(value)) return as_value(list->size());
  if (const auto map = MapView::of(value)) return as_value(map->size());
  const std::string* text = text_in(value);
  if (text == nullptr) return tl::make_unexpected(wrong_argument(call, 0, "text, a list or an object"));
  if (!call.meter.spend_bytes(text->size())) return Meter::error();
  return as_value(count_code_points(*text));
}

}  // namespace qflow
