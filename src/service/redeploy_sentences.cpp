#include "service/redeploy_sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "qflow/flowfile/flow_file.h"

namespace qflow {

namespace {

using Aspects = std::map<std::string, std::string>;  // "when" → its value, as text to compare
using Described = std::map<std::string, Aspects>;    // name → what would be another one

std::vector<std::string> differing(const Aspects& before, const Aspects& after) {
  std::vector<std::string> names;
  for (const auto& [aspect, value] : after) {
    const auto known = before.find(aspect);
    if (known == before.end() || known->second != value) names.push_back(aspect);
  }
  for (const auto& entry : before) {
    if (!after.contains(entry.first)) names.push_back(entry.first);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// "step load: added", "step load: removed", "step load: retries, run".
void compare(const std::string& noun, const Described& before, const Described& after,
             std::vector<std::string>& changes) {
  for (const auto& [name, item] : after) {
    const auto known = before.find(name);
    if (known == before.end()) {
      changes.push_back(fmt::format("{} {}: added", noun, name));
      continue;
    }
    const std::vector<std::string> aspects = differing(known->second, item);
    if (!aspects.empty()) changes.push_back(fmt::format("{} {}: {}", noun, name, fmt::join(aspects, ", ")));
  }
  for (const auto& entry : before) {
    if (!after.contains(entry.first)) changes.push_back(fmt::format("{} {}: removed", noun, entry.first));
  }
}

// "when_busy: skip → replace".
void compare_values(const Aspects& before, const Aspects& after, std::vector<std::string>& changes) {
  for (const std::string& name : differing(before, after)) {
    const auto old = before.find(name), now = after.find(name);
    changes.push_back(fmt::format("{}: {} → {}", name, old == before.end() ? "none" : old->second,
                                  now == after.end() ? "none" : now->second));
  }
}

void add(Aspects& aspects, const std::string& name, const std::string& value) {
  aspects[name] += value + "\n";
}
void add(Aspects& aspects, const std::string& name, const std::optional<Located<std::string>>& value) {
  if (value) add(aspects, name, value->value);
}

// The keys of its table.
Described triggers_of(const FlowDefinition& definition) {
  Described described;
  for (const TriggerConfig& trigger : definition.triggers) {
    const ConfigEntry* id = trigger.table.find("id");
    if (id == nullptr) id = trigger.table.find("type");
    const auto* name = id != nullptr ? std::get_if<std::string>(&id->value.data) : nullptr;
    if (name == nullptr) continue;
    for (const ConfigEntry& entry : trigger.table.entries) {
      described[*name][entry.key] = to_compact(to_json(entry.value));
    }
  }
  return described;
}

void add_publish(Aspects& aspects, const StepPublish& publish) {
  const std::string name = "publish";
  add(aspects, name, publish.event.value);
  add(aspects, name, publish.when);
  if (publish.payload) add(aspects, name, to_compact(to_json(*publish.payload)));
  for (const auto& [field, value] : publish.fields) add(aspects, name, field + " " + value.value);
  add(aspects, name, fmt::format("{} {}", publish.namespaced, publish.safe));
}

Aspects aspects_of(const Step& step) {
  Aspects aspects;
  add(aspects, "run", step.run);
  for (const auto& word : step.exec) add(aspects, "exec", word.value);
  for (const auto& needed : step.needs) add(aspects, "needs", needed.value.text());
  add(aspects, "when", step.when);
  add(aspects, "foreach", step.foreach);
  add(aspects, "shell", step.shell.value);
  add(aspects, "workdir", step.workdir);
  for (const auto& [name, value] : step.environment) add(aspects, "env", name + "=" + value.value);
  for (const auto& secret : step.secrets) add(aspects, "secrets", secret.value);
  add(aspects, "retries", std::to_string(step.retries));
  add(aspects, "retry_delay", std::to_string(step.retry_delay.count()));
  add(aspects, "retry_backoff", std::to_string(step.retry_backoff));
  if (step.timeout) add(aspects, "timeout", std::to_string(step.timeout->count()));
  add(aspects, "allow_failure", step.allow_failure ? "yes" : "no");
  for (const StepPublish& publish : step.publish) add_publish(aspects, publish);
  return aspects;
}

Described steps_of(const FlowDefinition& definition) {
  Described described;
  for (const Step& step : definition.steps) described[step.id.text()] = aspects_of(step);
  return described;
}

Described parameters_of(const FlowDefinition& definition) {
  Described described;
  for (const Parameter& parameter : definition.parameters) {
    Aspects& aspects = described[parameter.name.text()];
    aspects["type"] = to_text(parameter.type);
    aspects["required"] = parameter.required ? "yes" : "no";
    aspects["default"] = to_compact(json_or_null(parameter.default_value));
    aspects["min"] = to_compact(json_or_null(parameter.minimum));
    aspects["max"] = to_compact(json_or_null(parameter.maximum));
    aspects["choices"] = to_compact(Json(parameter.choices));
    aspects["help"] = parameter.help;
  }
  return described;
}

std::string_view text_of(WhenBusy policy) {
  switch (policy) {
    case WhenBusy::kQueue:
      return "queue";
    case WhenBusy::kCoalesce:
      return "coalesce";
    case WhenBusy::kSkip:
      return "skip";
    case WhenBusy::kReplace:
      return "replace";
    case WhenBusy::kParallel:
      break;
  }
  return "parallel";
}

Aspects policy_of(const RunPolicy& run) {
  Aspects aspects;
  aspects["when_busy"] = text_of(run.when_busy);
  if (run.max_parallel) aspects["max_parallel"] = std::to_string(*run.max_parallel);
  if (run.jobs != 0) aspects["jobs"] = std::to_string(run.jobs);
  if (run.timeout) aspects["timeout"] = format_duration(*run.timeout);
  aspects["on_crash"] = run.on_crash == OnCrash::kFail ? "fail" : "resume";
  if (run.keep) aspects["keep"] = format_duration(*run.keep);
  return aspects;
}

// What is too long to be shown.
Described rest_of(const FlowDefinition& definition) {
  Described described;
  Aspects& aspects = described["flow"];
  add(aspects, "on_success", definition.hooks.on_success);
  add(aspects, "on_failure", definition.hooks.on_failure);
  add(aspects, "description", definition.description);
  for (const std::string& tag : definition.tags) add(aspects, "tags", tag);
  if (definition.engine) add(aspects, "engine", to_compact(to_json(ConfigValue{{}, *definition.engine})));
  return described;
}

Described surroundings_of(const Deployment& deployment) {
  Described described;
  for (const auto& [name, value] : deployment.environment) described[name]["changed"] = value;
  described["umask"]["changed"] = fmt::format("{:04o}", deployment.umask);
  described["file"]["changed"] = deployment.flow_file;
  return described;
}

}  // namespace

std::vector<std::string> changes_between(const Deployment& before, const Deployment& next, const LoadedFlow& now) {
  std::vector<std::string> changes;
  const Path file(before.flow_file);
  const FlowFile parsed = parse_flow_file(before.definition, file.filename().string(), file.parent_path().string());
  const FlowDefinition& old = parsed.definition;
  const FlowDefinition& definition = *now.definition;
  compare_values(policy_of(old.run), policy_of(definition.run), changes);
  compare("trigger", triggers_of(old), triggers_of(definition), changes);
  compare("parameter", parameters_of(old), parameters_of(definition), changes);
  compare("step", steps_of(old), steps_of(definition), changes);
  compare("the", rest_of(old), rest_of(definition), changes);
  if (changes.empty() && before.definition != next.definition) changes.emplace_back("the text of the file");
  compare("environment:", surroundings_of(before), surroundings_of(next), changes);
  return changes;
}

}  // namespace qflow
