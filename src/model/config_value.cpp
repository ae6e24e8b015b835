#include "qflow/model/config_value.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace qflow {
namespace {

struct ToJson {
  Json operator()(bool value) const { return value; }
  Json operator()(std::int64_t value) const { return value; }
  Json operator()(double value) const { return std::isfinite(value) ? Json(value) : Json(); }
  Json operator()(const std::string& value) const { return value; }
  Json operator()(const ConfigDateTime& value) const { return value.text; }
  Json operator()(const ConfigList& list) const {
    Json array = Json::array();
    for (const ConfigValue& element : list) array.push_back(to_json(element));
    return array;
  }
  Json operator()(const ConfigTable& table) const {
    Json object = Json::object();
    for (const ConfigEntry& entry : table.entries) object[entry.key] = to_json(entry.value);
    return object;
  }
};

}  // namespace

const ConfigEntry* ConfigTable::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const ConfigEntry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

std::string_view ConfigValue::type_name() const {
  // In the order of the alternatives.
  static constexpr std::array<std::string_view, 7> kNames = {"a boolean",      "an integer", "a float", "text",
                                                             "a date or time", "a list",     "a table"};
  return kNames[data.index()];
}

Json to_json(const ConfigValue& value) {
  return std::visit(ToJson{}, value.data);
}

}  // namespace qflow
