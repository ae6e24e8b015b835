#include <fmt/format.h>

#include <algorithm>

#include "flowfile/checked_text.h"
#include "flowfile/flow_sections.h"
#include "qflow/error/suggestion.h"

namespace qflow {
namespace {

ParameterType type_of_default(const ConfigValue& value) {
  struct Visitor {
    ParameterType operator()(bool) const { return ParameterType::kBool; }
    ParameterType operator()(std::int64_t) const { return ParameterType::kInt; }
    ParameterType operator()(double) const { return ParameterType::kFloat; }
    ParameterType operator()(const std::string&) const { return ParameterType::kString; }
    ParameterType operator()(const ConfigDateTime&) const { return ParameterType::kDatetime; }
    ParameterType operator()(const ConfigList&) const { return ParameterType::kJson; }
    ParameterType operator()(const ConfigTable&) const { return ParameterType::kJson; }
  };
  return std::visit(Visitor{}, value.data);
}

bool has_order(ParameterType type) {
  return type == ParameterType::kInt || type == ParameterType::kFloat || type == ParameterType::kDatetime;
}

// Reads one [parameters.NAME]. Limits come before the choices and these before the default, so that each is held
// against what was read before it.
class ParameterReader {
 public:
  ParameterReader(const ConfigTable& table, std::string_view name, Diagnostics& diagnostics)
      : reader_(table, fmt::format("parameter {}", qflow::quoted(name)), diagnostics), diagnostics_(diagnostics) {
    parameter_.name = ParameterName::parse(name).value_or(ParameterName());
  }

  Parameter read() {
    read_type();
    if (const auto required = reader_.boolean("required")) parameter_.required = required->value;
    if (const auto help = reader_.text("help")) parameter_.help = help->value;
    const std::optional<Json> minimum = read_limit("min");
    const std::optional<Json> maximum = read_limit("max");
    parameter_.minimum = minimum;
    parameter_.maximum = maximum;
    check_limits();
    read_choices();
    if (const ConfigEntry* value = reader_.find("default")) {
      parameter_.default_value = convert(value->value);
    }
    reader_.finish();
    return std::move(parameter_);
  }

 private:
  void read_type() {
    if (const auto type = reader_.choice("type", parameter_type_names())) {
      parameter_.type = parse_parameter_type(type->value).value_or(ParameterType::kString);
    } else if (const ConfigEntry* value = reader_.find("default"); value != nullptr && !reader_.has("type")) {
      parameter_.type = type_of_default(value->value);
    }
  }

  std::optional<Json> convert(const ConfigValue& value) {
    Result<Json> json = convert_parameter(parameter_, to_json(value));
    if (json) return std::move(*json);
    diagnostics_.error(value.position, json.error().message, json.error().advice);
    return std::nullopt;
  }

  std::optional<Json> read_limit(std::string_view key) {
    const ConfigEntry* entry = reader_.find(key);
    if (entry == nullptr) return std::nullopt;
    if (has_order(parameter_.type)) return convert(entry->value);
    diagnostics_.error(entry->value.position,
                       fmt::format("`{}` has no meaning for the type {}", key, to_text(parameter_.type)),
                       "it needs int, float or datetime; for others list choices");
    return std::nullopt;
  }

  // The maximum must get through the minimum alone.
  void check_limits() {
    if (!parameter_.minimum || !parameter_.maximum) return;
    Parameter only_minimum = parameter_;
    only_minimum.maximum.reset();
    if (convert_parameter(only_minimum, *parameter_.maximum)) return;
    diagnostics_.error(reader_.find("max")->value.position, "`max` is smaller than `min`", "swap the two");
    parameter_.maximum.reset();
  }

  void read_choices() {
    const ConfigEntry* entry = reader_.find("choices");
    if (entry == nullptr) return;
    const ConfigList* list = std::get_if<ConfigList>(&entry->value.data);
    if (list == nullptr || list->empty()) {
      diagnostics_.error(entry->value.position, "`choices` must be a list of at least one value",
                         "write choices = [\"a\", \"b\"]");
      return;
    }
    std::vector<Json> choices;
    for (const ConfigValue& value : *list) {
      std::optional<Json> choice = convert(value);
      if (choice) choices.push_back(std::move(*choice));
    }
    parameter_.choices = std::move(choices);
  }

  ConfigReader reader_;
  Diagnostics& diagnostics_;
  Parameter parameter_;
};

// Reports a name that an earlier parameter has too, but for case.
bool is_repeated(const std::vector<Parameter>& parameters, const ConfigEntry& entry, Diagnostics& diagnostics) {
  const auto same = std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& other) {
    return equal_ignoring_case(other.name.text(), entry.key);
  });
  if (same == parameters.end()) return false;
  diagnostics.error(entry.key_position,
                    fmt::format("parameter {} differs from {} only in case", qflow::quoted(entry.key),
                                qflow::quoted(same->name.text())),
                    "names are unique ignoring case; rename one");
  return true;
}

}  // namespace

std::vector<Parameter> read_parameters(const ConfigTable& table, Diagnostics& diagnostics) {
  ConfigReader reader(table, "[parameters]", diagnostics);
  std::vector<Parameter> parameters;
  for (const ConfigEntry& entry : table.entries) {
    const auto name = checked_name<ParameterName>(Located<std::string>{entry.key, entry.key_position}, diagnostics);
    const ConfigTable* keys = reader.table(entry.key);
    if (keys == nullptr) continue;
    Parameter parameter = ParameterReader(*keys, entry.key, diagnostics).read();
    if (!name || is_repeated(parameters, entry, diagnostics)) continue;
    parameter.name = *name;
    parameter.position = entry.key_position;
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

void check_parameter_names(const FlowDefinition& flow, Diagnostics& diagnostics) {
  const auto foreach =
      std::find_if(flow.steps.begin(), flow.steps.end(), [](const Step& step) { return step.foreach.has_value(); });
  if (foreach == flow.steps.end()) return;
  for (const Parameter& parameter : flow.parameters) {
    const std::string& name = parameter.name.text();
    if (name != "item" && name != "index") continue;
    diagnostics.error(parameter.position,
                      fmt::format("parameter {} would be hidden: QFLOW_PARAMS of step {} has its foreach's {} there",
                                  qflow::quoted(name), qflow::quoted(foreach->id.text()), name),
                      "rename the parameter");
  }
}

}  // namespace qflow
