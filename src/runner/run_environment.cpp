#include "runner/run_environment.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <utility>

#include "qflow/runner/run_variables.h"

namespace qflow {

namespace {

constexpr std::size_t kLongestVariable = 65'536;

// Of all parameters together. With the usual limit of the stack exec takes 2 MiB of arguments and environment
// (execve(2)); the other half is for what qflow was given and for the step's own.
constexpr std::size_t kMostOfParameters = 1'048'576;

bool is_shorter(const std::string& a, const std::string& b) {
  return a.size() < b.size();
}

// The longest are left out until the rest fits.
void add_parameters(std::vector<std::string>& environment, const Json& parameters) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : parameters.items()) add_value(entries, "QFLOW_PARAM_" + name, value);
  std::size_t size = 0;
  for (const std::string& entry : entries) size += entry.size();
  while (size > kMostOfParameters) {
    const auto longest = std::max_element(entries.begin(), entries.end(), is_shorter);
    size -= longest->size();
    entries.erase(longest);
  }
  std::move(entries.begin(), entries.end(), std::back_inserter(environment));
}

}  // namespace

bool is_run_variable(std::string_view name) {
  static constexpr std::array<std::string_view, 18> kNames{
      "QFLOW_FLOW",    "QFLOW_RUN",    "QFLOW_STEP", "QFLOW_TASK",         "QFLOW_ATTEMPT", "QFLOW_ITEM",
      "QFLOW_INDEX",   "QFLOW_PARAMS", "QFLOW_IN",   "QFLOW_OUT",          "QFLOW_TRIGGER", "QFLOW_TRIGGER_DATA",
      "QFLOW_CONTEXT", "QFLOW_STORE",  "QFLOW_BIN",  "QFLOW_SCHEDULED_AT", "QFLOW_STATUS",  kGivenSecrets};
  if (name.substr(0, 12) == "QFLOW_PARAM_") return true;
  for (const std::string_view known : kNames) {
    if (name == known) return true;
  }
  return name == "QFLOW_REASON";
}

std::set<std::string> given_secrets(const Environment& environment) {
  std::set<std::string> names;
  std::istringstream list(find_variable(environment, kGivenSecrets).value_or(""));
  for (std::string name; std::getline(list, name, ',');) names.insert(name);
  return names;
}

std::vector<std::string> run_environment(const RunPlan& plan, const StoreLayout& layout) {
  const Run& run = plan.run;
  std::vector<std::string> environment;
  const std::set<std::string> given = given_secrets(plan.environment);
  for (const auto& [name, value] : plan.environment) {
    const bool is_secret = plan.secrets.contains(name) || given.contains(name);
    if (!is_run_variable(name) && !is_secret) add_variable(environment, name, value);
  }
  add_variable(environment, "QFLOW_FLOW", run.id.flow.text());
  add_variable(environment, "QFLOW_RUN", run.id.text());
  add_variable(environment, "QFLOW_STORE", layout.root().string());
  add_variable(environment, "QFLOW_BIN", plan.program.string());
  add_variable(environment, "QFLOW_PARAMS", layout.run_parameters(run.id).string());
  if (run.context) add_value(environment, "QFLOW_CONTEXT", *run.context);
  if (run.scheduled_at) add_variable(environment, "QFLOW_SCHEDULED_AT", format_instant(*run.scheduled_at));
  if (run.trigger) {
    add_variable(environment, "QFLOW_TRIGGER", layout.run_trigger(run.id).string());
    add_variable(environment, "QFLOW_TRIGGER_DATA", layout.run_trigger_data(run.id).string());
  }
  add_parameters(environment, run.params);
  return environment;
}

void add_variable(std::vector<std::string>& environment, std::string_view name, std::string_view value) {
  std::string entry;
  entry.reserve(name.size() + value.size() + 1);
  entry.append(name).append("=").append(value);
  environment.push_back(std::move(entry));
}

void set_variable(std::vector<std::string>& environment, std::string_view name, std::string_view value) {
  const std::string prefix = std::string(name) + "=";
  std::erase_if(environment, [&](const std::string& entry) { return entry.compare(0, prefix.size(), prefix) == 0; });
  add_variable(environment, name, value);
}

void add_value(std::vector<std::string>& environment, std::string_view name, const Json& value) {
  if (value.is_null()) return;
  const std::string text = to_plain_text(value);
  if (text.size() > kLongestVariable || text.find('\0') != std::string::npos) return;
  add_variable(environment, name, text);
}

SecretMask run_mask(const RunPlan& plan) {
  std::vector<std::string> values;
  for (const auto& [name, value] : plan.secrets) values.push_back(value);
  return SecretMask(std::move(values));
}

}  // namespace qflow
