#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "qflow/model/flow_definition.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// A flow as it is deployed in one namespace, with its triggers built.
struct DeployedFlow {
  DeployedFlow(std::shared_ptr<const FlowDefinition> definition, TriggerList triggers, std::string name_space);

  std::int64_t key = 0;  // given by whoever keeps deployments; no two have the same
  std::int64_t version = 1;
  std::shared_ptr<const FlowDefinition> definition;
  std::string definition_hash = {};  // SHA-256 of its text; "" outside of a ledger
  TriggerList triggers;
  std::string name_space;             // "project.branch", or ""
  bool enabled = true;                // by `qflow enable` and `qflow disable`
  std::set<TriggerId> disabled = {};  // the triggers disabled so
  // The triggers that listen to events of a name, in the order of the list.
  std::unordered_map<std::string, std::vector<const Trigger*>> listeners;
};

// "foo.prod.bar.HelloFlow", or the bare id outside of projects.
std::string full_name(const DeployedFlow& flow);

// The namespace of events that the flow's own schedules and sensors make; none outside of projects.
std::optional<std::string> event_namespace(const DeployedFlow& flow);

// Whether events count for the trigger now: neither the file nor a command has disabled it, its group or its flow.
bool is_enabled(const DeployedFlow& flow, const Trigger& trigger);

}  // namespace qflow
