#include "service/deployment_changes.h"

#include <fmt/format.h>

#include <map>

#include "qflow/trigger/trigger_sentence.h"
#include "service/trigger_shape.h"

namespace qflow {

namespace {

using Described = std::map<std::string, std::string>;  // name → what would be another one

// "step load: added", "step load: removed", "step load: changed".
void compare(const std::string& noun, const Described& before, const Described& after,
             std::vector<std::string>& changes) {
  for (const auto& [name, item] : after) {
    const auto known = before.find(name);
    if (known == before.end()) {
      changes.push_back(fmt::format("{} {}: added", noun, name));
    } else if (known->second != item) {
      changes.push_back(fmt::format("{} {}: changed", noun, name));
    }
  }
  for (const auto& entry : before) {
    if (!after.contains(entry.first)) changes.push_back(fmt::format("{} {}: removed", noun, entry.first));
  }
}

Described triggers_of(const LoadedFlow& flow, const std::string& name_space) {
  Described described;
  for (const auto& trigger : flow.triggers) {
    described[trigger->id().text()] =
        describe(*trigger, flow.triggers) + trigger_shape(*trigger, flow.triggers, name_space);
  }
  return described;
}

Described steps_of(const FlowDefinition& definition) {
  Described described;
  for (const Step& step : definition.steps) {
    std::string& text = described[step.id.text()];
    if (step.run) text = step.run->value;
    for (const auto& word : step.exec) text += "\n" + word.value;
    for (const auto& needed : step.needs) text += "\nneeds " + needed.value.text();
  }
  return described;
}

Described parameters_of(const FlowDefinition& definition) {
  Described described;
  for (const Parameter& parameter : definition.parameters) {
    described[parameter.name.text()] = fmt::format("{} {} {}", to_text(parameter.type), parameter.required,
                                                   to_compact(parameter.default_value.value_or(Json())));
  }
  return described;
}

Described surroundings_of(const Deployment& deployment) {
  Described described(deployment.environment.begin(), deployment.environment.end());
  described["umask"] = fmt::format("{:04o}", deployment.umask);
  described["file"] = deployment.flow_file;
  return described;
}

}  // namespace

std::vector<std::string> changes_between(const Deployment& before, const Deployment& next, const LoadedFlow& now) {
  const std::string& name_space = next.name_space;
  std::vector<std::string> changes;
  const Path file(before.flow_file);
  const LoadedFlow old = load_flow_text(before.definition, file.filename().string(), file.parent_path().string());
  compare("trigger", triggers_of(old, name_space), triggers_of(now, name_space), changes);
  compare("parameter", parameters_of(*old.definition), parameters_of(*now.definition), changes);
  compare("step", steps_of(*old.definition), steps_of(*now.definition), changes);
  if (changes.empty() && before.definition != next.definition) changes.emplace_back("the text of the file");
  compare("environment:", surroundings_of(before), surroundings_of(next), changes);
  return changes;
}

}  // namespace qflow
