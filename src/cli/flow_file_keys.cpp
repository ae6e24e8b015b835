#include "cli/flow_file_keys.h"

#include <fmt/format.h>

#include "cli/trigger_manual.h"

namespace qflow {

namespace {

constexpr FlowFileKey kFlowKeys[] = {
    {"id", "text", "required",
     "The name of the flow: letters, digits, '_' and '-', first a letter or '_', at most 128. No dots: dots qualify a "
     "flow (project.branch.Flow)."},
    {"description", "text", "", "What the flow is for."},
    {"flow_type", "text", "\"standard\"", "Accepted for compatibility; the only value is \"standard\"."},
    {"tags", "list of text", "[]", "Tags of the flow's runs, each of at most 200 bytes."},
};

constexpr FlowFileKey kProjectKeys[] = {
    {"name", "text", "required", "The project: small letters, digits and '_', at most 128, not \"qflow\"."},
    {"branch", "text", "",
     "The branch, at most 128 bytes; without it the branch is user.NAME of whoever deploys or runs."},
    {"production", "bool", "false", "Whether the branch is prod.BRANCH (or prod) instead of test.BRANCH."},
};

constexpr FlowFileKey kParameterKeys[] = {
    {"type", "text", "the type of the default, else \"string\"",
     "string, int, float, bool, json or datetime. A datetime takes RFC 3339, a date, or a date-time without offset "
     "(UTC), and keeps the text as written."},
    {"default", "any", "", "The value when nobody sets the parameter."},
    {"required", "bool", "false", "A run without a value for the parameter is refused."},
    {"help", "text", "", "What the parameter means."},
    {"min", "as type", "", "The smallest value."},
    {"max", "as type", "", "The largest value."},
    {"choices", "list", "", "The only values; a default outside of them, min and max is an error."},
};

constexpr FlowFileKey kRunKeys[] = {
    {"when_busy", "text", "\"parallel\"",
     "What a firing does while a deployed run of the flow is queued or running: parallel, queue, coalesce, skip or "
     "replace."},
    {"max_parallel", "integer", "", "Runs of this flow at once, 1 to 1,000,000; absent: no limit of its own."},
    {"jobs", "integer", "0", "Tasks at once in one run, at most 100,000; 0: the number of processors."},
    {"timeout", "duration", "", "A run that passes it ends as failed with the reason \"timed out\"."},
    {"on_crash", "text", "\"resume\"", "What becomes of a deployed run whose process died: resume or fail."},
    {"keep", "duration", "for ever", "How long an ended run is kept from `qflow gc`."},
};

constexpr FlowFileKey kDefaultsKeys[] = {
    {"env", "table of text", "{}", "As of a step; merged key by key, the step wins."},
    {"shell", "text", "\"sh\"", "As of a step."},
    {"workdir", "text", "the flow file's folder", "As of a step."},
    {"timeout", "duration", "", "As of a step."},
    {"retries", "integer", "0", "As of a step."},
    {"retry_delay", "duration", "\"0s\"", "As of a step."},
    {"retry_backoff", "number", "1.0", "As of a step."},
};

constexpr FlowFileKey kEngineKeys[] = {
    {"name", "text", "required", "\"postgresql\" or \"sqlite\"."},
    {"config", "table", "required",
     "Where the database is: host, port, database, user, password_secret and sslmode; of sqlite path."},
};

constexpr FlowFileKey kStepKeys[] = {
    {"id", "text", "required", "The name of the step: letters, digits and '_', first a letter or '_', at most 128."},
    {"run", "text", "",
     "Text for the shell. No templates stand in it: text from an event must never become shell code; use the "
     "environment variables, or exec."},
    {"exec", "list of text", "",
     "Instead of run: a program and its arguments, without a shell. Templates are rendered. With neither, the step "
     "only joins or publishes."},
    {"needs", "list of text", "[]",
     "The step starts when each of these has succeeded, was allowed to fail, or was skipped. When all were skipped it "
     "is skipped too."},
    {"when", "expression", "", "Evaluated once, before foreach; false: the step is skipped."},
    {"foreach", "expression", "",
     "Gives a list: one task per element, which sees {{ item }} and {{ index }} (from 0). An empty list succeeds with "
     "no task; anything but a list fails."},
    {"shell", "text", "\"sh\"",
     "sh (run as sh -eu), bash (-euo pipefail), python3, node, or any program that takes a script file."},
    {"workdir", "text", "the flow file's folder", "Relative to the flow file's folder. Templates are rendered."},
    {"env", "table of text", "{}", "Environment variables, not QFLOW_*. Templates are rendered."},
    {"secrets", "list of text", "[]",
     "Names, never values: from the environment, else from .qflow/secrets/NAME. Only steps that list a secret get it; "
     "it is masked as *** in logs."},
    {"timeout", "duration", "", "Per attempt; a timed-out attempt is retried."},
    {"retries", "integer", "0", "Further attempts of a task that failed, at most 1000."},
    {"retry_delay", "duration", "\"0s\"",
     "Before a retry, times retry_backoff^(attempt that failed - 1), at most 1 h."},
    {"retry_backoff", "number", "1.0", "From 1 to 1000; see retry_delay."},
    {"allow_failure", "bool", "false",
     "The run goes on after a failure; the step's artifact error is {reason, exit_status, signal, attempt}."},
    {"publish", "list of tables", "[]", "Events that are published after the step has succeeded."},
};

constexpr FlowFileKey kPublishKeys[] = {
    {"event", "text", "required", "The name of the event. Templates are rendered here and in the texts below."},
    {"payload", "table", "{}", "The fields of the event; templates inside keep the JSON type of their value."},
    {"when", "expression", "", "False: nothing is published."},
    {"type", "text", "", "The event's type."},
    {"namespace", "text", "", "The event's namespace: a label to match on."},
    {"value", "text", "", "The event's value."},
    {"sender", "text", "", "The event's sender."},
    {"context", "text", "the run's", "The event's context."},
    {"namespaced", "bool", "false", "Publishes PROJECT.BRANCH.EVENT of the run's project and branch."},
    {"idempotency_key", "text", "", "Makes a repeat of the same event harmless."},
    {"safe", "bool", "true", "Publishes only in a deployed run; a local one says what it would have published."},
};

constexpr FlowFileKey kHooksKeys[] = {
    {"on_success", "shell text", "",
     "Run once after the run has succeeded, with its environment, QFLOW_STATUS and QFLOW_REASON, in the flow's folder, "
     "or the store's where that is gone. What it prints is in "
     ".qflow/runs/FLOW/NUMBER/hook.log. A failing hook does not change the run: it is a note of the command that "
     "executes it, or of a run in the background one in .qflow/worker.log (of qflow run --detach, in executor.log "
     "beside hook.log)."},
    {"on_failure", "shell text", "", "The same after a run has failed or crashed. A cancelled run calls neither."},
};

constexpr FlowFileKey kTestsKeys[] = {
    {"name", "text", "required", "The name of the test, for `qflow test`."},
    {"given", "list of tables", "[]",
     "What happens, in the order of at (RFC 3339): {at, event} with payload and the other fields of a published event; "
     "{at, run, status, step, context, payload} for the end of a run (FLOW, FLOW/NUMBER or PROJECT.BRANCH.FLOW) or of "
     "its step, succeeded unless status says otherwise; {at, sensor, payload} for a change that the sensor trigger of "
     "that id saw; {at} for the clock alone."},
    {"expect", "list of tables", "required",
     "Every firing in order (outcome = \"fired\" or no outcome; trigger, type, at, context, params), a row for each "
     "trigger and correlation value that waits at the end (outcome = \"waiting\"), and if wanted events that came to "
     "something else (outcome = \"filtered\", ...; trigger, at of the event, context, a part of the reason). Only the "
     "keys that a row has are compared. [{ none = true }]: nothing fires."},
};

constexpr FlowFileTable kTables[] = {
    {"", "The flow itself.", kFlowKeys},
    {"[project]", "Optional: a namespace for the flow's events and runs.", kProjectKeys},
    {"[parameters.NAME]",
     "One table per parameter. A name is letters, digits and '_', first a letter or '_', unique ignoring case. "
     "Parameters are set by -p, by events, by their default, and checked before a run starts.",
     kParameterKeys},
    {"[run]", "How runs of the flow behave.", kRunKeys},
    {"[defaults]", "Inherited by every step.", kDefaultsKeys},
    {"[engine]", "The database of the flow's database sensors.", kEngineKeys},
    {"[[steps]]", "The work, in an acyclic graph. A flow without steps succeeds at once.", kStepKeys},
    {"publish of [[steps]]", "Each table of a step's publish list.", kPublishKeys},
    {"[hooks]", "What is called when a run has ended.", kHooksKeys},
    {"[[tests]]", "Tests of the triggers on a virtual clock; no step is executed.", kTestsKeys},
    {"[[triggers]]", "What starts the flow. These keys stand in triggers of every type.", kSharedTriggerKeys},
    {"[[triggers]] of type cli", "Fires when activated by hand.", {}},
    {"[[triggers]] of type event", "Listens to published events.", kEventTriggerKeys},
    {"[[triggers]] of type flow", "Listens to the end of runs of other flows, or of their steps.", kFlowTriggerKeys},
    {"[[triggers]] of type schedule", "Fires at due instants.", kScheduleTriggerKeys},
    {"[[triggers]] of type sensor",
     "Looks at something again and again, and fires when it has changed. What each kind sees and what its events hold: "
     "qflow help sensors.",
     kSensorTriggerKeys},
    {"[[triggers]] of type api", "An HTTP call.", kApiTriggerKeys},
    {"[[triggers]] of type group",
     "Fires on a combination of other triggers of the same flow: match names them, as in match = \"orders && (fx || "
     "manual)\". They then do not fire alone.",
     {}},
};

constexpr FlowFileKey kStoreKeys[] = {
    {"max_payload", "size", "\"1MiB\"", "The largest payload of an event, as compact JSON; a larger one is refused."},
    {"max_log", "size", "\"100MiB\"",
     "The longest log of one attempt of a task, or of a hook; what is beyond is cut, with a note."},
    {"max_chain", "integer", "50",
     "How many runs may trigger each other in one chain, 1 to 10000; what would fire beyond it is stopped."},
    {"max_workers", "integer", "0",
     "Deployed runs that are executed at once, at most 4096; 0: the number of processors. Others wait."},
    {"keep_events", "duration", "\"90d\"",
     "How long `qflow gc` keeps outcomes, payloads and idempotency keys of events; keys at least 7 days."},
};

constexpr FlowFileKey kStoreHookKeys[] = {
    {"on_failure", "shell text", "",
     "Run once after each failed or crashed run of any flow, as on_failure of the flow itself, and after that."},
};

constexpr FlowFileTable kStoreTables[] = {
    {"", "Sizes are text such as \"64KiB\" (units B, KiB, MiB, GiB), durations such as \"90d\".", kStoreKeys},
    {"[hooks]", "What is called when a run has ended.", kStoreHookKeys},
};

}  // namespace

std::string key_text(const FlowFileKey& key) {
  if (key.default_value.empty()) return fmt::format("({}) {}", key.type, key.text);
  const std::string_view before = key.default_value == "required" ? "" : "default ";
  return fmt::format("({}, {}{}) {}", key.type, before, key.default_value, key.text);
}

std::span<const FlowFileTable> flow_file_tables() {
  return kTables;
}

std::span<const FlowFileTable> store_config_tables() {
  return kStoreTables;
}

}  // namespace qflow
