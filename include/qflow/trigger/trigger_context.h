#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "qflow/model/event.h"
#include "qflow/model/json.h"

namespace qflow {

// Why a trigger is asked: an event that has arrived, or a person who activates it.
struct TriggerContext {
  std::optional<Event> event = {};          // absent: activated by hand
  std::string name_space = {};              // of the deployment, "project.branch" or ""
  std::int64_t batch_id = 1;                // by hand: event.payload.batch_id
  std::optional<std::string> context = {};  // by hand: the run's context
  Json parameters = Json::object();         // by hand: what -p sets
};

}  // namespace qflow
