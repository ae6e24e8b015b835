#include "qflow/engine/simulated_trigger.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/built_triggers.h"

namespace qflow {
namespace {

Result<Json> no_artifacts(const Event&, std::string_view) {
  return fail(ErrorKind::kNotFound, "none");
}

// A source of the command line: "Flow/34", "Flow/34/step", "Flow/34:failed", or the name of an event.
TriggerSource given(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return {make_event(text), text, std::nullopt, std::nullopt};
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::size_t second = std::min(text.find('/', slash + 1), colon);
  TriggerSource source;
  source.run = *RunId::parse(text.substr(0, second));
  source.short_name = source.run->flow.text();
  source.event = make_event("qflow.run." + source.short_name);
  source.event.payload = {{"flow", source.short_name},
                          {"run", source.run->text()},
                          {"status", colon < text.size() ? text.substr(colon + 1) : "succeeded"},
                          {"params", {{"window", 9}}}};
  source.event.caused_by = source.run;
  if (second < colon) source.step = *StepId::parse(text.substr(second + 1, colon - second - 1));
  return source;
}

// Every run belongs where the simulated one does, but for HelloFlow and Up, whose numbers tell theirs.
RunNamespaces namespaces_of(const FlowDefinition& flow) {
  const std::string own = flow.project ? "foo.prod.bar" : "";
  return {own, [own](const RunId& run) -> std::optional<std::string> {
            constexpr std::string_view kSpaces[] = {"", "foo.prod", "foo.test.c", "foo.test.b", ""};
            if (run.flow.text() == "HelloFlow") return "foo.prod.bar";
            return run.flow.text() == "Up" ? std::string(kSpaces[run.number]) : own;
          }};
}

SimulatedTrigger simulate(const BuiltFlow& built, std::vector<TriggerSource> sources) {
  CHECK_FALSE(built.diagnostics.has_errors());
  return simulate_trigger(
      std::move(sources), built.flow, built.triggers, namespaces_of(built.flow),
      [](const std::string& name) { return name == "HelloFlow"; }, no_artifacts);
}

std::vector<TriggerSource> all_given(const std::vector<std::string>& texts) {
  std::vector<TriggerSource> sources;
  for (const std::string& text : texts) sources.push_back(given(text));
  return sources;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : " ") + text;
  return all;
}

const std::string kEvents = "[[triggers]]\nid = \"both\"\ntype = \"event\"\nevents = [\"first\", \"second\"]\n";
const std::string kAnyEvent = kEvents + "match = \"any\"\n";
const std::string kFlows = "[[triggers]]\nid = \"after\"\ntype = \"flow\"\nflows = [\"TrainingFlow\", \"DataFlow\"]\n";
const std::string kAnyFlow = kFlows + "match = \"any\"\n";
const std::string kFlow = "[[triggers]]\nid = \"after\"\ntype = \"flow\"\nsource_flow_id = \"TrainingFlow\"\n";
const std::string kEvent = "[[triggers]]\nid = \"on\"\ntype = \"event\"\nevent = \"first\"\n";
const std::string kGroup =
    "[[triggers]]\nid = \"orders\"\ntype = \"event\"\nevents = [\"a\", \"b\"]\n"
    "[[triggers]]\nid = \"up\"\ntype = \"flow\"\nsource_flow_id = \"TrainingFlow\"\n"
    "[[triggers]]\nid = \"combined\"\ntype = \"group\"\nmatch = \"orders && up\"\n";
const std::string kProject = "[project]\nname = \"foo\"\nbranch = \"bar\"\nproduction = true\n";

TEST_CASE("the type follows the declaration") {
  struct Row {
    std::string flow;
    std::vector<std::string> sources;
    const char* type;
    const char* trigger_id;  // "" where no entry matches
    std::size_t declared;
    const char* names;
  };
  const Row rows[] = {
      {kFlow, {"TrainingFlow/34"}, "RUN", "after", 1, "TrainingFlow"},
      {kFlows, {"TrainingFlow/34", "DataFlow/12"}, "MANY-RUNS", "after", 2, "TrainingFlow DataFlow"},
      {kAnyFlow, {"DataFlow/12"}, "ONE-OF-RUNS", "after", 2, "TrainingFlow DataFlow"},
      {kAnyFlow, {"DataFlow/12", "TrainingFlow/1"}, "ONE-OF-RUNS", "after", 2, "TrainingFlow DataFlow"},
      {kEvent, {"first"}, "EVENT", "on", 1, "first"},
      {kEvents, {"first", "second"}, "MANY-EVENTS", "both", 2, "first second"},
      {kAnyEvent, {"second"}, "ONE-OF-EVENTS", "both", 2, "first second"},
      {kEvents + "match = 1\n", {"first"}, "MANY-EVENTS", "both", 2, "first second"},
      {kEvents + "match = \"first || second\"\n", {"first"}, "MANY-EVENTS", "both", 2, "first second"},
      {kGroup, {"a", "b", "TrainingFlow/1"}, "MIXED", "combined", 3, "a b TrainingFlow"},
      {kGroup, {"TrainingFlow/1"}, "MIXED", "combined", 3, "a b TrainingFlow"},
      {"", {"TrainingFlow/34"}, "RUN", "", 1, "TrainingFlow"},
      {"", {"TrainingFlow/34", "DataFlow/12"}, "MANY-RUNS", "", 2, "TrainingFlow DataFlow"},
      {"", {"first"}, "EVENT", "", 1, "first"},
      {"", {"first", "second"}, "MANY-EVENTS", "", 2, "first second"},
      {"", {"first", "TrainingFlow/34"}, "MIXED", "", 2, "first TrainingFlow"},
      {"", {"first", "first"}, "EVENT", "", 1, "first"},
      {"", {"TrainingFlow/1", "TrainingFlow/2"}, "RUN", "", 1, "TrainingFlow"},
      {kEvent + kFlow, {"first", "TrainingFlow/1"}, "MIXED", "", 2, "first TrainingFlow"},
      {kEvents, {"first", "third"}, "MANY-EVENTS", "", 2, "first third"},
      {"[[triggers]]\ntype = \"schedule\"\nevery = \"1d\"\n",
       {"qflow.schedule.F.schedule"},
       "EVENT",
       "schedule",
       1,
       "schedule"},
      {"[[triggers]]\nid = \"in\"\ntype = \"sensor\"\nsensor_type = \"file\"\npath = \"x\"\n",
       {"qflow.sensor.F.in"},
       "EVENT",
       "in",
       1,
       "in"},
      {"[[triggers]]\ntype = \"api\"\npath = \"/x\"\n", {"qflow.api.F.api"}, "EVENT", "api", 1, "api"},
      {"[[triggers]]\ntype = \"cli\"\n", {"qflow.cli.F.cli"}, "EVENT", "cli", 1, "cli"},
      {kProject + "[[triggers]]\ntype = \"event\"\nevent = \"food\"\nnamespaced = true\n",
       {"food"},
       "EVENT",
       "event",
       1,
       "food"},
      {kProject + "[[triggers]]\ntype = \"event\"\nevent = \"food\"\nnamespaced = true\n",
       {"foo.prod.bar.food"},
       "EVENT",
       "event",
       1,
       "food"},
      {kProject + "[[triggers]]\ntype = \"event\"\nevent = \"food\"\nnamespaced = true\n",
       {"food", "foo.test.x.food"},
       "EVENT",
       "event",
       1,
       "food"},
      {"[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"foo.prod.bar.HelloFlow\"\n",
       {"HelloFlow/1"},
       "RUN",
       "flow",
       1,
       "foo.prod.bar.HelloFlow HelloFlow"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.flow);
    CAPTURE(joined(row.sources));
    const SimulatedTrigger simulated = simulate(build_flow(row.flow), all_given(row.sources));
    CHECK(to_text(simulated.record.kind) == row.type);
    CHECK((simulated.record.trigger_id ? simulated.record.trigger_id->text() : "") == row.trigger_id);
    CHECK(simulated.record.declared_sources == row.declared);
    CHECK(joined(simulated.record.declared_names) == row.names);
    CHECK(simulated.record.sources.size() == row.sources.size());
  }
}

TEST_CASE("of several entries the one that would fire is chosen, a group before others, then the first") {
  const std::string wide =
      "[[triggers]]\nid = \"wide\"\ntype = \"event\"\nevents = [\"first\", \"second\", \"third\"]\n";
  const std::string again = "[[triggers]]\nid = \"again\"\ntype = \"event\"\nevent = \"first\"\n";
  const std::string flow_again = "[[triggers]]\nid = \"again\"\ntype = \"flow\"\nsource_flow_id = \"TrainingFlow\"\n";
  const std::string after_step =
      "[[triggers]]\nid = \"step\"\ntype = \"flow\"\nsource_flow_id = \"TrainingFlow\"\nsource_task_id = "
      "\"train\"\n";
  struct Row {
    std::string flow;
    std::vector<std::string> sources;
    const char* trigger_id;
  };
  const Row rows[] = {
      {wide + kEvents, {"first", "second"}, "both"},
      {wide + kEvents, {"first"}, "wide"},
      {kEvent + "[[triggers]]\nid = \"again\"\ntype = \"event\"\nevent = \"first\"\n", {"first"}, "on"},
      {kEvent + "enabled = false\n[[triggers]]\nid = \"again\"\ntype = \"event\"\nevent = \"first\"\n",
       {"first"},
       "again"},
      {kFlow + kGroup, {"TrainingFlow/1"}, "after"},
      {"[[triggers]]\nid = \"plain\"\ntype = \"event\"\nevents = [\"a\", \"b\"]\n" + kGroup,
       {"a", "b", "TrainingFlow/2"},
       "combined"},
      {"[[triggers]]\nid = \"plain\"\ntype = \"event\"\nevent = \"a\"\n"
       "[[triggers]]\nid = \"leg\"\ntype = \"event\"\nevent = \"a\"\n"
       "[[triggers]]\nid = \"combined\"\ntype = \"group\"\nmatch = \"leg\"\n",
       {"a"},
       "combined"},
      {kEvent + "when = \"event.payload.x > 5\"\n" + again, {"first"}, "again"},
      {kFlow + "condition = \"failure\"\n" + after_step, {"TrainingFlow/1"}, "after"},
      {kFlow + "condition = \"failure\"\n" + after_step, {"TrainingFlow/1/train"}, "step"},
      {kFlow + after_step, {"TrainingFlow/1/train"}, "step"},
      {after_step + kFlow, {"TrainingFlow/1"}, "after"},
      {kFlow + "condition = \"failure\"\n" + flow_again, {"TrainingFlow/1"}, "again"},
      {kFlow + "condition = \"failure\"\n" + flow_again, {"TrainingFlow/1:failed"}, "after"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.flow);
    const SimulatedTrigger simulated = simulate(build_flow(row.flow), all_given(row.sources));
    REQUIRE(simulated.record.trigger_id);
    CHECK(simulated.record.trigger_id->text() == row.trigger_id);
  }
}

TEST_CASE("a run belongs to the source that means its project and branch") {
  const std::string parameters =
      "[parameters.p]\ntype = \"int\"\ndefault = 0\n[parameters.t]\ntype = \"int\"\ndefault = 0\n";
  const std::string prod =
      "{ name = \"Up\", project = \"foo\", project_branch = \"prod\", parameters = { p = \"params.window\" } }";
  const std::string test =
      "{ name = \"Up\", project = \"foo\", project_branch = \"test.b\", parameters = { t = \"params.window\" } }";
  const std::string both = "[[triggers]]\nid = \"up\"\ntype = \"flow\"\nflows = [" + prod + ", " + test + "]\n";
  const std::string own =
      "[[triggers]]\nid = \"own\"\ntype = \"flow\"\nsource_flow_id = \"Up\"\nparameters = { p = \"params.window\" }\n";
  const std::string alone = "[[triggers]]\nid = \"alone\"\ntype = \"flow\"\nflows = [" + test + "]\n";
  struct Row {
    std::string triggers;
    std::vector<std::string> sources;
    const char* trigger_id;
    const char* mapped;
    const char* notes;
  };
  const Row rows[] = {
      {both, {"Up/1", "Up/3"}, "up", R"({"p":9,"t":9})", ""},
      {both, {"Up/3", "Up/1"}, "up", R"({"t":9,"p":9})", ""},
      {both,
       {"Up/3"},
       "up",
       R"({"t":9})",
       "trigger 'up' would still wait: its match is all, not given is 'foo.prod.Up'"},
      {both,
       {"Up/1", "Up/3", "Up/2"},
       "up",
       R"({"p":9,"t":9})",
       "trigger 'up' would filter Up/2: the run belongs to 'foo.test.c', not to 'foo.prod'"},
      {own,
       {"Up/1"},
       "own",
       R"({"p":9})",
       "trigger 'own' would filter Up/1: the run belongs to 'foo.prod', not to no project"},
      {own + alone, {"Up/3"}, "alone", R"({"t":9})", ""},
      {own + alone, {"Up/4"}, "own", R"({"p":9})", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.triggers);
    CAPTURE(joined(row.sources));
    const SimulatedTrigger simulated = simulate(build_flow(parameters + row.triggers), all_given(row.sources));
    REQUIRE(simulated.record.trigger_id);
    CHECK(simulated.record.trigger_id->text() == row.trigger_id);
    CHECK(simulated.parameters == Json::parse(row.mapped));
    CHECK(joined(simulated.notes) == row.notes);
  }
}

TEST_CASE("the sources keep the order of the command line, and know their short names") {
  const SimulatedTrigger simulated =
      simulate(build_flow(kProject + "[[triggers]]\ntype = \"event\"\nevents = [\"a\", \"food\"]\nnamespaced = true\n"),
               all_given({"foo.prod.bar.food", "a"}));
  REQUIRE(simulated.record.sources.size() == 2);
  CHECK(simulated.record.sources[0].short_name == "food");
  CHECK(simulated.record.sources[0].event.name == "foo.prod.bar.food");
  CHECK(simulated.record.sources[1].short_name == "a");
}

TEST_CASE("an end of a run that is given by its event is a run") {
  TriggerSource source = given("TrainingFlow/3");
  source.run.reset();
  source.short_name = source.event.name;
  const SimulatedTrigger simulated = simulate(build_flow(kFlow), {source});
  CHECK(simulated.record.kind == TriggerKind::kRun);
  CHECK(simulated.record.sources[0].run->text() == "TrainingFlow/3");
  CHECK(simulated.record.sources[0].short_name == "TrainingFlow");
}

TEST_CASE("what a deployed trigger would have refused is a note") {
  struct Row {
    std::string flow;
    std::vector<std::string> sources;
    std::string notes;
  };
  const std::string counted =
      "[[triggers]]\nid = \"day\"\ntype = \"event\"\nevent = { name = \"hourly\", count = 24, distinct = "
      "\"event.context\" }\n";
  const Row rows[] = {
      {kFlow, {"TrainingFlow/34"}, ""},
      {kEvents, {"first", "second"}, ""},
      {"", {"first"}, "no trigger of F listens to the event 'first'"},
      {kEvent, {"frist"}, "no trigger of F listens to the event 'frist'; did you mean 'first'?"},
      {kFlow, {"DataFlow/3"}, "no trigger of F listens to runs of DataFlow"},
      {kEvent + kFlow, {"first", "TrainingFlow/1"}, "no single trigger of F listens to all of these sources"},
      {kFlow,
       {"TrainingFlow/34:failed"},
       "trigger 'after' would filter TrainingFlow/34: status is 'failed', the condition is success"},
      {kFlow + "condition = \"failure\"\n",
       {"TrainingFlow/34"},
       "trigger 'after' would filter TrainingFlow/34: status is 'succeeded', the condition is failure"},
      {kFlow + "source_task_id = \"train\"\n",
       {"TrainingFlow/34"},
       "trigger 'after' listens to the step train of TrainingFlow; name it as TrainingFlow/34/train"},
      {kFlow + "source_task_id = \"train\"\n", {"TrainingFlow/34/train"}, ""},
      {kFlow,
       {"TrainingFlow/34/train"},
       "trigger 'after' listens to the end of runs of TrainingFlow, not of their steps"},
      {kFlow,
       {"TrainingFlow"},
       "'TrainingFlow' is taken as the name of an event; for a run of that flow write TrainingFlow/latest\n"
       "no trigger of F listens to the event 'TrainingFlow'"},
      {kEvent + kFlow,
       {"HelloFlow", "first", "TrainingFlow", "HelloFlow"},
       "'HelloFlow' is taken as the name of an event; for a run of that flow write HelloFlow/latest\n"
       "'TrainingFlow' is taken as the name of an event; for a run of that flow write TrainingFlow/latest\n"
       "no trigger of F listens to the event 'HelloFlow'\n"
       "no trigger of F listens to the event 'TrainingFlow'\n"
       "no trigger of F listens to the event 'HelloFlow'"},
      {kEvent + "enabled = false\n", {"first"}, "trigger 'on' is disabled: deployed, it would not fire"},
      {kEvent + "when = \"event.payload.rows > 10\"\n",
       {"first"},
       "trigger 'on' would filter the event 'first': `when` can't be decided: no field 'rows' in event.payload"},
      {kEvent + "when = \"event.name == 'second'\"\n",
       {"first"},
       "trigger 'on' would filter the event 'first': event.name == 'second' is false: event.name is \"first\""},
      {kEvent + "context = \"event.payload.day\"\n",
       {"first"},
       "trigger 'on' would filter the event 'first': `context` can't be decided: no field 'day' in event.payload"},
      {kEvents, {"first"}, "trigger 'both' would still wait: its match is all, not given is 'second'"},
      {kGroup,
       {"a", "TrainingFlow/1"},
       "trigger 'combined' would still wait: its match is orders && up, not given is 'b'"},
      {kGroup + "when = \"event.name != 'a'\"\n",
       {"a", "b", "TrainingFlow/1"},
       "trigger 'orders' would filter the event 'a': event.name != 'a' is false: event.name is \"a\""},
      {counted,
       {"hourly", "hourly"},
       "trigger 'day' would filter the event 'hourly': its `distinct` has no value\n"
       "trigger 'day' would filter the event 'hourly': its `distinct` has no value\n"
       "trigger 'day' would wait for 24 different events of 'hourly', given are 0"},
      {"[[triggers]]\nid = \"three\"\ntype = \"event\"\nevent = { name = \"hourly\", count = 3 }\n",
       {"hourly", "hourly"},
       "trigger 'three' would wait for 3 events of 'hourly', given are 2"},
      {kEvents + "correlate = \"event.name\"\n",
       {"first", "second"},
       "trigger 'both' would not join these events: event.name is \"first\" and \"second\""},
      {kEvents + "correlate = \"event.context\"\n",
       {"first", "second"},
       "trigger 'both' would filter the event 'first': its correlation value is null\n"
       "trigger 'both' would filter the event 'second': its correlation value is null"},
      {"[[triggers]]\ntype = \"event\"\nevent = { name = \"first\", value = \"ready\" }\n",
       {"first"},
       "trigger 'event' would filter the event 'first': value is absent, not 'ready'"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.flow);
    CAPTURE(joined(row.sources));
    std::string notes;
    for (const std::string& note : simulate(build_flow(row.flow), all_given(row.sources)).notes) {
      notes += (notes.empty() ? "" : "\n") + note;
    }
    CHECK(notes == row.notes);
  }
}

TEST_CASE("events that lie further apart than the window are noted") {
  std::vector<TriggerSource> sources = all_given({"first", "second"});
  sources[1].event.timestamp -= std::chrono::hours(3);
  const BuiltFlow built = build_flow(kEvents + "within = \"120m\"\n");
  CHECK(joined(simulate(built, sources).notes) ==
        "trigger 'both' would not join these events: they lie 3h apart, more than 120m");
  sources[1].event.timestamp += std::chrono::hours(1);
  CHECK(simulate(built, sources).notes.empty());
}

TEST_CASE("parameters are mapped exactly as a deployed trigger would") {
  const std::string parameters = "[parameters.latest]\ndefault = \"2023-05-01\"\n[parameters.window]\ndefault = 3\n";
  struct Row {
    std::string triggers;
    std::vector<std::string> sources;
    const char* mapped;
  };
  const std::string two =
      "[[triggers]]\ntype = \"event\"\nevents = [{ name = \"one\", parameters = { window = \"how_many_days\" } },"
      " { name = \"two\", parameters = { latest = \"timestamp\" } }]\n";
  const Row rows[] = {
      {kEvent, {"first"}, R"({"latest":"p","window":7})"},
      {kEvents, {"first", "second"}, "{}"},
      {kEvents, {"first"}, "{}"},
      {"", {"first"}, R"({"latest":"p","window":7})"},
      {"", {"first", "second"}, "{}"},
      {"", {"TrainingFlow/1"}, "{}"},
      {kFlow, {"TrainingFlow/1"}, "{}"},
      {kFlow + "parameters = { window = \"params.window\" }\n", {"TrainingFlow/1"}, R"({"window":9})"},
      {kEvent + "parameters = { window = \"how_many_days\" }\n", {"first"}, R"({"window":21})"},
      {two, {"one", "two"}, R"({"latest":"2026-03-01T09:00:00Z","window":21})"},
      {two, {"one"}, R"({"window":21})"},
      {two, {"one", "stranger"}, R"({"window":21})"},
      {kEvent, {"first", "stranger"}, "{}"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.triggers);
    CAPTURE(joined(row.sources));
    std::vector<TriggerSource> sources = all_given(row.sources);
    for (TriggerSource& source : sources) {
      if (!source.run) source.event.payload = {{"window", 7}, {"Latest", "p"}, {"how_many_days", 21}};
    }
    CHECK(to_compact(simulate(build_flow(parameters + row.triggers), sources).parameters) == row.mapped);
  }
}

TEST_CASE("what else an event sets counts beside a value that does not fit") {
  TriggerSource source = given("first");
  source.event.payload = {{"window", " 5"}, {"day", "d"}, {"top", 9}};
  const std::string parameters =
      "[parameters.day]\nrequired = true\n[parameters.window]\ndefault = 3\n[parameters.top]\ndefault = 1\nmax = 3\n";
  const SimulatedTrigger simulated = simulate(build_flow(parameters + kEvent), {source});
  CHECK(to_compact(simulated.parameters) == R"({"day":"d"})");
  REQUIRE(simulated.notes.size() == 2);
  CHECK(simulated.notes[0].find("parameter window can't be set") != std::string::npos);
  CHECK(simulated.notes[1].find("parameter top can't be set") != std::string::npos);
}

TEST_CASE("a value that does not fit is a note, and the rest is kept") {
  TriggerSource source = given("first");
  source.event.payload = {{"window", "soon"}};
  const SimulatedTrigger simulated = simulate(build_flow("[parameters.window]\ndefault = 3\n" + kEvent), {source});
  CHECK(simulated.parameters.empty());
  REQUIRE(simulated.notes.size() == 1);
  CHECK(simulated.notes[0].rfind("a deployed trigger would filter the event 'first': parameter window can't be set",
                                 0) == 0);
}

TEST_CASE("the context is the one that all events agree on") {
  const auto context = [](const std::string& flow, std::optional<std::string> first,
                          std::optional<std::string> second) {
    std::vector<TriggerSource> sources = all_given({"first", "second"});
    sources[0].event.context = std::move(first);
    sources[1].event.context = std::move(second);
    return simulate(build_flow(flow), sources).context.value_or("none");
  };
  CHECK(context(kEvents, "c", "c") == "c");
  CHECK(context(kEvents, "c", "d") == "none");
  CHECK(context(kEvents, "c", std::nullopt) == "none");
  CHECK(context("", "c", "c") == "c");
  const std::string by_day = kEvents + "context = \"event.context.substring(0, 10)\"\n";
  CHECK(context(by_day, "2021-09-13T15", "2021-09-13T16") == "2021-09-13");
  CHECK(context(by_day, "2021-09-13T15", "2021-09-14T16") == "none");
  CHECK(context(by_day, "short", "short") == "none");
}

}  // namespace
}  // namespace qflow
