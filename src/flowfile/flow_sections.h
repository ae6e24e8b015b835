#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/model/config_reader.h"
#include "qflow/model/flow_definition.h"

namespace qflow {

// The sections of a flow file, one file each. Every reader reports what is wrong to the diagnostics and returns what
// made sense.

Project read_project(const ConfigTable& table, Diagnostics& diagnostics);
std::vector<Parameter> read_parameters(const ConfigTable& table, Diagnostics& diagnostics);
RunPolicy read_run_policy(const ConfigTable& table, Diagnostics& diagnostics);
Hooks read_hooks(const ConfigTable& table, Diagnostics& diagnostics);
std::vector<FlowTest> read_tests(const std::vector<const ConfigTable*>& tables, Diagnostics& diagnostics);

// [defaults]: what a step inherits where it says nothing itself.
struct StepDefaults {
  EnvironmentTemplates environment;
  std::optional<Located<std::string>> shell;
  std::optional<Located<std::string>> workdir;
  std::optional<Duration> timeout;
  std::optional<int> retries;
  std::optional<Duration> retry_delay;
  std::optional<double> retry_backoff;
};
StepDefaults read_step_defaults(const ConfigTable& table, Diagnostics& diagnostics);

// The keys that [defaults] and a step share; a step then fills in what is absent.
StepDefaults read_inheritable_keys(ConfigReader& reader);

Step read_step(const ConfigTable& table, const StepDefaults& defaults, bool has_project, Diagnostics& diagnostics);
std::vector<StepPublish> read_publish(const std::vector<const ConfigTable*>& tables, bool has_project,
                                      Diagnostics& diagnostics);

// What only all steps together show: duplicate ids, unknown steps in needs, cycles.
void check_steps(const std::vector<Step>& steps, Diagnostics& diagnostics);

// Parameters that the element of a foreach would hide.
void check_parameter_names(const FlowDefinition& flow, Diagnostics& diagnostics);

// The section of the file that a key belongs to, said as a message about a key that stands elsewhere ("belongs in
// [run]"); "" for keys of no section.
std::string explain_misplaced_key(std::string_view key);

}  // namespace qflow
