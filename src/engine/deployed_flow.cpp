#include "qflow/engine/deployed_flow.h"

#include "qflow/model/project_namespace.h"
#include "qflow/trigger/source_filter.h"

namespace qflow {

std::string full_name(const DeployedFlow& flow) {
  return qualified_name(flow.name_space, flow.definition->id);
}

std::optional<std::string> event_namespace(const DeployedFlow& flow) {
  if (flow.name_space.empty()) return std::nullopt;
  return flow.name_space;
}

void index_listeners(DeployedFlow& flow) {
  flow.listeners.clear();
  for (const auto& trigger : flow.triggers) {
    for (const Subscription& subscription : trigger->subscriptions()) {
      auto& listening = flow.listeners[listened_name(*trigger, subscription, flow.name_space)];
      if (listening.empty() || listening.back() != trigger.get()) listening.push_back(trigger.get());
    }
  }
}

const Trigger& joining_trigger(const DeployedFlow&, const Trigger& trigger) {
  return trigger.group() != nullptr ? *trigger.group() : trigger;
}

bool is_enabled(const DeployedFlow& flow, const Trigger& trigger) {
  const auto on = [&](const Trigger& one) { return one.rules().enabled && !flow.disabled.contains(one.id()); };
  return flow.enabled && on(trigger) && on(joining_trigger(flow, trigger));
}

}  // namespace qflow
