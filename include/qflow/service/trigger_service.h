#pragma once

#include <optional>
#include <string>

#include "qflow/service/doors.h"
#include "qflow/store/store.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// What a program that links qflow needs of triggers: to load those of a flow, of the types that the doors know, and to
// start deployed flows by hand. Publishing is publishing.h, what is due ticking.h.
class TriggerService {
 public:
  // The store and the doors outlive the service.
  TriggerService(Store& store, const Doors& doors) : store_(store), doors_(doors) {}

  // kInvalid with every problem and its position.
  Result<TriggerList> load_triggers_from_flow(const FlowDefinition& definition) const;

  // Starts the deployed flow ("Flow", or qualified with its namespace) as `qflow trigger` does, but only queues the
  // run: a RunDispatcher (dispatch.h) or the next tick starts it. Of several triggers of one type the id decides;
  // without type and id the flow itself is activated. The context's batch id, context and parameters count, not its
  // event. On success the message is the run's id, else why there is none.
  TriggerResult trigger_flow(const std::string& flow_id, std::optional<TriggerType> type = std::nullopt,
                             const std::optional<TriggerId>& trigger_id = std::nullopt,
                             const TriggerContext& context = {});

 private:
  Store& store_;
  const Doors& doors_;
};

}  // namespace qflow
