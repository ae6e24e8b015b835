#include "trigger/trigger_types.h"

#include <algorithm>
#include <array>

namespace qflow {
namespace {

constexpr std::string_view kApiKeys[] = {"path", "methods", "auth", "secret"};
constexpr std::string_view kEventKeys[] = {"event", "events", "namespaced"};
constexpr std::string_view kFlowKeys[] = {"source_flow_id", "flows", "condition", "source_task_id"};
constexpr std::string_view kScheduleKeys[] = {"schedule", "every",       "timezone", "catchup", "catchup_window",
                                              "dst_gap",  "dst_overlap", "start",    "end",     "exclude"};
constexpr std::string_view kSensorKeys[] = {
    "sensor_type",    "event_type",       "poll",         "timeout",       "baseline",   "per",
    "path",           "pattern",          "settle",       "done_marker",   "table_name", "condition",
    "detection_mode", "timestamp_column", "custom_query", "engine_config", "bucket",     "prefix",
    "endpoint",       "region",           "url",          "command"};

// Sorted by name.
constexpr std::array<TriggerTypeInfo, 7> kTypes = {{
    {"api", "an HTTP call", kApiKeys,
     "[[triggers]]\ntype = \"api\"\npath = \"/hooks/orders\"\nauth = \"bearer\"\nsecret = \"ORDERS_TOKEN\"\n",
     create_api_trigger},
    {"cli", "a person, with `qflow trigger`", {}, "[[triggers]]\ntype = \"cli\"\n", create_cli_trigger},
    {"event", "one or several published events", kEventKeys,
     "[[triggers]]\ntype = \"event\"\nevents = [\"orders_loaded\", \"rates_loaded\"]\nwithin = \"2h\"\n",
     create_event_trigger},
    {"flow", "runs of other flows, or steps of them, that have ended", kFlowKeys,
     "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"TrainingFlow\"\ncondition = \"success\"\n",
     create_flow_trigger},
    {"group",
     "a combination of other triggers of the flow",
     {},
     "[[triggers]]\nid = \"orders\"\ntype = \"event\"\nevent = \"orders_loaded\"\n\n"
     "[[triggers]]\nid = \"nightly\"\ntype = \"schedule\"\nevery = \"1d\"\n\n"
     "[[triggers]]\ntype = \"group\"\nmatch = \"orders && nightly\"\n",
     create_group_trigger},
    {"schedule", "due instants", kScheduleKeys,
     "[[triggers]]\ntype = \"schedule\"\nschedule = \"0 3 * * *\"\ntimezone = \"Europe/Berlin\"\n",
     create_schedule_trigger},
    {"sensor", "files, folders, databases, S3, HTTP or programs that change", kSensorKeys,
     "[[triggers]]\ntype = \"sensor\"\nsensor_type = \"directory\"\npath = \"incoming\"\npattern = \"*.csv\"\n",
     create_sensor_trigger},
}};

constexpr bool is_sorted_by_name() {
  return std::is_sorted(kTypes.begin(), kTypes.end(),
                        [](const TriggerTypeInfo& a, const TriggerTypeInfo& b) { return a.name < b.name; });
}
static_assert(is_sorted_by_name(), "keep the types sorted by name");

}  // namespace

std::span<const TriggerTypeInfo> built_in_trigger_types() {
  return kTypes;
}

}  // namespace qflow
