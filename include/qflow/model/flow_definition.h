#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/model/config_value.h"
#include "qflow/model/flow_test.h"
#include "qflow/model/names.h"
#include "qflow/model/parameter.h"
#include "qflow/time/duration.h"

namespace qflow {

// [project]: where the flow's events and runs belong.
struct Project {
  Located<std::string> name;
  std::optional<Located<std::string>> branch;
  bool production = false;
};

enum class WhenBusy { kParallel, kQueue, kCoalesce, kSkip, kReplace };
enum class OnCrash { kResume, kFail };

// [run]: how runs of the flow behave.
struct RunPolicy {
  static constexpr std::int64_t kMostJobs = 100'000;

  WhenBusy when_busy = WhenBusy::kParallel;
  std::optional<std::int64_t> max_parallel;
  int jobs = 0;  // tasks at once in one run; 0: the number of processors
  std::optional<Duration> timeout;
  OnCrash on_crash = OnCrash::kResume;
  std::optional<Duration> keep;  // absent: for ever
};

using EnvironmentTemplates = std::vector<std::pair<std::string, Located<std::string>>>;

// One event that a step publishes after it succeeded. `fields` holds the keys of `qflow publish` as templates.
struct StepPublish {
  SourcePosition position;
  Located<std::string> event;
  std::optional<Located<std::string>> when;
  std::optional<ConfigValue> payload;
  std::vector<std::pair<std::string, Located<std::string>>>
      fields;  // type, namespace, value, sender, context, idempotency_key
  bool namespaced = false;
  bool safe = true;
};

// [[steps]], with [defaults] already merged in. At most one of `run` and `exec` is set.
struct Step {
  StepId id;
  SourcePosition position;  // of the id, else of the table
  std::vector<Located<StepId>> needs;
  std::optional<Located<std::string>> run;
  std::vector<Located<std::string>> exec;
  std::optional<Located<std::string>> when;
  std::optional<Located<std::string>> foreach;
  Located<std::string> shell{"sh", {}};
  std::optional<Located<std::string>> workdir;
  EnvironmentTemplates environment;
  std::vector<Located<std::string>> secrets;
  std::optional<Duration> timeout;
  int retries = 0;
  Duration retry_delay{0};
  double retry_backoff = 1.0;
  bool allow_failure = false;
  std::vector<StepPublish> publish;
};

// [[triggers]] as written; the trigger layer's registry checks its keys and builds the Trigger.
struct TriggerConfig {
  ConfigTable table;
};

struct Hooks {
  std::optional<Located<std::string>> on_success;
  std::optional<Located<std::string>> on_failure;
};

// One flow, as its file says it. Values are checked; expressions and templates are still text (the expression layer
// checks them against the definition).
struct FlowDefinition {
  FlowId id;
  std::string description;
  std::vector<std::string> tags;
  std::optional<Project> project;
  std::vector<Parameter> parameters;
  RunPolicy run;
  std::optional<ConfigTable> engine;  // [engine]
  std::vector<TriggerConfig> triggers;
  std::vector<Step> steps;
  Hooks hooks;
  std::vector<FlowTest> tests;

  std::string file;    // the path as given, for messages
  std::string folder;  // absolute: the default working directory of steps, the base of relative paths
  std::string text;    // the whole file: what a run records and a deployment keeps

  const Step* find_step(std::string_view id) const;
};

}  // namespace qflow
