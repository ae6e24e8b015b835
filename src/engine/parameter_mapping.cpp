#include "qflow/engine/parameter_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "qflow/error/printable.h"

namespace qflow {
namespace {

// The event's own field of that name, which a path falls back to; absent texts are none.
std::optional<Json> own_field(const Event& event, std::string_view name) {
  const auto text = [](const std::optional<std::string>& value) {
    return value ? std::optional<Json>(*value) : std::nullopt;
  };
  if (name == "timestamp") return Json(format_instant(event.timestamp));
  if (name == "id") return Json(event.id);
  if (name == "name") return Json(event.name);
  if (name == "context") return text(event.context);
  if (name == "value") return text(event.value);
  if (name == "sender") return text(event.sender);
  return std::nullopt;
}

// What one event gives to parameters; nothing is a missing value.
class EventReader {
 public:
  EventReader(const Event& event, const ArtifactReader& artifacts) : event_(event), artifacts_(artifacts) {}

  Result<std::optional<Json>> at(const PayloadPath& path) const {
    if (const Json* value = path.find(event_.payload)) return std::optional<Json>(*value);
    const auto& segments = path.segments();
    const auto* first = std::get_if<std::string>(&segments.front());
    const auto* artifact = segments.size() > 1 ? std::get_if<std::string>(&segments[1]) : nullptr;
    if (is_end_of_run(event_) && first != nullptr && *first == "artifacts" && artifact != nullptr) {
      return in_artifact(*artifact, path);
    }
    return own_field(event_, path.single_field());
  }

  // The payload's field of the parameter's name; of several that differ in case, the exact one.
  std::optional<Json> named(const Parameter& parameter, const std::vector<Parameter>& all) const {
    if (!event_.payload.is_object()) return std::nullopt;
    const auto exact = event_.payload.find(parameter.name.text());
    if (exact != event_.payload.end()) return *exact;
    for (const auto& field : event_.payload.items()) {
      if (find_parameter(all, field.key()) == &parameter) return field.value();
    }
    return std::nullopt;
  }

 private:
  Result<std::optional<Json>> in_artifact(const std::string& name, const PayloadPath& path) const {
    const Result<Json> artifact = artifacts_(event_, name);
    if (!artifact && artifact.error().kind == ErrorKind::kNotFound) return std::optional<Json>();
    if (!artifact) return tl::make_unexpected(artifact.error());
    const Json* value = path.find(*artifact, 2);
    return value != nullptr ? std::optional<Json>(*value) : std::nullopt;
  }

  const Event& event_;
  const ArtifactReader& artifacts_;
};

Status refuse(const Parameter& parameter, std::string_view origin, const std::string& reason) {
  return fail(ErrorKind::kRefused,
              fmt::format("parameter {} can't be set from {}: {}", parameter.name.text(), origin, reason));
}

bool is_spared(const ParameterMapping& mapping, const Parameter& parameter) {
  return std::find(mapping.spared.begin(), mapping.spared.end(), parameter.name) != mapping.spared.end();
}

// Adds the value to what the event sets, or says why the event is filtered.
Status set(Json& values, const ParameterMapping& mapping, const Parameter& parameter, std::string_view origin,
           const std::optional<Json>& value) {
  if (!value || value->is_null()) {
    if (!parameter.required || parameter.default_value || is_spared(mapping, parameter)) return {};
    return refuse(parameter, origin,
                  value ? "it is null, and the parameter is required" : "it is missing, and the parameter is required");
  }
  Result<Json> converted = convert_parameter(parameter, *value);
  if (!converted) return refuse(parameter, origin, converted.error().message);
  values[parameter.name.text()] = std::move(*converted);
  return {};
}

// What of one event fits, and why each of the other values does not.
struct EventValues {
  Json fitting = Json::object();
  std::vector<Error> misfits = {};

  void note(const Status& set) {
    if (!set) misfits.push_back(set.error());
  }
};

Status map_entry(Json& values, const ParameterMapping& mapping, const Parameter& parameter, const PayloadPath& path,
                 const EventReader& reader) {
  const auto value = reader.at(path);
  if (!value) return refuse(parameter, path.text(), value.error().message);
  return set(values, mapping, parameter, path.text(), *value);
}

EventValues read_values(const ParameterMapping& mapping, const std::vector<Parameter>& parameters, const Event& event,
                        const ArtifactReader& artifacts) {
  EventValues values;
  const EventReader reader(event, artifacts);
  if (mapping.mode == MappingMode::kExplicit) {
    for (const MappedParameter& entry : mapping.entries) {
      const Parameter* parameter = find_parameter(parameters, entry.parameter.text());
      if (parameter != nullptr) values.note(map_entry(values.fitting, mapping, *parameter, entry.path, reader));
    }
  }
  if (mapping.mode == MappingMode::kByName) {
    for (const Parameter& parameter : parameters) {
      const auto value = reader.named(parameter, parameters);
      values.note(set(values.fitting, mapping, parameter, parameter.name.text(), value));
    }
  }
  return values;
}

// What counts of the event at a place of the list; nothing when it is filtered.
std::optional<Json> map_one(std::size_t index, const FiringEvent& event, const std::vector<Parameter>& parameters,
                            const ArtifactReader& artifacts, std::vector<FilteredEvent>& filtered) {
  EventValues values = event.may_lack ? read_values(*event.mapping, all_optional(parameters), *event.event, artifacts)
                                      : read_values(*event.mapping, parameters, *event.event, artifacts);
  for (const Error& misfit : values.misfits) {
    filtered.push_back({index, misfit.message});
    if (!event.is_lenient) return std::nullopt;
  }
  return std::move(values.fitting);
}

MappedParameters map_only(const FiringEvent& event, const std::vector<Parameter>& parameters,
                          const ArtifactReader& artifacts) {
  MappedParameters mapped;
  auto own = map_one(0, event, parameters, artifacts, mapped.filtered);
  if (own) mapped.values = std::move(*own);
  return mapped;
}

}  // namespace

std::vector<Parameter> all_optional(std::vector<Parameter> parameters) {
  for (Parameter& parameter : parameters) parameter.required = false;
  return parameters;
}

Result<Json> map_event(const ParameterMapping& mapping, const std::vector<Parameter>& parameters, const Event& event,
                       const ArtifactReader& artifacts) {
  EventValues values = read_values(mapping, parameters, event, artifacts);
  if (!values.misfits.empty()) return tl::make_unexpected(std::move(values.misfits.front()));
  return std::move(values.fitting);
}

MappedParameters map_firing(const std::vector<FiringEvent>& events, const std::vector<Parameter>& parameters,
                            const ArtifactReader& artifacts) {
  if (events.size() == 1) return map_only(events.front(), parameters, artifacts);
  MappedParameters mapped;
  std::vector<Json> values(events.size());
  std::map<std::size_t, std::size_t> newest;  // source → place in the list
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto own = map_one(i, events[i], parameters, artifacts, mapped.filtered);
    if (!own) continue;
    values[i] = std::move(*own);
    const auto [found, added] = newest.emplace(events[i].source, i);
    if (!added && window_time(*events[i].event) >= window_time(*events[found->second].event)) found->second = i;
  }
  std::vector<std::size_t> order;
  for (const auto& entry : newest) order.push_back(entry.second);
  std::sort(order.begin(), order.end());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return window_time(*events[a].event) < window_time(*events[b].event);
  });
  for (const std::size_t index : order) mapped.values.update(values[index]);
  return mapped;
}

}  // namespace qflow
