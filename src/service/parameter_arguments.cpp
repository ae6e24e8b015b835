#include "service/parameter_arguments.h"

#include "qflow/error/suggestion.h"

namespace qflow {

namespace {

Error unknown_parameter(const std::vector<Parameter>& parameters, const std::string& name) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters) names.push_back(parameter.name.text());
  const std::string advice = names.empty() ? "declare it under [parameters]" : did_you_mean_or_list(name, names);
  return {ErrorKind::kInvalid, "the flow has no parameter " + quoted(name), advice};
}

}  // namespace

Status add_parameters(const std::vector<Parameter>& parameters, const std::vector<std::string>& given, Json& values) {
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorKind::kUsage, "-p " + quoted(text) + " is not NAME=VALUE", "for example -p window=7");
    }
    const std::string name = text.substr(0, equals);
    const Parameter* parameter = find_parameter(parameters, name);
    if (parameter == nullptr) return tl::make_unexpected(with_context("-p", unknown_parameter(parameters, name)));
    auto value = parse_parameter(*parameter, std::string_view(text).substr(equals + 1));
    if (!value) return tl::make_unexpected(with_context("-p " + name, value.error()));
    values[parameter->name.text()] = std::move(*value);
  }
  return {};
}

Status add_values(const std::vector<Parameter>& parameters, const Json& given, Json& values) {
  for (const auto& entry : given.items()) {
    const Parameter* parameter = find_parameter(parameters, entry.key());
    if (parameter == nullptr) return tl::make_unexpected(unknown_parameter(parameters, entry.key()));
    if (entry.value().is_null()) continue;
    auto value = convert_parameter(*parameter, entry.value());
    if (!value) return tl::make_unexpected(with_context(entry.key(), value.error()));
    values[parameter->name.text()] = std::move(*value);
  }
  return {};
}

}  // namespace qflow
