#include <algorithm>

#include "qflow/engine/flow_test_run.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/model/parameter.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

class TestChecker {
 public:
  TestChecker(const FlowDefinition& flow, const TriggerList& triggers, Diagnostics& diagnostics)
      : flow_(flow), triggers_(triggers), diagnostics_(diagnostics) {}

  void check(const FlowTest& test) {
    for (const TestGiven& given : test.given) check_given(given);
    for (const TestExpectation& expected : test.expect) check_expectation(expected);
  }

 private:
  void check_given(const TestGiven& given) {
    if (const auto* publication = std::get_if<TestGiven::Publication>(&given.what)) {
      if (!publication->namespaced || flow_.project) return;
      diagnostics_.error(publication->name.position, "a namespaced event needs a project", "add [project]");
    }
    if (const auto* end = std::get_if<TestGiven::RunEnd>(&given.what)) {
      const auto run = parse_given_run(end->run.value);
      if (!run) diagnostics_.error(end->run.position, run.error().message, run.error().advice);
    }
    if (const auto* change = std::get_if<TestGiven::SensorChange>(&given.what)) check_sensor(change->sensor);
  }

  bool knows_all_triggers() const { return triggers_.size() == flow_.triggers.size(); }

  // A trigger with errors is not in the list, and not unknown.
  std::vector<std::string> written_ids() const {
    std::vector<std::string> ids;
    for (const TriggerConfig& config : flow_.triggers) {
      if (const std::string* id = written_id(config)) ids.push_back(*id);
    }
    return ids;
  }

  const Trigger* find(std::string_view name) const {
    const auto id = TriggerId::parse(name);
    return id ? find_trigger(triggers_, *id) : nullptr;
  }

  void check_sensor(const Located<std::string>& sensor) {
    const Trigger* trigger = find(sensor.value);
    if (!knows_all_triggers() || (trigger != nullptr && sensor_of(*trigger) != nullptr)) return;
    std::vector<std::string> sensors;
    for (const auto& one : triggers_) {
      if (sensor_of(*one) != nullptr) sensors.push_back(one->id().text());
    }
    const std::string advice =
        sensors.empty() ? "it has no trigger of the type sensor" : did_you_mean_or_list(sensor.value, sensors);
    diagnostics_.error(sensor.position, "the flow has no sensor " + quoted(sensor.value), advice);
  }

  void check_expectation(const TestExpectation& expected) {
    if (expected.trigger) check_trigger(*expected.trigger);
    if (expected.type) check_type(*expected.type);
    for (const auto& [name, value] : expected.params) check_parameter(name, value);
  }

  void check_trigger(const Located<TriggerId>& trigger) {
    const std::vector<std::string> names = written_ids();
    if (std::find(names.begin(), names.end(), trigger.value.text()) != names.end()) return;
    const std::string advice =
        names.empty() ? "it has no triggers at all" : did_you_mean_or_list(trigger.value.text(), names);
    diagnostics_.error(trigger.position, "the flow has no trigger " + quoted(trigger.value.text()), advice);
  }

  void check_type(const Located<std::string>& type) {
    if (parse_trigger_kind(type.value) || parse_trigger_type(type.value)) return;
    for (const auto& trigger : triggers_) {
      if (trigger->rules().type == type.value) return;
    }
    diagnostics_.error(type.position, quoted(type.value) + " is no type of a trigger",
                       "write what trigger.type says (EVENT, MANY-EVENTS, RUN, ...), or the type in [[triggers]]");
  }

  void check_parameter(const Located<std::string>& name, const Json& value) {
    const Parameter* parameter = find_parameter(flow_.parameters, name.value);
    if (parameter == nullptr) {
      std::vector<std::string> names;
      for (const Parameter& one : flow_.parameters) names.push_back(one.name.text());
      const std::string advice = names.empty() ? "it has none" : did_you_mean_or_list(name.value, names);
      return diagnostics_.error(name.position, "the flow has no parameter " + quoted(name.value), advice);
    }
    const auto fits = convert_parameter(*parameter, value);
    if (!fits) diagnostics_.error(name.position, fits.error().message, fits.error().advice);
  }

  const FlowDefinition& flow_;
  const TriggerList& triggers_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_tests(const FlowDefinition& flow, const TriggerList& triggers, Diagnostics& diagnostics) {
  TestChecker checker(flow, triggers, diagnostics);
  for (const FlowTest& test : flow.tests) checker.check(test);
}

}  // namespace qflow
