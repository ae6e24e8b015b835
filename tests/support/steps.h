#pragma once

#include <string>
#include <vector>

#include "qflow/model/flow_definition.h"

namespace qflow {

// A step in a table of a test: its id and what it needs.
struct StepRow {
  std::string id;
  std::vector<std::string> needs;
};

inline std::vector<Step> make_steps(const std::vector<StepRow>& rows) {
  std::vector<Step> steps;
  for (const StepRow& row : rows) {
    Step& step = steps.emplace_back();
    step.id = StepId::parse(row.id).value();
    for (const std::string& needed : row.needs) step.needs.push_back({StepId::parse(needed).value(), {}});
  }
  return steps;
}

}  // namespace qflow
