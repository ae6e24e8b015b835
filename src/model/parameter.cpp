#include "qflow/model/parameter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "qflow/error/characters.h"
#include "qflow/error/suggestion.h"
#include "qflow/time/instant.h"

namespace qflow {
namespace {

struct TypeName {
  ParameterType type;
  std::string_view name;
  std::string_view expected;  // in "must be ..."
};

// In the order of the enumerators.
constexpr std::array<TypeName, 6> kTypes = {{
    {ParameterType::kString, "string", "text"},
    {ParameterType::kInt, "int", "an integer"},
    {ParameterType::kFloat, "float", "a number"},
    {ParameterType::kBool, "bool", "true or false"},
    {ParameterType::kJson, "json", "JSON"},
    {ParameterType::kDatetime, "datetime", "a date and time"},
}};

const TypeName& names_of(ParameterType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

// "text 'abc'", "the float 1.5", "a list": what stands where something else should.
std::string describe(const Json& value) {
  if (value.is_string()) return "text " + quoted(value.get_ref<const std::string&>());
  if (value.is_number_float()) return "the float " + to_compact(value);
  if (value.is_primitive() && !value.is_null()) return to_compact(value);
  return std::string(type_name(value));
}

std::string shown(const Json& value) {
  return value.is_string() ? quoted(value.get_ref<const std::string&>()) : to_compact(value);
}

tl::unexpected<Error> bad_value(const Parameter& parameter, std::string_view must, const Json& value,
                                std::string advice = {}) {
  return fail(ErrorKind::kInvalid,
              fmt::format("parameter '{}' must be {}, is {}", parameter.name.text(), must, describe(value)),
              std::move(advice));
}

tl::unexpected<Error> wrong_type(const Parameter& parameter, const Json& value) {
  return bad_value(parameter, names_of(parameter.type).expected, value);
}

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// -?[0-9]+
bool is_integer_text(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size();
}

// -?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_number_text(std::string_view text) {
  const auto take_digits = [&text] {
    const std::size_t count = count_digits(text);
    text.remove_prefix(count);
    return count > 0;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  if (!take_digits()) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!take_digits()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!take_digits()) return false;
  }
  return text.empty();
}

// The number that such a text means: JSON's grammar but for leading zeros.
Result<Json> number_from_text(std::string_view text) {
  std::string json = text.starts_with('-') ? "-" : "";
  text.remove_prefix(json.size());
  while (text.size() > 1 && text[0] == '0' && is_digit(text[1])) text.remove_prefix(1);
  return parse_json(json.append(text));
}

Result<Json> convert_int(const Parameter& parameter, const Json& value) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  Json number = value;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (!is_integer_text(text)) return wrong_type(parameter, value);
    QFLOW_ASSIGN(number, number_from_text(text));
  }
  if (number.is_number_unsigned() && number.get<std::uint64_t>() > INT64_MAX) number = number.get<double>();
  if (number.is_number_integer()) return Json(number.get<std::int64_t>());
  if (!number.is_number_float()) return wrong_type(parameter, value);
  const auto real = number.get<double>();
  if (real != std::floor(real)) return wrong_type(parameter, value);
  if (real < -kLimit || real >= kLimit) return bad_value(parameter, "an integer of 64 bits", value);
  return Json(static_cast<std::int64_t>(real));
}

Result<Json> convert_float(const Parameter& parameter, const Json& value) {
  if (value.is_number()) return Json(value.get<double>());
  if (!value.is_string() || !is_number_text(value.get_ref<const std::string&>())) return wrong_type(parameter, value);
  const auto number = number_from_text(value.get_ref<const std::string&>());
  if (!number) return bad_value(parameter, "a number that fits a double", value);
  return Json(number->get<double>());
}

Result<Json> convert_bool(const Parameter& parameter, const Json& value) {
  if (value.is_boolean()) return value;
  if (value == "true") return Json(true);
  if (value == "false") return Json(false);
  return wrong_type(parameter, value);
}

Result<Json> convert_string(const Parameter& parameter, const Json& value) {
  if (value.is_string()) return value;
  if (value.is_number() || value.is_boolean()) return Json(to_compact(value));
  return wrong_type(parameter, value);
}

Result<Json> convert_datetime(const Parameter& parameter, const Json& value) {
  if (!value.is_string()) return wrong_type(parameter, value);
  const auto instant = parse_datetime(value.get_ref<const std::string&>());
  if (instant) return value;
  return tl::make_unexpected(with_context("parameter '" + parameter.name.text() + "'", instant.error()));
}

