#include "cli/help_topics.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "cli/flow_file_keys.h"
#include "cli/help_text.h"
#include "cli/sensor_manual.h"
#include "qflow/error/exit_status.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

using Terms = std::vector<std::pair<std::string, std::string>>;

constexpr EnvironmentVariable kStepVariables[] = {
    {"QFLOW_FLOW, QFLOW_RUN, QFLOW_STEP", "the flow's id, the run's (Flow/12), the step's"},
    {"QFLOW_TASK, QFLOW_ATTEMPT", "Flow/12/step, with a foreach's index Flow/12/step/3; the attempt, from 1"},
    {"QFLOW_PARAM_<name>",
     "each parameter, rendered as text; not set: a null, text over 64 KiB, and the longest where all exceed 1 MiB"},
    {"QFLOW_ITEM, QFLOW_INDEX", "the element of a foreach and its place, from 0"},
    {"QFLOW_PARAMS", "path of a JSON file with all parameters"},
    {"QFLOW_IN", "folder of the artifacts that the step sees: NAME.json for values, NAME for files and folders"},
    {"QFLOW_OUT",
     "empty folder: what the step leaves in it becomes its artifacts, x.json the value x, anything else a file or "
     "folder"},
    {"QFLOW_TRIGGER", "path of trigger.json; not set when the run was not triggered"},
    {"QFLOW_TRIGGER_DATA",
     "folder with a folder of artifacts per triggering flow, of its newest run: TrainingFlow/model.json; of a flow "
     "with runs of several namespaces also foo.prod.TrainingFlow/. With exactly one triggering run its artifacts also "
     "lie directly in it, but for a file that is called as the flow is"},
    {"QFLOW_CONTEXT", "the run's context, if it has one of at most 64 KiB and without NUL"},
    {"QFLOW_SECRETS", "the names of the secrets that the step was given; a qflow in it keeps them from what it starts"},
    {"QFLOW_SCHEDULED_AT", "the instant the run was due, inherited down a trigger chain"},
    {"QFLOW_STORE, QFLOW_BIN", "the store and this program, for `$QFLOW_BIN get` and its like"},
    {"PYTHONPATH", "first the folder of the Python module qflow (`from qflow import current, artifacts, publish`)"},
    {"PYTHONUNBUFFERED",
     "1 unless it is set: what a Python step prints is in its log at once, of one that imports qflow by whole lines; "
     "env = { PYTHONUNBUFFERED = \"\" } in a step that prints very much"},
};

constexpr EnvironmentVariable kReadVariables[] = {
    {"QFLOW_STORE", "the store to use; --store wins over it"},
    {"QFLOW_CLOCK_SHIFT",
     "microseconds that the clock of qflow is ahead, or behind if negative; tick --at sets it for its runs"},
    {"QFLOW_USER", "the name of the branch user.NAME of whoever calls, instead of the login"},
    {"TZDIR", "where the time zones are, instead of /usr/share/zoneinfo"},
    {"NO_COLOR", "no colour, if it is set and not empty; --color wins over it"},
    {"TERM", "no colour, if it is dumb"},
};

constexpr std::string_view kConfigText =
    R"(The settings of a store stand in its file config.toml (.qflow/config.toml), which may be absent, as may every key. Each command that needs a setting reads it anew, deploy and fsck in any case; unknown keys are errors.
)";

constexpr std::string_view kArtifactsText =
    R"(A step leaves artifacts by writing into the folder $QFLOW_OUT: x.json becomes the value x, any other file or folder the file artifact of its name. They count only if the step succeeds, all at once. `qflow put NAME VALUE` and `qflow put NAME --file PATH` do the same.

A step reads the artifacts of all steps that it needs, directly or not, in the folder $QFLOW_IN, with `qflow get artifacts.NAME`, or in templates. The nearest wins. Where two steps, neither below the other, leave different values under one name, the bare name is ambiguous: artifacts.STEP.NAME and $QFLOW_IN/.steps/STEP/ always reach one step's own. A foreach is the list of all its tasks, artifacts.STEP[INDEX].NAME, and an empty one where it had nothing to do; the folder of any other step that left nothing is not there.

Artifacts are immutable and stored once by content. What a triggering run left is in $QFLOW_TRIGGER_DATA, and trigger.data in expressions.
)";

constexpr std::string_view kExpressionsText =
    R"(One small language stands in when, foreach, {{ ... }} and `qflow get`: a subset of CEL, the Common Expression Language.

Literals (1, 2.5, "text", true, null), lists [1, 2], maps {"a": 1}; ?:, ||, &&, !, ==, !=, <, <=, >, >=, in, +, -, *, /, %, .field, ["key"], [0] (lists count from 0).

Functions: has(a.b), size, string, int, double, bool, timestamp, duration; startsWith, endsWith, contains, matches, lowerAscii, upperAscii, substring, split, join. Macros over lists and maps: all, exists, exists_one, filter, map.

Names: params and run everywhere in a run; artifacts, trigger, item and index in steps; event in triggers. A name that cannot exist in its place is an error when the file is checked. A missing field is an error that names the path; has() asks.

