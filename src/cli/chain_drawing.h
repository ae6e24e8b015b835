#pragma once

#include <string>
#include <vector>

#include "qflow/service/run_inspection.h"

namespace qflow {

// A chain as text that grows to the right: "PredictionFlow/1 ← TrainingFlow/1 ← event data_updated". A node with
// several links has one line for each below the other. `arrow` stands between a node and its link.
std::string draw_chain(const ChainNode& chain, std::string_view arrow);

// Every run of the chain once, in the order of the drawing; they lie in the chain.
std::vector<const LinkedRun*> runs_of(const ChainNode& chain);
// Those of them whose links were left out.
std::vector<const LinkedRun*> unfinished_runs_of(const ChainNode& chain);

}  // namespace qflow
