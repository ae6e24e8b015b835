#pragma once

#include <string>
#include <vector>

#include "qflow/engine/flow_test_run.h"

namespace qflow {

// The full name of the event that a test publishes.
std::string published_name(const TestGiven::Publication& publication, const DeployedFlow& flow);

// Where what has happened differs from what the test expects. Rows of fired are all firings, in their order; rows of
// waiting are all that waits at the end, one for each trigger and correlation value; rows of another outcome are some
// of those that there were.
std::vector<TestFailure> compare(const FlowTest& test, const Simulation& simulation);

}  // namespace qflow