Text and numbers are not converted silently. A value that is exactly one {{ ... }} keeps its JSON type; inside longer text it is rendered: strings as they are, all else as compact JSON. Templates stand in exec, env, workdir and publish, not in run; a literal {{ is written {{ '{{' }}.

Examples:

  params.window > 1 && has(trigger.data.model)
  artifacts.shards.filter(s, s.rows > 0)
  trigger["first"].payload.day
)";

constexpr std::string_view kRunsText =
    R"(A run is named by its flow and its number, which counts up from 1 per flow: TrainingFlow/34. `latest` stands for the newest: TrainingFlow/latest, also written as two words, TrainingFlow latest. Where the flow is named without its namespace, a step finds the newest run in the namespace of its own run, and --trigger of qflow run in that of the flow to run, if they have one; elsewhere that is the newest of all. foo.prod.bar.TrainingFlow/latest is exact.

A step of a run is TrainingFlow/34/train, a task of a foreach TrainingFlow/34/train/0.

Statuses of runs: queued, running, succeeded, failed, cancelled, crashed. Of steps and tasks: pending, running, succeeded, failed, skipped, cancelled. A reason says more ("timed out", "exit status 3").

A run's origin is local (every `qflow run`) or deployed (started by a trigger). `qflow run FILE --trigger X` runs a flow as if X had triggered it. X is a run (TrainingFlow/34, TrainingFlow/latest), a step of one (TrainingFlow/34/train), the name of an event, a JSON object ({"name": "first", "payload": {"x": 1}}), @FILE with such an object, - for the same from standard input, or the id of an event. Given several times, the sources count as joined by all, unless a trigger of the flow says otherwise.
)";

std::string artifacts_topic(int width) {
  return wrap_text(kArtifactsText, width, 0);
}
std::string expressions_topic(int width) {
  return wrap_text(kExpressionsText, width, 0);
}
std::string sensors_topic(int width) {
  return wrap_text(kSensorsText, width, 0);
}
std::string runs_topic(int width) {
  return wrap_text(kRunsText, width, 0);
}

std::string variable_list(std::span<const EnvironmentVariable> variables, int width) {
  Terms terms;
  for (const EnvironmentVariable& variable : variables) terms.emplace_back(variable.name, variable.text);
  return term_list(terms, width);
}

std::string environment_topic(int width) {
  return wrap_text("What a step sees, besides qflow's own environment, env and secrets:", width, 0) +
         fmt::format("\n{}\nWhat qflow reads:\n\n{}", variable_list(kStepVariables, width),
                     variable_list(kReadVariables, width));
}

std::string exit_status_topic(int width) {
  Terms terms;
  for (const ExitStatusMeaning& row : exit_statuses()) {
    terms.emplace_back(std::to_string(static_cast<int>(row.status)), row.meaning);
  }
  return term_list(terms, width);
}

Terms key_terms(const FlowFileTable& table) {
  Terms terms;
  for (const FlowFileKey& key : table.keys) terms.emplace_back(key.name, key_text(key));
  return terms;
}

std::string table_text(const FlowFileTable& table, int width) {
  const std::string title = table.heading.empty() ? "" : fmt::format("{}: ", table.heading);
  return wrap_text(title + std::string(table.text), width, 0) + term_list(key_terms(table), width);
}

std::string tables_text(int width, bool triggers) {
  std::string text;
  for (const FlowFileTable& table : flow_file_tables()) {
    if (table.heading.starts_with("[[triggers]]") != triggers) continue;
    text += (text.empty() ? "" : "\n") + table_text(table, width);
  }
  return text;
}

std::string config_topic(int width) {
  std::string text = wrap_text(kConfigText, width, 0);
  for (const FlowFileTable& table : store_config_tables()) text += "\n" + table_text(table, width);
  return text;
}

std::string flow_file_topic(int width) {
  return wrap_text(
             "One TOML file defines one flow: its parameters, its triggers, its steps. Unknown keys are errors. "
             "Durations are text such as \"90s\", \"1h30m\", \"2d\" (units ms, s, m, h, d, w); instants are RFC 3339. "
             "The keys of triggers: qflow help triggers. `qflow init` writes an example; `qflow check FILE` reports "
             "every problem.",
             width, 0) +
         "\n" + tables_text(width, false);
}

std::string triggers_topic(int width) {
  Terms types;
  for (const TriggerTypeInfo& type : built_in_trigger_types()) types.emplace_back(type.name, type.summary);
  return wrap_text(
             "A [[triggers]] table of the flow file says what starts the flow. `qflow run` never waits for triggers; "
             "`qflow run FILE --trigger X` simulates them (qflow help runs). The types:",
             width, 0) +
         "\n" + term_list(types, width) + "\n" + tables_text(width, true);
}

constexpr std::array kTopics = {
    HelpTopic{"artifacts", "what steps leave and read", artifacts_topic},
    HelpTopic{"config", "every key of the store's config.toml", config_topic},
    HelpTopic{"environment", "environment variables of steps, and of qflow itself", environment_topic},
    HelpTopic{"exit-status", "what the exit statuses mean", exit_status_topic},
    HelpTopic{"expressions", "the language of when, foreach, {{ ... }} and qflow get", expressions_topic},
    HelpTopic{"flow-file", "every key of the flow file", flow_file_topic},
    HelpTopic{"runs", "how runs, steps and simulated triggers are named", runs_topic},
    HelpTopic{"sensors", "what the kinds of sensors see, and what their events hold", sensors_topic},
    HelpTopic{"triggers", "every key of triggers, by type", triggers_topic},
};

}  // namespace

std::span<const HelpTopic> help_topics() {
  return kTopics;
}

std::string_view config_text() {
  return kConfigText;
}

std::string_view expressions_text() {
  return kExpressionsText;
}

std::string_view runs_text() {
  return kRunsText;
}

std::span<const EnvironmentVariable> step_variables() {
  return kStepVariables;
}

std::span<const EnvironmentVariable> read_variables() {
  return kReadVariables;
}

}  // namespace qflow
