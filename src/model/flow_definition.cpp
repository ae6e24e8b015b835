#include "qflow/model/flow_definition.h"

#include <algorithm>

namespace qflow {

const Step* FlowDefinition::find_step(std::string_view id) const {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.id.text() == id; });
  return found == steps.end() ? nullptr : &*found;
}

}  // namespace qflow