Result<Json> convert_type(const Parameter& parameter, const Json& value) {
  switch (parameter.type) {
    case ParameterType::kString:
      return convert_string(parameter, value);
    case ParameterType::kInt:
      return convert_int(parameter, value);
    case ParameterType::kFloat:
      return convert_float(parameter, value);
    case ParameterType::kBool:
      return convert_bool(parameter, value);
    case ParameterType::kJson:
      return value;
    case ParameterType::kDatetime:
      return convert_datetime(parameter, value);
  }
  return value;
}

// As what two values of a parameter are compared: dates by their instant, whatever way they are written.
Json comparable(const Parameter& parameter, const Json& value) {
  if (parameter.type != ParameterType::kDatetime || !value.is_string()) return value;
  const auto instant = parse_datetime(value.get_ref<const std::string&>());
  return instant ? Json(instant->time_since_epoch().count()) : value;
}

// Whether `a` < `b`; values of different types are not in order.
bool is_less(const Parameter& parameter, const Json& a, const Json& b) {
  const Json left = comparable(parameter, a), right = comparable(parameter, b);
  const bool same_type = (left.is_number() && right.is_number()) || (left.is_string() && right.is_string());
  return same_type && left < right;
}

Status check_limits(const Parameter& parameter, const Json& value) {
  if (parameter.minimum && is_less(parameter, value, *parameter.minimum)) {
    return bad_value(parameter, "at least " + shown(*parameter.minimum), value);
  }
  if (parameter.maximum && is_less(parameter, *parameter.maximum, value)) {
    return bad_value(parameter, "at most " + shown(*parameter.maximum), value);
  }
  return {};
}

Status check_choices(const Parameter& parameter, const Json& value) {
  if (parameter.choices.empty()) return {};
  const Json wanted = comparable(parameter, value);
  std::vector<std::string> choices;
  for (const Json& choice : parameter.choices) {
    if (comparable(parameter, choice) == wanted) return {};
    choices.push_back(to_plain_text(choice));
  }
  return bad_value(parameter, "one of " + quoted_list(choices), value, did_you_mean(to_plain_text(value), choices));
}

}  // namespace

std::string_view to_text(ParameterType type) {
  return names_of(type).name;
}

std::optional<ParameterType> parse_parameter_type(std::string_view text) {
  const auto* found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& type) { return type.name == text; });
  if (found == kTypes.end()) return {};
  return found->type;
}

const std::vector<std::string>& parameter_type_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    all.reserve(kTypes.size());
    for (const TypeName& type : kTypes) all.emplace_back(type.name);
    return all;
  }();
  return names;
}

Result<Json> convert_parameter(const Parameter& parameter, const Json& value) {
  QFLOW_ASSIGN(Json converted, convert_type(parameter, value));
  QFLOW_TRY(check_limits(parameter, converted));
  QFLOW_TRY(check_choices(parameter, converted));
  return converted;
}

Result<Json> parse_parameter(const Parameter& parameter, std::string_view text) {
  if (!is_utf8(text)) return bad_value(parameter, "UTF-8", Json(text));
  if (parameter.type != ParameterType::kJson) return convert_parameter(parameter, Json(text));
  auto value = parse_json(text);
  if (value) return convert_parameter(parameter, *value);
  return tl::make_unexpected(with_context("parameter '" + parameter.name.text() + "'", std::move(value).error()));
}

const Parameter* find_parameter(const std::vector<Parameter>& parameters, std::string_view name) {
  const auto same = [&](const Parameter& parameter) { return equal_ignoring_case(parameter.name.text(), name); };
  const Parameter* found = nullptr;
  for (const Parameter& parameter : parameters) {
    if (parameter.name.text() == name) return &parameter;
    if (found == nullptr && same(parameter)) found = &parameter;
  }
  return found;
}

Result<Json> complete_parameters(const std::vector<Parameter>& parameters, const Json& given) {
  Json values = Json::object();
  std::vector<std::string> missing;
  for (const Parameter& parameter : parameters) {
    const std::string& name = parameter.name.text();
    const auto found = given.find(name);
    Json& value = values[name];
    if (found != given.end() && !found->is_null()) {
      value = *found;
    } else if (parameter.default_value) {
      value = *parameter.default_value;
    }
    if (value.is_null() && parameter.required) missing.push_back(name);
  }
  if (missing.empty()) return values;
  const bool one = missing.size() == 1;
  const std::string& help = find_parameter(parameters, missing.front())->help;
  return fail(
      ErrorKind::kInvalid,
      fmt::format("required parameter{} {} {} no value", one ? "" : "s", quoted_list(missing), one ? "has" : "have"),
      fmt::format("give {} with -p {}=...{}", one ? "it" : "them", missing.front(),
                  help.empty() ? "" : fmt::format(" ({})", help)));
}

}  // namespace qflow
