#pragma once

#include <memory>
#include <string>
#include <vector>

#include "qflow/engine/simulation.h"
#include "qflow/model/flow_test.h"

namespace qflow {

// Adds what only the flow around its [[tests]] shows to be wrong: triggers, sensors and parameters that it does not
// have, values that don't fit, a namespaced event without a project, a run whose name is none.
void check_tests(const FlowDefinition& flow, const TriggerList& triggers, Diagnostics& diagnostics);

// Something that did not go as expected.
struct TestFailure {
  SourcePosition position;       // of the row of `expect`, else of the test's name
  std::string message;           // "`both` did not fire"
  std::vector<std::string> why;  // a line each: what became of the first 20 events that could have done it
};

// How one test went. The simulation has all that happened.
struct TestVerdict {
  std::vector<TestFailure> failures;
  std::unique_ptr<Simulation> simulation;

  bool passed() const { return failures.empty(); }
};

// Lets everything of `given` happen to the flow alone, from the first instant to the last, and compares. The test has
// no errors (check_tests).
TestVerdict run_test(const std::shared_ptr<const DeployedFlow>& flow, const FlowTest& test);

}  // namespace qflow
