#include <doctest/doctest.h>

#include <functional>
#include <set>
#include <string>

#include "support/built_triggers.h"

namespace qflow {
namespace {

const EventSubscription& event(const Trigger& trigger, std::size_t index = 0) {
  return std::get<EventSubscription>(trigger.subscriptions().at(index));
}
const RunSubscription& run(const Trigger& trigger, std::size_t index = 0) {
  return std::get<RunSubscription>(trigger.subscriptions().at(index));
}
const ScheduleSubscription& schedule(const Trigger& trigger) {
  return std::get<ScheduleSubscription>(trigger.subscriptions().at(0));
}
const ScheduleRules& due(const Trigger& trigger) {
  return schedule(trigger).schedule->rules();
}
std::string canonical(const Trigger& trigger) {
  return std::get<CronExpression>(due(trigger).rhythm).canonical();
}
const SensorRules& sensor(const Trigger& trigger) {
  return std::get<SensorSubscription>(trigger.subscriptions().at(0)).sensor;
}
template <class Watched>
const Watched& watched(const Trigger& trigger) {
  return std::get<Watched>(sensor(trigger).watched);
}
const ApiSubscription& api(const Trigger& trigger) {
  return std::get<ApiSubscription>(trigger.subscriptions().at(0));
}
const PostgresqlEngine& postgresql(const Trigger& trigger) {
  return std::get<PostgresqlEngine>(watched<DatabaseSensor>(trigger).engine);
}

// One key: the keys of the first trigger of a flow, and whether the trigger then says so.
struct KeyRow {
  const char* key;
  const char* text;
  std::function<bool(const Trigger&)> holds;
};

#define EVENT(keys) "type = \"event\"\nevent = \"e\"\n" keys
#define EVENTS(keys) "type = \"event\"\nevents = [\"a\", \"b\", \"c\"]\n" keys
#define IN_EVENT(keys) "type = \"event\"\nevent = { name = \"e\", " keys " }"
#define IN_FLOW(keys) "type = \"flow\"\nsource_flow_id = { name = \"T\", " keys " }"
#define SCHEDULE(keys) "type = \"schedule\"\nschedule = \"0 0 * * *\"\n" keys
#define FILES(keys) "type = \"sensor\"\nsensor_type = \"directory\"\npath = \"in\"\n" keys
#define TABLE(keys) "type = \"sensor\"\nsensor_type = \"database\"\ntable_name = \"t\"\n" keys
#define SQLITE "\nengine_config = { name = \"sqlite\", config = { path = \"x.db\" } }"
#define POSTGRESQL(keys)                                                                                              \
  TABLE("detection_mode = \"row_count\"\nengine_config = { name = \"postgresql\", config = { database = \"d\", " keys \
        " } }")
#define S3(keys) "type = \"sensor\"\nsensor_type = \"s3\"\nbucket = \"b\"\n" keys
#define API(keys) "type = \"api\"\npath = \"/x\"\n" keys

const KeyRow kRows[] = {
    {"id", EVENT("id = \"both\""), [](const auto& t) { return t.id().text() == "both"; }},
    {"id, its default", EVENT(""), [](const auto& t) { return t.id().text() == "event"; }},
    {"type", EVENT(""), [](const auto& t) { return t.type() == TriggerType::kEvent && t.rules().type == "event"; }},
    {"enabled", EVENT("enabled = false"), [](const auto& t) { return !t.rules().enabled; }},
    {"description", EVENT("description = \"d\""), [](const auto& t) { return t.rules().description == "d"; }},
    {"flow_id", EVENT("flow_id = \"F\""), [](const auto& t) { return t.flow_id().text() == "F"; }},
    {"when", EVENT("when = \"event.payload.rows > 1000\""),
     [](const auto& t) { return t.rules().when->text() == "event.payload.rows > 1000"; }},
    {"parameters", EVENT("parameters = { window = \"how_many_days\" }"),
     [](const auto& t) {
       const ParameterMapping& mapping = event(t).source.mapping;
       return mapping.mode == MappingMode::kExplicit && mapping.entries[0].parameter.text() == "window" &&
              mapping.entries[0].path.text() == "how_many_days";
     }},
    {"parameters, empty", EVENT("parameters = {}"),
     [](const auto& t) { return event(t).source.mapping.mode == MappingMode::kByName; }},
    {"match, its default", EVENTS(""), [](const auto& t) { return t.rules().match.text() == "all"; }},
    {"match any", EVENTS("match = \"any\""),
     [](const auto& t) {
       return t.rules().match.holds({false, true, false});
     }},
    {"match a number", EVENTS("match = 2"),
     [](const auto& t) {
       return t.rules().match.holds({false, true, true});
     }},
    {"match names", EVENTS("match = \"a && (b || c)\""),
     [](const auto& t) {
       return t.rules().match.holds({true, false, true}) && !t.rules().match.holds({false, true, true});
     }},
    {"within", EVENTS("within = \"2h\""), [](const auto& t) { return t.rules().within == std::chrono::hours(2); }},
    {"correlate", EVENTS("correlate = \"event.payload.day\""),
     [](const auto& t) { return t.rules().correlate->text() == "event.payload.day"; }},
    {"context", EVENT("context = \"event.context.substring(0, 10)\""),
     [](const auto& t) { return t.rules().context->text() == "event.context.substring(0, 10)"; }},
    {"join", EVENTS("join = \"oldest\""), [](const auto& t) { return t.rules().join == JoinOrder::kOldest; }},
    {"join all", EVENTS("join = \"all\""), [](const auto& t) { return t.rules().join == JoinOrder::kAll; }},
    {"debounce", EVENT("debounce = \"30s\""),
     [](const auto& t) { return t.rules().debounce == std::chrono::seconds(30); }},
    {"max_wait", EVENT("debounce = \"30s\"\nmax_wait = \"5m\""),
     [](const auto& t) { return t.rules().max_wait == std::chrono::minutes(5); }},
    {"options", EVENTS("options = { reset = 5 }"),
     [](const auto& t) { return t.rules().within == std::chrono::minutes(5); }},
    {"options, a duration", EVENTS("options = { reset = \"90s\" }"),
     [](const auto& t) { return t.rules().within == std::chrono::seconds(90); }},

    {"event", EVENT(""),
     [](const auto& t) { return event(t).event.text() == "e" && event(t).source.name == "e" && !event(t).namespaced; }},
    {"events", "type = \"event\"\nevents = [\"first\", { name = \"second\" }]",
     [](const auto& t) { return t.subscriptions().size() == 2 && event(t, 1).event.text() == "second"; }},
    {"namespaced", EVENT("namespaced = true"), [](const auto& t) { return event(t).namespaced; }},
    {"event.name", "type = \"event\"\nevent = { name = \"n\" }",
     [](const auto& t) { return event(t).event.text() == "n"; }},
    {"event.key", "type = \"event\"\nevent = { key = \"n\" }",
     [](const auto& t) { return event(t).event.text() == "n"; }},
    {"event.event_type", IN_EVENT("event_type = \"DATA_EVENT\""),
     [](const auto& t) { return event(t).event_type == "DATA_EVENT"; }},
    {"event.namespace", IN_EVENT("namespace = \"w\""), [](const auto& t) { return event(t).name_space == "w"; }},
    {"event.value", IN_EVENT("value = \"ready\""), [](const auto& t) { return event(t).value == "ready"; }},
    {"event.sender", IN_EVENT("sender = \"me\""), [](const auto& t) { return event(t).sender == "me"; }},
    {"event.sender, any", IN_EVENT("sender = \"*\""), [](const auto& t) { return !event(t).sender; }},
    {"event.when", IN_EVENT("when = \"event.value == 'x'\""),
     [](const auto& t) { return event(t).source.when->text() == "event.value == 'x'"; }},
    {"event.parameters", IN_EVENT("parameters = { window = \"a.b[0]\" }"),
     [](const auto& t) { return event(t).source.mapping.entries[0].path.text() == "a.b[0]"; }},
    {"event.namespaced", IN_EVENT("namespaced = true"), [](const auto& t) { return event(t).namespaced; }},
    {"event.count", IN_EVENT("count = 24"), [](const auto& t) { return event(t).source.count == 24; }},
    {"event.distinct", IN_EVENT("count = 24, distinct = \"event.context\""),
     [](const auto& t) { return event(t).source.distinct->text() == "event.context"; }},

    {"source_flow_id", "type = \"flow\"\nsource_flow_id = \"TrainingFlow\"",
     [](const auto& t) {
       return run(t).flow.text() == "TrainingFlow" && !run(t).name_space &&
              run(t).condition == RunCondition::kSuccess && !run(t).step &&
              run(t).source.mapping.mode == MappingMode::kNone;
     }},
    {"source_flow_id, qualified", "type = \"flow\"\nsource_flow_id = \"foo.prod.bar.HelloFlow\"",
     [](const auto& t) {
       return run(t).flow.text() == "HelloFlow" && run(t).name_space->project.text() == "foo" &&
              run(t).name_space->branch == "prod.bar" && run(t).source.name == "foo.prod.bar.HelloFlow";
     }},
    {"flows", "type = \"flow\"\nflows = [\"TrainingFlow\", \"DataFlow\"]",
     [](const auto& t) { return t.subscriptions().size() == 2 && run(t, 1).flow.text() == "DataFlow"; }},
    {"condition", "type = \"flow\"\nflows = [\"A\", { name = \"B\" }]\ncondition = \"failure\"",
     [](const auto& t) {
       return run(t).condition == RunCondition::kFailure && run(t, 1).condition == RunCondition::kFailure;
     }},
    {"source_task_id", "type = \"flow\"\nsource_flow_id = \"T\"\nsource_task_id = \"train\"",
     [](const auto& t) { return run(t).step->text() == "train"; }},
    {"flow.project", IN_FLOW("project = \"foo\", project_branch = \"test.x\""),
     [](const auto& t) { return run(t).name_space->project.text() == "foo" && run(t).name_space->branch == "test.x"; }},
    {"flow.condition", IN_FLOW("condition = \"always\""),
     [](const auto& t) { return run(t).condition == RunCondition::kAlways; }},
    {"flow.source_task_id", IN_FLOW("source_task_id = \"s\""),
     [](const auto& t) { return run(t).step->text() == "s"; }},
    {"flow.when", IN_FLOW("when = \"event.payload.params.x > 1\""),
     [](const auto& t) { return run(t).source.when.has_value(); }},
    {"flow.parameters", IN_FLOW("parameters = { window = \"params.window\", latest = \"artifacts.rows\" }"),
     [](const auto& t) { return run(t).source.mapping.entries.size() == 2; }},
    {"flow.count", IN_FLOW("count = 3, distinct = \"event.payload.params.x\""),
     [](const auto& t) { return run(t).source.count == 3; }},

    {"schedule", SCHEDULE(""),
     [](const auto& t) {
       return schedule(t).expression == "0 0 * * *" && canonical(t) == "0 0 * * *" && due(t).zone->name() == "UTC" &&
              schedule(t).catchup == Catchup::kLast && schedule(t).catchup_window == std::chrono::hours(24) &&
              due(t).dst_gap == DstGap::kShift && due(t).dst_overlap == DstOverlap::kFirst && !due(t).start &&
              !due(t).end && due(t).exclude.empty();
     }},
    {"schedule with H", "type = \"schedule\"\nschedule = \"H H * * *\"",
     [](const auto& t) { return canonical(t) == CronExpression::parse("H H * * *", "F/schedule")->canonical(); }},
    {"every", "type = \"schedule\"\nevery = \"15m\"",
     [](const auto& t) {
       return std::get<Duration>(due(t).rhythm) == std::chrono::minutes(15) && schedule(t).expression.empty();
     }},
    {"timezone", SCHEDULE("timezone = \"Europe/Berlin\""),
     [](const auto& t) { return due(t).zone->name() == "Europe/Berlin"; }},
    {"catchup", SCHEDULE("catchup = \"all\""), [](const auto& t) { return schedule(t).catchup == Catchup::kAll; }},
    {"catchup_window", SCHEDULE("catchup_window = \"1h\""),
     [](const auto& t) { return schedule(t).catchup_window == std::chrono::hours(1); }},
    {"dst_gap", SCHEDULE("dst_gap = \"skip\""), [](const auto& t) { return due(t).dst_gap == DstGap::kSkip; }},
    {"dst_overlap", SCHEDULE("dst_overlap = \"both\""),
     [](const auto& t) { return due(t).dst_overlap == DstOverlap::kBoth; }},
    {"start", SCHEDULE("start = \"2026-01-01T00:00:00Z\""),
     [](const auto& t) { return format_instant(*due(t).start) == "2026-01-01T00:00:00Z"; }},
    {"end", SCHEDULE("end = 2026-02-01"),
     [](const auto& t) { return format_instant(*due(t).end) == "2026-02-01T00:00:00Z"; }},
    {"exclude", SCHEDULE("exclude = [\"2026-12-25\"]"),
     [](const auto& t) { return due(t).exclude == std::vector{std::chrono::year{2026} / 12 / 25}; }},

    {"sensor_type file", "type = \"sensor\"\nsensor_type = \"file\"\npath = \"/data/input.csv\"",
     [](const auto& t) {
       const FileSensor& file = watched<FileSensor>(t);
       return !file.directory && file.path == "/data/input.csv" && file.settle == std::chrono::seconds(5) &&
              sensor(t).change == ChangeKind::kCreated && sensor(t).poll == std::chrono::seconds(30) &&
              sensor(t).timeout == std::chrono::seconds(30) && sensor(t).baseline == SensorBaseline::kIgnore &&
              sensor(t).per == SensorBatching::kItem;
     }},
    {"event_type", FILES("event_type = \"modified\""),
     [](const auto& t) { return sensor(t).change == ChangeKind::kModified; }},
    {"poll", FILES("poll = \"1m\""), [](const auto& t) { return sensor(t).poll == std::chrono::minutes(1); }},
    {"timeout", FILES("timeout = \"1m\""), [](const auto& t) { return sensor(t).timeout == std::chrono::minutes(1); }},
    {"baseline", FILES("baseline = \"fire\""),
     [](const auto& t) { return sensor(t).baseline == SensorBaseline::kFire; }},
    {"per", FILES("per = \"batch\""), [](const auto& t) { return sensor(t).per == SensorBatching::kBatch; }},
    {"path", FILES(""),
     [](const auto& t) { return watched<FileSensor>(t).directory && watched<FileSensor>(t).path == "in"; }},
    {"pattern", FILES("pattern = \"*.csv\""), [](const auto& t) { return watched<FileSensor>(t).pattern == "*.csv"; }},
    {"settle", FILES("settle = \"0s\""),
     [](const auto& t) { return watched<FileSensor>(t).settle == Duration::zero(); }},
    {"done_marker", FILES("done_marker = \"{name}.ok\""),
     [](const auto& t) { return watched<FileSensor>(t).done_marker == "{name}.ok"; }},
    {"table_name", TABLE("detection_mode = \"row_count\"" SQLITE),
     [](const auto& t) { return watched<DatabaseSensor>(t).table_name == "t"; }},
    {"detection_mode", TABLE("detection_mode = \"timestamp_column\"\ntimestamp_column = \"c\"" SQLITE),
     [](const auto& t) { return watched<DatabaseSensor>(t).mode == DetectionMode::kTimestampColumn; }},
    {"timestamp_column", TABLE("detection_mode = \"timestamp_column\"\ntimestamp_column = \"c\"" SQLITE),
     [](const auto& t) { return watched<DatabaseSensor>(t).timestamp_column == "c"; }},
    {"custom_query",
     "type = \"sensor\"\nsensor_type = \"database\"\ndetection_mode = \"custom_query\"\ncustom_query = \"SELECT "
     "1\"" SQLITE,
     [](const auto& t) { return watched<DatabaseSensor>(t).custom_query == "SELECT 1"; }},
    {"sensor condition", TABLE("detection_mode = \"row_count\"\ncondition = \"a > 1\"" SQLITE),
     [](const auto& t) { return watched<DatabaseSensor>(t).condition == "a > 1"; }},
    {"engine_config", TABLE("detection_mode = \"row_count\"" SQLITE),
     [](const auto& t) { return std::get<SqliteEngine>(watched<DatabaseSensor>(t).engine).path == "x.db"; }},
    {"engine.host", POSTGRESQL("host = \"h\""), [](const auto& t) { return postgresql(t).host == "h"; }},
    {"engine.port", POSTGRESQL("port = 6000"), [](const auto& t) { return postgresql(t).port == 6000; }},
    {"engine.database", POSTGRESQL("host = \"h\""), [](const auto& t) { return postgresql(t).database == "d"; }},
    {"engine.user", POSTGRESQL("user = \"u\""), [](const auto& t) { return postgresql(t).user == "u"; }},
    {"engine.password_secret", POSTGRESQL("password_secret = \"S\""),
     [](const auto& t) { return postgresql(t).password_secret == "S"; }},
    {"engine.sslmode", POSTGRESQL("sslmode = \"require\""),
     [](const auto& t) { return postgresql(t).sslmode == "require"; }},
    {"bucket", S3(""), [](const auto& t) { return watched<S3Sensor>(t).bucket == "b"; }},
    {"prefix", S3("prefix = \"p/\""), [](const auto& t) { return watched<S3Sensor>(t).prefix == "p/"; }},
    {"s3 pattern", S3("pattern = \"*.gz\""), [](const auto& t) { return watched<S3Sensor>(t).pattern == "*.gz"; }},
    {"endpoint", S3("endpoint = \"http://localhost:9000\""),
     [](const auto& t) { return watched<S3Sensor>(t).endpoint == "http://localhost:9000"; }},
    {"region", S3("region = \"eu\""), [](const auto& t) { return watched<S3Sensor>(t).region == "eu"; }},
    {"url", "type = \"sensor\"\nsensor_type = \"http\"\nurl = \"https://x/y\"",
     [](const auto& t) { return watched<HttpSensor>(t).url == "https://x/y"; }},
    {"command", "type = \"sensor\"\nsensor_type = \"exec\"\ncommand = [\"./poll\", \"-v\"]",
     [](const auto& t) { return watched<ExecSensor>(t).command.size() == 2; }},

    {"api path", API(""),
     [](const auto& t) {
       return api(t).path == "/x" && api(t).methods == std::vector<std::string>{"POST"} &&
              api(t).authentication == ApiAuthentication::kNone;
     }},
    {"methods", API("methods = [\"PUT\", \"POST\"]"), [](const auto& t) { return api(t).methods.size() == 2; }},
    {"auth", API("auth = \"github\"\nsecret = \"S\""),
     [](const auto& t) { return api(t).authentication == ApiAuthentication::kGithub; }},
    {"secret", API("auth = \"bearer\"\nsecret = \"S\""), [](const auto& t) { return api(t).secret == "S"; }},
    {"cli", "type = \"cli\"",
     [](const auto& t) {
       return t.type() == TriggerType::kCli &&
              std::get<CliSubscription>(t.subscriptions()[0]).source.mapping.mode == MappingMode::kByName;
     }},
    {"group",
     "type = \"group\"\nmatch = \"x && y\"\n[[triggers]]\nid = \"x\"\ntype = \"cli\"\n[[triggers]]\nid = \"y\"\ntype = "
     "\"cli\"",
     [](const auto& t) {
       return t.leg_ids().size() == 2 && t.leg_ids()[1].text() == "y" && t.rules().match.holds({true, true});
     }},
};

TEST_CASE("every key has its effect") {
  for (const KeyRow& row : kRows) {
    CAPTURE(row.key);
    const BuiltFlow built = build_flow(
        std::string(
            "[project]\nname = \"foo\"\n[parameters.window]\ndefault = 3\n[parameters.latest]\n[[triggers]]\n") +
        row.text);
    CHECK(problem_lines(built.diagnostics) == "");
    REQUIRE_FALSE(built.triggers.empty());
    CHECK(row.holds(built.only()));
  }
}

TEST_CASE("the rows above have every key that the types list") {
  std::string rows;
  for (const KeyRow& row : kRows) rows += std::string(row.text) + "\n";
  for (const TriggerTypeInfo& type : built_in_trigger_types()) {
    for (const std::string_view key : type.keys) {
      CAPTURE(std::string(key));
      CHECK(rows.find(std::string(key) + " = ") != std::string::npos);
    }
  }
  for (const std::string_view key : shared_trigger_keys()) {
    CAPTURE(std::string(key));
    CHECK(rows.find(std::string(key) + " = ") != std::string::npos);
  }
}

TEST_CASE("[engine] serves the database sensors that have no engine_config") {
  const BuiltFlow built = build_flow(
      "[engine]\nname = \"sqlite\"\nconfig = { path = \"all.db\" }\n"
      "[[triggers]]\ntype = \"sensor\"\nsensor_type = \"database\"\ntable_name = \"t\"\ndetection_mode = "
      "\"row_count\"");
  CHECK(problem_lines(built.diagnostics) == "");
  CHECK(std::get<SqliteEngine>(watched<DatabaseSensor>(built.only()).engine).path == "all.db");
}

TEST_CASE("a mapping follows the declaration") {
  struct Row {
    const char* text;
    std::vector<MappingMode> modes;
  };
  const Row rows[] = {
      {"type = \"event\"\nevent = \"a\"", {MappingMode::kByName}},
      {"type = \"event\"\nevents = [\"a\"]", {MappingMode::kByName}},
      {"type = \"event\"\nevents = [\"a\", \"b\"]", {MappingMode::kNone, MappingMode::kNone}},
      {"type = \"event\"\nevents = [\"a\", { name = \"b\", parameters = { w = \"x\" } }]",
       {MappingMode::kNone, MappingMode::kExplicit}},
      {"type = \"flow\"\nsource_flow_id = \"A\"", {MappingMode::kNone}},
      {"type = \"flow\"\nsource_flow_id = \"A\"\nparameters = { w = \"params.w\" }", {MappingMode::kExplicit}},
      {"type = \"cli\"", {MappingMode::kByName}},
      {"type = \"schedule\"\nevery = \"1h\"\nparameters = { w = \"timestamp\" }", {MappingMode::kExplicit}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const BuiltFlow built = build_flow(std::string("[parameters.w]\n[[triggers]]\n") + row.text);
    CHECK(problem_lines(built.diagnostics) == "");
    std::vector<MappingMode> modes;
    for (const Subscription& one : built.only().subscriptions()) modes.push_back(source_of(one).mapping.mode);
    CHECK(modes == row.modes);
  }
}

TEST_CASE("a mapped parameter has the name that the flow declares") {
  const BuiltFlow built =
      build_flow("[parameters.Window]\n[[triggers]]\ntype = \"event\"\nevent = \"a\"\nparameters = { window = \"x\" }");
  CHECK(problem_lines(built.diagnostics) == "");
  CHECK(event(built.only()).source.mapping.entries[0].parameter.text() == "Window");
}

TEST_CASE("a namespaced name loses what names can't hold, with a warning") {
  const BuiltFlow built =
      build_flow("[project]\nname = \"foo\"\n[[triggers]]\ntype = \"event\"\nevent = \"fo od/\"\nnamespaced = true");
  CHECK(event(built.only()).event.text() == "food");
  CHECK(
      problem_lines(built.diagnostics) ==
      "f.toml:6:9: warning: the event 'fo od/' is listened to as 'food'; names keep only letters, digits, '_', '.' and "
      "'-'");
}

}  // namespace
}  // namespace qflow
