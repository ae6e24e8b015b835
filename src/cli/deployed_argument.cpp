#include "cli/deployed_argument.h"

namespace qflow {

Result<DeployedArgument> parse_deployed_argument(const std::string& text) {
  const std::size_t slash = text.find('/');
  DeployedArgument argument{text.substr(0, slash), std::nullopt};
  if (slash != std::string::npos) {
    QFLOW_ASSIGN(argument.trigger, TriggerId::parse(text.substr(slash + 1)));
  }
  return argument;
}

}  // namespace qflow
