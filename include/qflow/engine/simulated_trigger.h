#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "qflow/engine/parameter_mapping.h"
#include "qflow/model/flow_definition.h"
#include "qflow/model/run.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// What `qflow run --trigger ...` comes to.
struct SimulatedTrigger {
  TriggerRecord record;
  Json parameters = Json::object();    // mapped ones only, of the parameters' types
  std::optional<std::string> context;  // of the run
  std::vector<std::string> notes;      // what a deployed trigger would have refused, a line each
};

// Where runs belong: "project.branch", or "" for no project.
struct RunNamespaces {
  std::string own;                                                    // of the run that is simulated
  std::function<std::optional<std::string>(const RunId& run)> given;  // of one of the sources; nothing: not known
};

// Whether it is also the name of a flow of the store.
using IsFlowName = std::function<bool(const std::string& event)>;

// What a deployed flow would make of the sources as given, in the order of the command line (at least one;
// event.payload of a run has its status): one of its triggers takes them, unless none listens to all of them.
SimulatedTrigger simulate_trigger(std::vector<TriggerSource> sources, const FlowDefinition& flow,
                                  const TriggerList& triggers, const RunNamespaces& namespaces,
                                  const IsFlowName& is_flow_name, const ArtifactReader& artifacts);

}  // namespace qflow
