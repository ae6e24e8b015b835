#include "qflow/model/json.h"

#include <algorithm>

#include "model/json_parser.h"

namespace qflow {
namespace {

constexpr int kCompact = -1;

std::string dump(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Json json_or_null(const std::optional<Instant>& instant) {
  return instant ? Json(format_instant(*instant)) : Json();
}

Result<Json> parse_json(std::string_view text, int max_depth) {
  return JsonParser(text, max_depth).parse();
}

bool is_deeper_than(int depth, const Json& value) {
  if (!value.is_structured()) return false;
  return depth == 0 || std::any_of(value.begin(), value.end(),
                                   [depth](const Json& element) { return is_deeper_than(depth - 1, element); });
}

std::string to_compact(const Json& value) {
  return dump(value, kCompact);
}

std::string to_pretty(const Json& value) {
  return dump(value, 2);
}

std::string to_plain_text(const Json& value) {
  return value.is_string() ? value.get_ref<const std::string&>() : to_compact(value);
}

std::string_view type_name(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::boolean:
      return "a boolean";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return "an integer";
    case Json::value_t::number_float:
      return "a float";
    case Json::value_t::string:
      return "text";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return "no JSON";
}

}  // namespace qflow
