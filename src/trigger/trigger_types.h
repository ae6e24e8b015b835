#pragma once

#include <memory>

#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// The built-in types, one file each; the list in trigger_types.cpp has a line for every one (the recipe for adding a
// type opens qflow/trigger/trigger_registry.h).
std::unique_ptr<Trigger> create_api_trigger(TriggerSetup& setup);
std::unique_ptr<Trigger> create_cli_trigger(TriggerSetup& setup);
std::unique_ptr<Trigger> create_event_trigger(TriggerSetup& setup);
std::unique_ptr<Trigger> create_flow_trigger(TriggerSetup& setup);
std::unique_ptr<Trigger> create_group_trigger(TriggerSetup& setup);
std::unique_ptr<Trigger> create_schedule_trigger(TriggerSetup& setup);
std::unique_ptr<Trigger> create_sensor_trigger(TriggerSetup& setup);

}  // namespace qflow
