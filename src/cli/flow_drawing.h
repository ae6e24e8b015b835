#pragma once

#include <string>
#include <vector>

#include "qflow/service/flow_loading.h"

namespace qflow {

// Several flows and what starts them: runs of each other, events (also those that their steps publish), and whatever
// else their triggers listen to.
std::string draw_flows(const std::vector<LoadedFlow>& flows);
std::string flows_as_mermaid(const std::vector<LoadedFlow>& flows);
std::string flows_as_dot(const std::vector<LoadedFlow>& flows);

}  // namespace qflow
