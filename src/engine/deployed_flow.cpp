#include "qflow/engine/deployed_flow.h"

#include <utility>

#include "qflow/model/project_namespace.h"
#include "qflow/trigger/source_filter.h"

namespace qflow {

namespace {

auto listeners_of(const TriggerList& triggers, const std::string& name_space) {
  std::unordered_map<std::string, std::vector<const Trigger*>> listeners;
  for (const auto& trigger : triggers) {
    for (const Subscription& subscription : trigger->subscriptions()) {
      auto& listening = listeners[listened_name(*trigger, subscription, name_space)];
      if (listening.empty() || listening.back() != trigger.get()) listening.push_back(trigger.get());
    }
  }
  return listeners;
}

}  // namespace

DeployedFlow::DeployedFlow(std::shared_ptr<const FlowDefinition> its_definition, TriggerList its_triggers,
                           std::string its_name_space)
    : definition(std::move(its_definition)),
      triggers(std::move(its_triggers)),
      name_space(std::move(its_name_space)),
      listeners(listeners_of(triggers, name_space)) {}

std::string full_name(const DeployedFlow& flow) {
  return qualified_name(flow.name_space, flow.definition->id);
}

std::optional<std::string> event_namespace(const DeployedFlow& flow) {
  if (flow.name_space.empty()) return std::nullopt;
  return flow.name_space;
}

bool is_enabled(const DeployedFlow& flow, const Trigger& trigger) {
  const auto on = [&](const Trigger& one) { return one.rules().enabled && !flow.disabled.contains(one.id()); };
  return flow.enabled && on(trigger) && on(trigger.joining());
}

}  // namespace qflow
