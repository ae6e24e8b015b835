#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "qflow/engine/deployed_flow.h"
#include "support/built_triggers.h"

namespace qflow::bench {

// A flow with those [[triggers]] as deployed under the key; its id is F with the key.
inline std::shared_ptr<const DeployedFlow> deployed(std::int64_t key, const std::string& triggers) {
  BuiltFlow built = build_flow(triggers, {}, "F" + std::to_string(key));
  if (!problem_lines(built.diagnostics).empty()) throw std::runtime_error(problem_lines(built.diagnostics));
  auto flow = std::make_shared<DeployedFlow>(std::make_shared<const FlowDefinition>(std::move(built.flow)),
                                             std::move(built.triggers), "");
  flow->key = key;
  return flow;
}

}  // namespace qflow::bench
