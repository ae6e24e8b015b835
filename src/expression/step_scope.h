#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "qflow/expression/expression.h"
#include "qflow/model/flow_definition.h"

namespace qflow {

// Where in a step an expression stands: what is in scope there.
enum class StepPlace {
  kWhen,     // evaluated once, before foreach
  kForeach,  // the same
  kTask,     // exec, env, workdir: of each element
  kPublish,  // after the step has succeeded: its own artifacts are there
};

// What the expressions of a flow's steps may name.
class StepScopes {
 public:
  explicit StepScopes(const FlowDefinition& flow);

  ScopeShape shape(const Step& step, StepPlace place, std::string text) const;

 private:
  std::vector<std::string> parameters_;
  std::vector<std::string> run_fields_;
};

// The names whose braces are refused in shell text; of `run` in a step with foreach also item and index. Without a step
// it is the text of a hook, also below.
std::vector<std::string> names_in_shell(const Step* step);

// What to write in shell text for a reference: "use $QFLOW_PARAM_window". `path` has a root of names_in_shell.
std::string environment_advice(const std::vector<std::string>& path, const Step* step);

}  // namespace qflow
