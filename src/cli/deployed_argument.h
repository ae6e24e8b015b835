#pragma once

#include <optional>
#include <string>

#include "qflow/error/error.h"
#include "qflow/model/names.h"

namespace qflow {

// What FLOW[/TRIGGER] of a command line names.
struct DeployedArgument {
  std::string flow;  // a flow id, or one qualified with its namespace
  std::optional<TriggerId> trigger;
};

// kInvalid when a part breaks its rule.
Result<DeployedArgument> parse_deployed_argument(const std::string& text);

}  // namespace qflow
