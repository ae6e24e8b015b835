#pragma once

#include <vector>

#include "qflow/engine/flow_test_run.h"

namespace qflow {

// Where what has happened differs from what the test expects. Rows of fired are all firings, in their order; rows of
// waiting are all that waits at the end, one for each trigger and correlation value; rows of another outcome are some
// of those that there were.
std::vector<TestFailure> compare(const FlowTest& test, const Simulation& simulation);

}  // namespace qflow
