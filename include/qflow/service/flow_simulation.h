#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/engine/simulation.h"
#include "qflow/os/environment.h"
#include "qflow/service/flow_loading.h"
#include "qflow/store/store.h"

namespace qflow {

// Flow files (without errors) as a deploy by this user would make them, in memory alone; keys count from 1. kInvalid:
// two files define one flow.
Result<std::vector<std::shared_ptr<const DeployedFlow>>> deploy_in_memory(std::vector<LoadedFlow> flows,
                                                                          const Environment& environment);

// How long chains of runs may be in the store.
Result<int> max_chain_of(Store& store, FileSystem& files);

// What is given as JSON Lines: {"at", "event": {…}, "idempotency_key"?} or {"at", "end": {"run": "F/1", "status",
// "step"?}}; empty lines are skipped. kInvalid names `file` and the line.
Result<std::vector<Given>> parse_given_rows(std::string_view text, const std::string& file);

// The events that were recorded from `from` up to but not `until` and came from outside: published ones, and what
// sensors saw. Which run published one is left out, since the runs of a simulation are others.
struct RecordedPast {
  std::vector<Given> given = {};
  std::size_t left_out = 0;  // events whose payload gc has removed
};
Result<RecordedPast> recorded_past(Store& store, Instant from, Instant until);

}  // namespace qflow
