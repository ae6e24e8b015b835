#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/event.h"
#include "qflow/model/json.h"
#include "qflow/model/parameter.h"
#include "qflow/trigger/payload_path.h"

namespace qflow {

// Reads an artifact of the run whose end the event is (event.caused_by): its JSON, for files and folders the path as
// text; kNotFound when there is none. Asked only for paths that begin with `artifacts.`.
using ArtifactReader = std::function<Result<Json>(const Event& event, std::string_view name)>;

// What one event sets: an object of parameter name (as declared) → value of the parameter's type. A path that the
// payload lacks falls back to the event's own timestamp, id, name, context, value, sender; missing and null leave the
// parameter to its default. kRefused with the reason when the event is filtered: a value that does not fit, or a
// required parameter without default that the event's own source should set (mapping.spared: need not) and does not.
Result<Json> map_event(const ParameterMapping& mapping, const std::vector<Parameter>& parameters, const Event& event,
                       const ArtifactReader& artifacts);

// One event of a firing and the source that took it. Both outlive the call.
struct FiringEvent {
  const Event* event = nullptr;
  const ParameterMapping* mapping = nullptr;
  std::size_t source = 0;   // equal for events of one declared source
  bool may_lack = false;    // a required parameter that it does not set, -p may
  bool is_lenient = false;  // when it is filtered, what of it fits counts all the same
};

// The same parameters, none of them required: for an event besides which people give them.
std::vector<Parameter> all_optional(std::vector<Parameter> parameters);

// Of a lenient event there may be several, one for each value that does not fit.
struct FilteredEvent {
  std::size_t index = 0;  // in the list of the firing
  std::string reason;
};

struct MappedParameters {
  Json values = Json::object();
  std::vector<FilteredEvent> filtered;
};

// What a firing sets. An event that does not fit is filtered, whether or not its values would count; of the others the
// newest of each source counts, and of two sources that set one parameter the newer. "Newer" is the earlier of
// timestamp and recorded_at, then the place in the list.
MappedParameters map_firing(const std::vector<FiringEvent>& events, const std::vector<Parameter>& parameters,
                            const ArtifactReader& artifacts);

}  // namespace qflow
