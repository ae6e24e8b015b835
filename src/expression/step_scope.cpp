#include "expression/step_scope.h"

#include "qflow/model/run_summary.h"

namespace qflow {

StepScopes::StepScopes(const FlowDefinition& flow) {
  for (const Parameter& parameter : flow.parameters) parameters_.push_back(parameter.name.text());
  const Json run = run_summary(Run());
  for (const auto& field : run.items()) run_fields_.push_back(field.key());
}

ScopeShape StepScopes::shape(const Step& step, StepPlace place, std::string text) const {
  ScopeShape shape;
  shape.place = std::move(text);
  shape.roots = {{"params", false, parameters_, "parameter"}, {"run", false, run_fields_}, {"artifacts"}, {"trigger"}};
  shape.absent = {{"event", "in a step the event is trigger.event"}};
  const bool once = place == StepPlace::kWhen || place == StepPlace::kForeach;
  if (step.foreach && !once) {
    shape.roots.push_back({"item"});
    shape.roots.push_back({"index"});
    return shape;
  }
  const std::string advice =
      once ? "it is evaluated once, before there are elements" : "only a step with foreach has elements";
  shape.absent.push_back({"item", advice});
  shape.absent.push_back({"index", advice});
  return shape;
}

std::vector<std::string> names_in_shell(const Step* step) {
  std::vector<std::string> names{"params", "run", "artifacts", "trigger"};
  if (step != nullptr && step->foreach) names.insert(names.end(), {"item", "index"});
  return names;
}

std::string environment_advice(const std::vector<std::string>& path) {
  const std::string& root = path[0];
  const std::string field = path.size() > 1 ? path[1] : "";
  if (root == "params") return "use $QFLOW_PARAM_" + (field.empty() ? "<name>" : field);
  if (root == "item") return "use $QFLOW_ITEM";
  if (root == "index") return "use $QFLOW_INDEX";
  if (root == "artifacts") return "read the file $QFLOW_IN/" + (field.empty() ? "<name>" : field) + ".json";
  if (root == "trigger")
    return "read the file $QFLOW_TRIGGER, or call `qflow get trigger" + (field.empty() ? "" : "." + field) + "`";
  if (field == "id" || field.empty()) return "use $QFLOW_RUN";
  if (field == "flow") return "use $QFLOW_FLOW";
  if (field == "context") return "use $QFLOW_CONTEXT";
  if (field == "scheduled_at") return "use $QFLOW_SCHEDULED_AT";
  return "call `qflow get run." + field + "`";
}

}  // namespace qflow
