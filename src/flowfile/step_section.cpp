#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "flowfile/checked_text.h"
#include "flowfile/flow_sections.h"

namespace qflow {
namespace {

constexpr std::int64_t kMaxRetries = 1000;
constexpr double kMaxBackoff = 1000;

EnvironmentTemplates read_environment(ConfigReader& reader) {
  EnvironmentTemplates environment;
  const ConfigTable* table = reader.table("env");
  if (table == nullptr) return environment;
  Diagnostics& diagnostics = reader.diagnostics();
  ConfigReader variables(*table, "env", diagnostics);
  for (const ConfigEntry& entry : table->entries) {
    const auto text = variables.text(entry.key);
    const bool named = check_variable_name(entry.key, "environment variable", entry.key_position, diagnostics);
    if (!named || !text || reject_nul(*text, "env", diagnostics)) continue;
    environment.emplace_back(entry.key, *text);
  }
  return environment;
}

// The defaults' variables, then the step's; of one name the step's value at the default's place.
EnvironmentTemplates merge_environment(const EnvironmentTemplates& defaults, const EnvironmentTemplates& own) {
  EnvironmentTemplates merged = defaults;
  for (const auto& variable : own) {
    const auto same =
        std::find_if(merged.begin(), merged.end(), [&](const auto& other) { return other.first == variable.first; });
    if (same == merged.end()) {
      merged.push_back(variable);
    } else {
      same->second = variable.second;
    }
  }
  return merged;
}

void inherit(Step& step, const StepDefaults& defaults, const StepDefaults& own) {
  const auto pick = [](const auto& mine, const auto& inherited) { return mine ? mine : inherited; };
  step.environment = merge_environment(defaults.environment, own.environment);
  step.shell = pick(own.shell, defaults.shell).value_or(step.shell);
  step.workdir = pick(own.workdir, defaults.workdir);
  step.timeout = pick(own.timeout, defaults.timeout);
  step.retries = pick(own.retries, defaults.retries).value_or(step.retries);
  step.retry_delay = pick(own.retry_delay, defaults.retry_delay).value_or(step.retry_delay);
  step.retry_backoff = pick(own.retry_backoff, defaults.retry_backoff).value_or(step.retry_backoff);
}

std::vector<Located<StepId>> read_needs(ConfigReader& reader) {
  std::vector<Located<StepId>> needs;
  for (const Located<std::string>& text : reader.text_list("needs")) {
    const auto id = checked_name<StepId>(text, reader.diagnostics());
    if (!id) continue;
    const bool repeated =
        std::any_of(needs.begin(), needs.end(), [&](const Located<StepId>& other) { return other.value == *id; });
    if (repeated) {
      reader.diagnostics().error(text.position, fmt::format("`needs` names {} twice", qflow::quoted(text.value)),
                                 "remove one of the two");
    } else {
      needs.push_back({*id, text.position});
    }
  }
  return needs;
}

std::vector<Located<std::string>> read_exec(ConfigReader& reader) {
  Diagnostics& diagnostics = reader.diagnostics();
  std::vector<Located<std::string>> arguments = reader.text_list("exec");
  for (const Located<std::string>& argument : arguments) reject_nul(argument, "exec", diagnostics);
  const ConfigEntry* entry = reader.find("exec");
  if (entry == nullptr) return arguments;
  const ConfigList* list = std::get_if<ConfigList>(&entry->value.data);
  if (list != nullptr && list->empty()) {
    diagnostics.error(entry->value.position, "`exec` is empty",
                      "give a program and its arguments, or leave the key out for a step that only joins or publishes");
  } else if (!arguments.empty() && arguments.front().value.empty()) {
    diagnostics.error(arguments.front().position, "the program of `exec` is empty",
                      "the first element names the program");
  }
  return arguments;
}

void check_one_command(ConfigReader& reader) {
  const ConfigEntry* run = reader.find("run");
  const ConfigEntry* exec = reader.find("exec");
  if (run == nullptr || exec == nullptr) return;
  const ConfigEntry* second =
      std::max(run, exec, [](const ConfigEntry* a, const ConfigEntry* b) { return a->key_position < b->key_position; });
  reader.diagnostics().error(second->value.position, "a step has either `run` or `exec`, not both",
                             "run takes text for the shell, exec a list of arguments; remove one of them");
}

std::vector<Located<std::string>> read_secrets(ConfigReader& reader, const EnvironmentTemplates& environment) {
  std::vector<Located<std::string>> secrets;
  Diagnostics& diagnostics = reader.diagnostics();
  for (Located<std::string>& name : reader.text_list("secrets")) {
    if (!check_variable_name(name.value, "secret", name.position, diagnostics)) continue;
    const auto is_same = [&](const Located<std::string>& other) { return other.value == name.value; };
    const auto is_variable = [&](const auto& variable) { return variable.first == name.value; };
    if (std::any_of(secrets.begin(), secrets.end(), is_same)) {
      diagnostics.error(name.position, fmt::format("`secrets` names {} twice", qflow::quoted(name.value)),
                        "remove one of the two");
    } else if (std::any_of(environment.begin(), environment.end(), is_variable)) {
      diagnostics.error(name.position, fmt::format("{} is a secret and a variable of `env`", qflow::quoted(name.value)),
                        "remove one of the two");
    } else {
      secrets.push_back(std::move(name));
    }
  }
  return secrets;
}

void read_identity(ConfigReader& reader, Step& step) {
  const auto text = reader.required_text("id");
  step.position = text ? text->position : reader.source().position;
  if (const auto id = checked_name<StepId>(text, reader.diagnostics())) step.id = *id;
  step.needs = read_needs(reader);
}

void read_work(ConfigReader& reader, Step& step) {
  step.run = program_text(reader.text("run"), "run", reader.diagnostics());
  step.exec = read_exec(reader);
  check_one_command(reader);
  step.when = reader.text("when");
  step.foreach = reader.text("foreach");
  if (const auto allowed = reader.boolean("allow_failure")) step.allow_failure = allowed->value;
}

std::string explain_step_key(std::string_view key) {
  if (key == "on_success" || key == "on_failure") return "belongs in [hooks]";
  if (key == "jobs" || key == "max_parallel" || key == "when_busy" || key == "on_crash") return "belongs in [run]";
  return "";
}

std::string explain_default_key(std::string_view key) {
  static constexpr std::string_view kOwn[] = {"id",      "needs",   "run",           "exec",   "when",
                                              "foreach", "secrets", "allow_failure", "publish"};
  if (std::find(std::begin(kOwn), std::end(kOwn), key) == std::end(kOwn)) return "";
  return "belongs to a single step, it is not inherited";
}

}  // namespace

StepDefaults read_inheritable_keys(ConfigReader& reader) {
  StepDefaults keys;
  keys.environment = read_environment(reader);
  keys.shell = program_text(reader.text("shell"), "shell", reader.diagnostics());
  keys.workdir = program_text(reader.text("workdir"), "workdir", reader.diagnostics());
  keys.timeout = positive_duration(reader, "timeout");
  if (const auto retries = reader.integer("retries", 0, kMaxRetries)) keys.retries = static_cast<int>(retries->value);
  if (const auto delay = reader.duration("retry_delay")) keys.retry_delay = delay->value;
  if (const auto backoff = reader.number("retry_backoff", 1.0, kMaxBackoff)) keys.retry_backoff = backoff->value;
  return keys;
}

StepDefaults read_step_defaults(const ConfigTable& table, Diagnostics& diagnostics) {
  ConfigReader reader(table, "[defaults]", diagnostics);
  StepDefaults defaults = read_inheritable_keys(reader);
  reader.finish(explain_default_key);
  return defaults;
}

Step read_step(const ConfigTable& table, const StepDefaults& defaults, bool has_project, Diagnostics& diagnostics) {
  ConfigReader reader(table, "step", diagnostics);
  Step step;
  read_identity(reader, step);
  read_work(reader, step);
  const StepDefaults own = read_inheritable_keys(reader);
  inherit(step, defaults, own);
  step.secrets = read_secrets(reader, own.environment);
  step.publish = read_publish(reader.tables("publish"), has_project, diagnostics);
  reader.finish(explain_step_key);
  return step;
}

}  // namespace qflow
