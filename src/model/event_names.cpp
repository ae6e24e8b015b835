#include "qflow/model/event_names.h"

#include <fmt/format.h>

namespace qflow {

std::string run_end_name(const FlowId& flow) {
  return fmt::format("{}{}", kRunEnds, flow.text());
}

std::string step_end_name(const FlowId& flow, const StepId& step) {
  return fmt::format("{}{}.{}", kStepEnds, flow.text(), step.text());
}

}  // namespace qflow
