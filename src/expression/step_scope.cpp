#include "expression/step_scope.h"

#include "qflow/model/event.h"
#include "qflow/model/run_summary.h"

namespace qflow {

namespace {

std::string no_element_here(const Step& step, StepPlace place) {
  switch (place) {
    case StepPlace::kWhen:
    case StepPlace::kForeach:
      return "it is evaluated once, before there are elements";
    case StepPlace::kPublish:
      if (step.foreach) return "it is evaluated once, after all elements";
      break;
    case StepPlace::kTask:
      break;
  }
  return "only a step with foreach has elements";
}

// The object `trigger`, in which the names of flows and events are fields too, and what lies below it.
class TriggerShape {
 public:
  TriggerShape() {
    const Json event = to_json(Event());
    for (const auto& field : event.items()) event_.fields[field.key()] = nullptr;
    const Json run = run_summary(Run());
    for (const auto& field : run.items()) run_.fields[field.key()] = nullptr;
    run_.fields["data"] = nullptr;
    run_.fields["trigger"] = &trigger_;
    events_.element = &event_;
    runs_.element = &run_;
    trigger_.open = true;
    trigger_.fields = {{"event", &event_}, {"events", &events_}, {"run", &run_}, {"runs", &runs_}};
  }
  TriggerShape(const TriggerShape&) = delete;
  TriggerShape& operator=(const TriggerShape&) = delete;

  const ValueShape& value() const { return trigger_; }

 private:
  ValueShape trigger_, event_, events_, run_, runs_;
};

}  // namespace

StepScopes::StepScopes(const FlowDefinition& flow) {
  for (const Parameter& parameter : flow.parameters) parameters_.push_back(parameter.name.text());
  const Json run = run_summary(Run());
  for (const auto& field : run.items()) run_fields_.push_back(field.key());
}

ScopeShape StepScopes::shape(const Step& step, StepPlace place, std::string text) const {
  ScopeShape shape;
  shape.place = std::move(text);
  static const TriggerShape trigger;
  shape.roots = {{"params", false, parameters_, "parameter"},
                 {"run", false, run_fields_},
                 {"artifacts"},
                 {.name = "trigger", .below = &trigger.value()}};
  shape.absent = {{"event", "in a step the event is trigger.event"}};
  if (step.foreach && place == StepPlace::kTask) {
    shape.roots.push_back({"item"});
    shape.roots.push_back({"index"});
    return shape;
  }
  const std::string advice = no_element_here(step, place);
  shape.absent.push_back({"item", advice});
  shape.absent.push_back({"index", advice});
  return shape;
}

std::vector<std::string> names_in_shell(const Step* step) {
  std::vector<std::string> names{"params", "run", "artifacts", "trigger"};
  if (step != nullptr && step->foreach) names.insert(names.end(), {"item", "index"});
  return names;
}

std::string environment_advice(const std::vector<std::string>& path, const Step* step) {
  const std::string of_run = step == nullptr ? " --run \"$QFLOW_RUN\"`" : "`";
  const std::string& root = path[0];
  const std::string field = path.size() > 1 ? path[1] : "";
  if (root == "params") return "use $QFLOW_PARAM_" + (field.empty() ? "<name>" : field);
  if (root == "item") return "use $QFLOW_ITEM";
  if (root == "index") return "use $QFLOW_INDEX";
  if (root == "artifacts") {
    const std::string name = field.empty() ? "<name>" : field;
    if (step == nullptr) return "call `qflow get artifacts." + name + of_run;
    return "read the file $QFLOW_IN/" + name + ".json";
  }
  if (root == "trigger")
    return "read the file $QFLOW_TRIGGER, or call `qflow get trigger" + (field.empty() ? "" : "." + field) + of_run;
  if (field == "id" || field.empty()) return "use $QFLOW_RUN";
  if (field == "flow") return "use $QFLOW_FLOW";
  if (field == "context") return "use $QFLOW_CONTEXT";
  if (field == "scheduled_at") return "use $QFLOW_SCHEDULED_AT";
  return "call `qflow get run." + field + of_run;
}

}  // namespace qflow
