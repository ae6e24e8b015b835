#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "qflow/engine/arrival.h"
#include "qflow/engine/deployed_flow.h"
#include "qflow/engine/parameter_mapping.h"
#include "qflow/model/event.h"
#include "qflow/model/run.h"

namespace qflow {

// An event of a firing, which it outlives, with its place in the ledger and in the trigger.
struct FiredEvent {
  std::int64_t order = 0;
  const Event* event = nullptr;
  const Trigger* trigger = nullptr;  // which heard it: the joining one, or a leg; null: an activation of the flow
  std::size_t source = 0;            // place among that trigger's subscriptions; behind the last: an activation by hand
};

// What a firing makes of its events.
struct Firing {
  TriggerRecord record;  // its events without their payloads
  Json parameters = Json::object();
  std::optional<std::string> context;
  struct Misfit {
    std::int64_t order = 0;
    const Trigger* trigger = nullptr;
    std::string reason;
  };
  std::vector<Misfit> misfits;  // events that no longer fit the parameters after a redeploy; not in the record
};

// `joining` (null: the flow itself was activated) and the events' triggers belong to `flow`. At least one event.
Firing make_firing(const DeployedFlow& flow, const Trigger* joining, const std::vector<FiredEvent>& events,
                   const ArtifactReader& artifacts);

// An event that waits, or that a run has among its trigger's events, as one of a firing.
FiredEvent fired_event(const DeployedFlow& flow, const WaitingEvent& waiting, const Event& event);
// `cause_space` is the namespace of the run that caused the event, if one did.
FiredEvent fired_event(const DeployedFlow& flow, const Trigger* joining, const RecordedEvent& event,
                       const std::optional<std::string>& cause_space);

}  // namespace qflow
