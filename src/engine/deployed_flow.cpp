#include "qflow/engine/deployed_flow.h"

#include "qflow/model/project_namespace.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

std::string full_name(const DeployedFlow& flow) {
  return qualified_name(flow.name_space, flow.definition->id);
}

std::optional<std::string> event_namespace(const DeployedFlow& flow) {
  if (flow.name_space.empty()) return std::nullopt;
  return flow.name_space;
}

const Trigger& joining_trigger(const DeployedFlow& flow, const Trigger& trigger) {
  const Trigger* group = group_of(flow.triggers, trigger.id());
  return group != nullptr ? *group : trigger;
}

bool is_enabled(const DeployedFlow& flow, const Trigger& trigger) {
  const auto on = [&](const Trigger& one) { return one.rules().enabled && !flow.disabled.contains(one.id()); };
  return flow.enabled && on(trigger) && on(joining_trigger(flow, trigger));
}

}  // namespace qflow
