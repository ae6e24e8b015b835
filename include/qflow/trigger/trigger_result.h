#pragma once

#include <string>

#include "qflow/model/names.h"

namespace qflow {

// What an activation comes to: on success the flow should run (the service starts it), else `message` says why not.
struct TriggerResult {
  bool success = false;
  TriggerId trigger_id;
  FlowId flow_id;
  std::string message;
};

}  // namespace qflow
