#include "qflow/model/flow_definition.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

TEST_CASE("a step is found by its id") {
  FlowDefinition flow;
  CHECK(flow.find_step("a") == nullptr);
  for (const std::string_view id : {"a", "b"}) flow.steps.emplace_back().id = *StepId::parse(id);
  CHECK(flow.find_step("b") == &flow.steps[1]);
  CHECK(flow.find_step("B") == nullptr);
  CHECK(flow.find_step("") == nullptr);
}

}  // namespace
}  // namespace qflow
