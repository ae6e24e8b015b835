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

// All that a step does, as text to compare.
class StepText {
 public:
  explicit StepText(const Step& step) {
    add("run", step.run);
    for (const auto& word : step.exec) add("exec", word.value);
    for (const auto& needed : step.needs) add("needs", needed.value.text());
    add("when", step.when);
    add("foreach", step.foreach);
    add("shell", step.shell.value);
    add("workdir", step.workdir);
    for (const auto& [name, value] : step.environment) add(name, value.value);
    for (const auto& secret : step.secrets) add("secret", secret.value);
    add("tries", fmt::format("{} {} {} {}", step.retries, step.retry_delay.count(), step.retry_backoff,
                             step.timeout.value_or(Duration(0)).count()));
    add("allow_failure", step.allow_failure ? "yes" : "no");
    for (const StepPublish& publish : step.publish) add_publish(publish);
  }

  const std::string& text() const { return text_; }

 private:
  void add(std::string_view key, const std::string& value) { text_ += fmt::format("{} {}\n", key, value); }
  void add(std::string_view key, const std::optional<Located<std::string>>& value) {
    if (value) add(key, value->value);
  }
  void add_publish(const StepPublish& publish) {
    add("publish", publish.event.value);
    add("when", publish.when);
    if (publish.payload) add("payload", to_compact(to_json(*publish.payload)));
    for (const auto& [name, value] : publish.fields) add(name, value.value);
    add("how", fmt::format("{} {}", publish.namespaced, publish.safe));
  }

  std::string text_;
};

Described steps_of(const FlowDefinition& definition) {
  Described described;
  for (const Step& step : definition.steps) described[step.id.text()] = StepText(step).text();
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
