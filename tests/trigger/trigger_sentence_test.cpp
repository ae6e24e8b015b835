#include "qflow/trigger/trigger_sentence.h"

#include <doctest/doctest.h>

#include <string>

#include "support/built_triggers.h"

namespace qflow {
namespace {

TEST_CASE("the sentences of the contract") {
  const BuiltFlow event =
      build_flow("[[triggers]]\ntype = \"event\"\nevent = \"data_updated\"", TriggerRegistry(), "FreshDataFlow");
  CHECK(describe(event.only()) == "FreshDataFlow runs when the event data_updated is published.");
  const BuiltFlow flows =
      build_flow("[[triggers]]\ntype = \"flow\"\nflows = [\"TrainingFlow\", \"DataFlow\"]\nwithin = \"24h\"");
  CHECK(describe(flows.only()) ==
        "F runs when TrainingFlow and DataFlow have both succeeded, within 24h of each other.");
}

TEST_CASE("every type has its sentence") {
  struct Row {
    const char* text;
    const char* sentence;
  };
  const Row rows[] = {
      {"type = \"event\"\nevents = [\"a\", \"b\"]", "when the events a and b have both been published"},
      {"type = \"event\"\nevents = [\"a\", \"b\", \"c\"]\nmatch = \"any\"", "when the event a, b or c is published"},
      {"type = \"event\"\nevents = [\"a\", \"b\", \"c\"]\nmatch = 2\nwithin = \"90m\"",
       "when at least 2 of the events a, b and c have been published, within 90m of each other"},
      {"type = \"event\"\nevents = [\"a\", \"b\", \"c\"]\nmatch = \"a && (b||c)\"\noptions = { reset = 5 }",
       "when the events a and (b or c) have been published, within 5m of each other"},
      {"type = \"event\"\nevent = \"food\"\nnamespaced = true",
       "when the event food of its project and branch is published"},
      {"type = \"event\"\nevent = { name = \"hourly_data\", value = \"ready\", event_type = \"DATA_EVENT\", sender = "
       "\"*\" }",
       "when the event hourly_data with type DATA_EVENT and value ready is published"},
      {"type = \"event\"\nevent = { name = \"hourly\", count = 24, distinct = \"event.context\" }\nwithin = \"2d\"",
       "when the event hourly is published 24 times, each with another event.context, within 2d of each other"},
      {"type = \"event\"\nevent = { name = \"tick\", count = 3 }", "when the event tick is published 3 times"},
      {"type = \"event\"\nevent = { name = \"tick\", count = 1, distinct = \"event.context\" }",
       "when the event tick is published"},
      {"type = \"event\"\nevent = { name = \"a\", when = \"event.payload.rows > 1\" }\ncorrelate = "
       "\"event.payload.day\"",
       "when the event a is published where event.payload.rows > 1, with equal event.payload.day"},
      {"type = \"event\"\nevent = \"a\"\nwhen = \"event.value == 'x'\"\ndebounce = \"30s\"\nmax_wait = \"5m\"",
       "when the event a is published, where event.value == 'x', once 30s have passed without another (at most 5m)"},
      {"type = \"event\"\nevent = \"a\"\nenabled = false", "when the event a is published (disabled)"},
      {"type = \"flow\"\nsource_flow_id = \"TrainingFlow\"", "when TrainingFlow has succeeded"},
      {"type = \"flow\"\nsource_flow_id = \"T\"\ncondition = \"failure\"", "when T has failed"},
      {"type = \"flow\"\nsource_flow_id = \"T\"\ncondition = \"always\"\nsource_task_id = \"train\"",
       "when the step train of T has ended"},
      {"type = \"flow\"\nsource_flow_id = \"foo.prod.bar.T\"", "when foo.prod.bar.T has succeeded"},
      {"type = \"flow\"\nflows = [\"A\", \"B\"]\nmatch = \"any\"", "when A or B has succeeded"},
      {"type = \"flow\"\nflows = [\"A\", { name = \"B\", condition = \"failure\" }]",
       "when A has succeeded and B has failed"},
      {"type = \"flow\"\nflows = [\"A\", { name = \"B\", condition = \"failure\" }]\nmatch = \"any\"",
       "when A has succeeded or B has failed"},
      {"type = \"flow\"\nflows = [\"A\", { name = \"B\", condition = \"failure\" }]\nmatch = 1",
       "when at least 1 of these hold: A has succeeded and B has failed"},
      {"type = \"flow\"\nflows = [\"A\", { name = \"B\", condition = \"failure\" }]\nmatch = \"A || B\"",
       "when A has succeeded or B has failed"},
      {"type = \"schedule\"\nschedule = \"0 3 * * *\"\ntimezone = \"Europe/Berlin\"",
       "at 03:00 every day (Europe/Berlin)"},
      {"type = \"schedule\"\nschedule = \"0 3 * * MON-FRI\"", "at 03:00 on Monday to Friday (UTC)"},
      {"type = \"schedule\"\nschedule = \"*/10 8-17 * * *\"\nenabled = false",
       "every 10 minutes from 08:00 to 17:59 (UTC) (disabled)"},
      {"type = \"schedule\"\nevery = \"15m\"", "every 15m"},
      {"type = \"schedule\"\nschedule = \"@daily\"\nstart = \"2026-01-01T00:00:00Z\"\nend = "
       "\"2027-01-01T00:00:00Z\"\nexclude = [\"2026-12-25\", \"2026-12-26\"]",
       "at 00:00 every day (UTC) from 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z, except on 2026-12-25 and "
       "2026-12-26"},
      {"type = \"sensor\"\nsensor_type = \"file\"\npath = \"/data/in.csv\"\nevent_type = \"modified\"",
       "when the file /data/in.csv is modified"},
      {"type = \"sensor\"\nsensor_type = \"directory\"\npath = \"in\"\npattern = \"*.csv\"\nevent_type = \"all\"",
       "when a file *.csv in in is created, modified or deleted"},
      {"type = \"sensor\"\nsensor_type = \"directory\"\npath = \"in\"\nevent_type = \"deleted\"",
       "when a file in in is deleted"},
      {"type = \"sensor\"\nsensor_type = \"database\"\ntable_name = \"orders\"\ndetection_mode = "
       "\"row_count\"\nengine_config = { name = \"sqlite\", config = { path = \"x\" } }",
       "when the row count of the table orders grows"},
      {"type = \"sensor\"\nsensor_type = \"database\"\ntable_name = \"orders\"\ndetection_mode = "
       "\"timestamp_column\"\ntimestamp_column = \"at\"\nengine_config = { name = \"sqlite\", config = { path = \"x\" "
       "} }",
       "when the table orders has later rows by at"},
      {"type = \"sensor\"\nsensor_type = \"database\"\ndetection_mode = \"custom_query\"\ncustom_query = "
       "\"q\"\nengine_config = { name = \"sqlite\", config = { path = \"x\" } }",
       "when the result of its query changes"},
      {"type = \"sensor\"\nsensor_type = \"s3\"\nbucket = \"b\"\nprefix = \"p/\"",
       "when an object in s3://b/p/ is created"},
      {"type = \"sensor\"\nsensor_type = \"http\"\nurl = \"https://x/y\"", "when https://x/y changes"},
      {"type = \"sensor\"\nsensor_type = \"exec\"\ncommand = [\"./poll\"]",
       "when the program ./poll reports something"},
      {"type = \"cli\"", "when it is activated by hand"},
      {"type = \"api\"\npath = \"/x\"\nmethods = [\"POST\", \"PUT\"]", "when POST or PUT /x is called"},
      {"type = \"group\"\nmatch = \"due && fx\"\n[[triggers]]\nid = \"due\"\ntype = \"schedule\"\nschedule = \"0 3 * * "
       "*\"\n"
       "[[triggers]]\nid = \"fx\"\ntype = \"flow\"\nsource_flow_id = \"T\"",
       "when the schedule 0 3 * * * (UTC) is due and T has succeeded"},
      {"type = \"group\"\nmatch = \"orders && (fx || manual)\"\nwithin = \"2h\"\n"
       "[[triggers]]\nid = \"orders\"\ntype = \"event\"\nevents = [\"a\", \"b\"]\n"
       "[[triggers]]\nid = \"fx\"\ntype = \"flow\"\nsource_flow_id = \"T\"\nwhen = \"event.value == 'x'\"\n"
       "[[triggers]]\nid = \"manual\"\ntype = \"cli\"",
       "when the events a and b have both been published and (T has succeeded (where event.value == 'x') or it is "
       "activated by hand), within 2h of each other"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const BuiltFlow built = build_flow(std::string("[project]\nname = \"foo\"\n[[triggers]]\n") + row.text);
    REQUIRE(problem_lines(built.diagnostics) == "");
    CHECK(describe_condition(built.only()) == row.sentence);
  }
}

TEST_CASE("a custom type is named") {
  class Moon final : public Trigger {
   public:
    using Trigger::Trigger;
    TriggerType type() const override { return TriggerType::kCustom; }
  };
  TriggerRegistry registry;
  registry.register_trigger("moon", [](TriggerSetup& setup) { return std::make_unique<Moon>(setup.rules); });
  const BuiltFlow built = build_flow("[[triggers]]\ntype = \"moon\"", registry);
  CHECK(describe(built.only()) == "F runs when its trigger of type moon fires.");
}

}  // namespace
}  // namespace qflow
