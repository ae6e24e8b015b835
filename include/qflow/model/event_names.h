#pragma once

#include <string>
#include <string_view>

#include "qflow/model/names.h"

namespace qflow {

// How the names of the events begin that qflow makes itself, and nobody may publish. What follows is the flow's id,
// then a dot with the id of the step or trigger; of the ends of runs and of activations of a whole flow, the flow's
// alone.
inline constexpr std::string_view kOwnEvents = "qflow.";
inline constexpr std::string_view kRunEnds = "qflow.run.";
inline constexpr std::string_view kStepEnds = "qflow.step.";
inline constexpr std::string_view kDueInstants = "qflow.schedule.";
inline constexpr std::string_view kSensorChanges = "qflow.sensor.";
inline constexpr std::string_view kActivations = "qflow.cli.";
inline constexpr std::string_view kApiCalls = "qflow.api.";

std::string run_end_name(const FlowId& flow);
std::string step_end_name(const FlowId& flow, const StepId& step);

}  // namespace qflow
