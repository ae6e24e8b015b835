#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// How a trigger is declared: what `trigger.type` and trigger["..."] of its runs say, whatever a firing takes. A group
// counts its legs' sources.
struct TriggerDeclaration {
  TriggerKind kind = TriggerKind::kEvent;
  std::size_t sources = 0;
  std::vector<std::string> names;  // a flow that is qualified with a project is known by its bare id too
};

TriggerDeclaration declaration_of(const Trigger& trigger);

}  // namespace qflow
