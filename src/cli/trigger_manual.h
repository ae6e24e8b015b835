#pragma once

#include "cli/flow_file_keys.h"

namespace qflow {

// The keys of [[triggers]], for the tables of flow_file_keys.cpp.

inline constexpr FlowFileKey kSharedTriggerKeys[] = {
    {"id", "text", "the type", "The name of the trigger; two triggers of one type need explicit ids."},
    {"type", "text", "required", "cli, schedule, sensor, flow, event, api, group, or a registered type."},
    {"enabled", "bool", "true", "Whether the trigger fires."},
    {"description", "text", "", "What the trigger is for."},
    {"flow_id", "text", "the flow's id", "Accepted if it equals the id of the flow."},
    {"when", "expression", "", "A filter on each event; an error in it filters the event, visibly."},
    {"parameters", "table of text", "",
     "Flow parameter = path in the payload, written as in expressions. Without any, and with one source, each payload "
     "field sets the parameter of its name; with a mapping only what it names is set."},
    {"match", "text or integer", "\"all\"",
     "Which sources must wait: all, any, a number, or their names with &&, || and parentheses."},
    {"within", "duration", "", "The events of one firing lie within this span."},
    {"correlate", "expression", "", "Joins only events that agree on this value."},
    {"context", "expression", "event.context", "The context of the run."},
    {"join", "text", "\"latest\"",
     "Which of several waiting events of one source a firing takes: latest, oldest or all."},
    {"debounce", "duration", "", "Fires when this long has passed without a further firing."},
    {"max_wait", "duration", "", "Bounds what debounce may delay."},
    {"options", "table", "{}", "reset: minutes, or a duration; the same as within. Any other option is an error."},
};

inline constexpr FlowFileKey kEventTriggerKeys[] = {
    {"event", "text or table", "",
     "One event: its name, or a table of name (or key), event_type, namespace, value, sender, when, parameters, "
     "namespaced, count (so many must wait, 1 to 1,000,000) and distinct (an expression: with different values)."},
    {"events", "list of text or tables", "", "Several events, instead of event."},
    {"namespaced", "bool", "false", "Listens to PROJECT.BRANCH.EVENT."},
};

inline constexpr FlowFileKey kFlowTriggerKeys[] = {
    {"source_flow_id", "text or table", "",
     "One flow: its id, PROJECT.BRANCH.FLOW, or a table of name, project, project_branch, condition, source_task_id, "
     "when, parameters, and count and distinct as of an event."},
    {"flows", "list of text or tables", "", "Several flows, instead of source_flow_id."},
    {"condition", "text", "\"success\"", "success, failure (failed or crashed) or always (cancelled too)."},
    {"source_task_id", "text", "", "Listens to this step instead of the whole run."},
};

inline constexpr FlowFileKey kScheduleTriggerKeys[] = {
    {"schedule", "text", "",
     "A cron expression of five fields, or six with seconds first; also @hourly, @daily, @weekly, @monthly, @yearly."},
    {"every", "duration", "",
     "Instead of schedule: a fixed distance, counted from `start`, else from 1970-01-01T00:00:00Z. `timezone` matters "
     "for `exclude` alone."},
    {"timezone", "text", "\"UTC\"", "The IANA zone in which the schedule counts."},
    {"catchup", "text", "\"last\"", "What becomes of instants that were missed: last, none or all."},
    {"catchup_window", "duration", "\"24h\"", "Older instants are dropped."},
    {"dst_gap", "text", "\"shift\"", "An instant that the clock leaps over: shift (right after the gap) or skip."},
    {"dst_overlap", "text", "\"first\"", "An instant that comes twice: first, last or both."},
    {"start", "instant", "", "Nothing is due before it."},
    {"end", "instant", "", "Nothing is due at it or after it."},
    {"exclude", "list of dates", "[]", "Days in the trigger's zone on which nothing is due."},
};

inline constexpr FlowFileKey kSensorTriggerKeys[] = {
    {"sensor_type", "text", "required", "file, directory, database, s3, http or exec."},
    {"event_type", "text", "\"created\"", "file, directory, s3, and row_count: created, modified, deleted or all."},
    {"poll", "duration", "\"30s\"", "How often to look; under cron at most once a tick."},
    {"timeout", "duration", "\"30s\"", "How long one look may take."},
    {"baseline", "text", "\"ignore\"", "What was there at the first deploy: ignore, or fire; not for exec."},
    {"per", "text", "\"item\"", "file, directory, s3: one event per item, or one for all that a look found (batch)."},
    {"path", "text", "", "file, directory: what to watch, relative to the flow file's folder."},
    {"pattern", "text", "", "file, directory, s3: which names count, such as *.csv or **/*.csv."},
    {"settle", "duration", "\"5s\"", "file, directory: how long a file must stay unchanged."},
    {"done_marker", "text", "", "file, directory: a file that must exist too, such as {name}.ok."},
    {"table_name", "text", "", "database: the table."},
    {"detection_mode", "text", "", "database: row_count, timestamp_column or custom_query."},
    {"timestamp_column", "text", "", "database: the column whose maximum is watched."},
    {"custom_query", "text", "", "database: the query whose result is watched."},
    {"condition", "text", "", "database: a WHERE text."},
    {"engine_config", "table", "[engine]", "database: name and config, as in [engine]."},
    {"bucket", "text", "", "s3: the bucket."},
    {"prefix", "text", "\"\"", "s3: the beginning of the keys."},
    {"endpoint", "text", "", "s3: the service, if it is not Amazon's."},
    {"region", "text", "", "s3: the region."},
    {"url", "text", "", "http: what to ask for."},
    {"command", "list of text", "", "exec: the program; each line of JSON that it prints is an event."},
};

inline constexpr FlowFileKey kApiTriggerKeys[] = {
    {"path", "text", "required", "The path of the URL."},
    {"methods", "list of text", "[\"POST\"]", "The HTTP methods."},
    {"auth", "text", "\"none\"", "none, bearer, hmac-sha256, github or stripe."},
    {"secret", "text", "", "The name of the secret that the caller must know."},
};

}  // namespace qflow
