#include "qflow/engine/simulation.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/built_triggers.h"

namespace qflow {
namespace {

using std::chrono::minutes;

Instant day_start() {
  return *parse_instant("2026-03-01T00:00:00Z");
}

// "9:05" of the day.
Instant at(int hour, int minute = 0) {
  return day_start() + std::chrono::hours(hour) + minutes(minute);
}

std::string time_of(Instant instant) {
  return format_instant(instant).substr(11, 5);
}

std::shared_ptr<const DeployedFlow> deployed(const std::string& id, const std::string& text, std::int64_t key,
                                             const std::string& name_space = "") {
  BuiltFlow built = build_flow(text, {}, id);
  INFO(text);
  REQUIRE(problem_lines(built.diagnostics) == "");
  auto flow = std::make_shared<DeployedFlow>(std::make_shared<const FlowDefinition>(std::move(built.flow)),
                                             std::move(built.triggers), name_space);
  flow->key = key;
  return flow;
}

Given publication(Instant when, const std::string& name, Json payload = Json::object(),
                  std::optional<std::string> context = {}) {
  Given::Publication what{make_event(name, std::move(payload))};
  what.event.id.clear();
  what.event.timestamp = when;
  what.event.context = std::move(context);
  return {when, std::move(what)};
}

Given end(Instant when, const std::string& run, RunStatus status = RunStatus::kSucceeded) {
  Given::End what = *parse_given_run(run);
  what.status = status;
  return {when, std::move(what), "events.jsonl:1"};
}

// "09:00 F/1 both: first second", a line each.
std::string firing_lines(const Simulation& simulation) {
  std::string lines;
  for (const SimulatedFiring& firing : simulation.firings()) {
    const MemoryState::MemoryRun& run = *firing.run;
    lines += fmt::format("{} {} {}:", time_of(run.created_at), run.id.text(), run.trigger->text());
    for (const RecordedEvent* event : run.events) lines += " " + event->event.name;
    lines += "\n";
  }
  return lines;
}

// "first at F/both: waiting for second", a line each.
std::string outcome_lines(const Simulation& simulation) {
  std::string lines;
  for (const SimulatedOutcome& one : simulation.outcomes()) {
    lines += fmt::format("{} at {}/{}: {} {}\n", one.event->name, one.flow->definition->id.text(), one.trigger.text(),
                         to_text(one.outcome.outcome), one.outcome.run ? one.outcome.run->text() : one.outcome.reason);
  }
  return lines;
}

// The triggers that listen to events of a name, one after the other.
std::string listeners_of(const DeployedFlow& flow, const std::string& name) {
  std::string ids;
  const auto found = flow.listeners.find(name);
  if (found == flow.listeners.end()) return ids;
  for (const Trigger* trigger : found->second) ids += (ids.empty() ? "" : " ") + trigger->id().text();
  return ids;
}

struct World {
  std::vector<std::shared_ptr<const DeployedFlow>> flows;
  SimulationRules rules = {};
  std::vector<Given> given = {};
  Instant until = at(23);

  std::unique_ptr<Simulation> run() const {
    auto simulation = std::make_unique<Simulation>(flows, rules);
    for (const Given& one : given) simulation->give(one);
    const Status done = simulation->run(day_start(), until);
    if (!done) error = to_text(done.error());
    return simulation;
  }
  mutable std::string error = "";
};

std::string on_event(const std::string& event, const std::string& more = "") {
  return "[[triggers]]\nid = \"t\"\ntype = \"event\"\nevent = \"" + event + "\"\n" + more;
}

const char* kBoth = "[[triggers]]\nid = \"both\"\ntype = \"event\"\nevents = [\"first\", \"second\"]\n";

TEST_CASE("triggers are found by what they listen to, in the order of the file and each once") {
  const auto flow = deployed("F",
                             "[[triggers]]\nid = 'b'\ntype = 'event'\nevents = ['x', 'y']\n"
                             "[[triggers]]\nid = 'a'\ntype = 'event'\nevents = ['y', 'z']\n"
                             "[[triggers]]\nid = 'up'\ntype = 'flow'\nflows = ['one.prod.Up', 'two.prod.Up']\n"
                             "[[triggers]]\nid = 'hours'\ntype = 'schedule'\nschedule = '0 * * * *'\n",
                             1);
  CHECK(listeners_of(*flow, "x") == "b");
  CHECK(listeners_of(*flow, "y") == "b a");
  CHECK(listeners_of(*flow, "qflow.run.Up") == "up");
  CHECK(listeners_of(*flow, "qflow.schedule.F.hours") == "hours");
  CHECK(listeners_of(*flow, "other").empty());
}

TEST_CASE("what waits in the end waits for what is missing in the end") {
  World world{{deployed("F", on_event("x", "debounce = \"1h\"\n"), 1),
               deployed("G", "[[triggers]]\ntype = \"event\"\nevents = [\"x\", \"y\", \"z\"]\n", 2)}};
  world.given = {publication(at(22, 30), "x"), publication(at(22, 31), "y")};
  CHECK(outcome_lines(*world.run()) ==
        "x at F/t: waiting for the end of the debounce\n"
        "x at G/event: waiting for z\n"
        "y at G/event: waiting for z\n");
}

TEST_CASE("what is given happens in the order of its instants, and fires as in a store") {
  World world{{deployed("F", kBoth, 1)}};
  world.given = {publication(at(9, 5), "second"), publication(at(9), "first"), publication(at(9, 6), "first"),
                 publication(at(9, 7), "other")};
  const auto simulation = world.run();
  CHECK(firing_lines(*simulation) == "09:05 F/1 both: first second\n");
  CHECK(outcome_lines(*simulation) ==
        "first at F/both: fired F/1\n"
        "second at F/both: fired F/1\n"
        "first at F/both: waiting for second\n");
  REQUIRE(simulation->waiting().size() == 1);
  CHECK(simulation->waiting()[0].reason == "for second");
  CHECK(simulation->waiting()[0].events.size() == 1);
}

TEST_CASE("of one instant, what is given first happens first") {
  World world{{deployed("F", on_event("x"), 1)}};
  for (int i = 0; i < 5; ++i) world.given.push_back(publication(at(9), "x", {{"i", i}}));
  const auto simulation = world.run();
  REQUIRE(simulation->firings().size() == 5);
  for (int i = 0; i < 5; ++i) {
    CHECK(simulation->firings()[static_cast<std::size_t>(i)].run->events[0]->event.payload["i"] == i);
  }
}

TEST_CASE("from and last are included, what is given outside is passed over") {
  World world{{deployed("F", on_event("x"), 1)}};
  world.until = at(12);
  world.given = {publication(day_start() - minutes(1), "x"), publication(day_start(), "x"), publication(at(12), "x"),
                 publication(at(12) + Duration(1), "x")};
  CHECK(firing_lines(*world.run()) == "00:00 F/1 t: x\n12:00 F/2 t: x\n");
}

TEST_CASE("a debounce ends at its instant, before what happens then") {
  World world{{deployed("F", on_event("x", "debounce = \"10m\"\n"), 1)}};
  world.given = {publication(at(9), "x"), publication(at(9, 5), "x"), publication(at(9, 15), "x")};
  SUBCASE("with time left") {
    CHECK(firing_lines(*world.run()) == "09:15 F/1 t: x x\n09:25 F/2 t: x\n");
  }
  SUBCASE("the clock stops before the second") {
    world.until = at(9, 24);
    const auto simulation = world.run();
    CHECK(firing_lines(*simulation) == "09:15 F/1 t: x x\n");
    REQUIRE(simulation->waiting().size() == 1);
    CHECK(simulation->waiting()[0].reason == "for the end of the debounce, at 2026-03-01T09:25:00Z");
  }
}

std::string every(const char* length) {
  return std::string("[[triggers]]\nid = \"t\"\ntype = \"schedule\"\nevery = \"") + length + "\"\n";
}

TEST_CASE("a schedule fires at each of its instants") {
  World world{{deployed("F", every("2h"), 1), deployed("G", every("3h"), 2)}};
  world.until = at(6);
  const auto simulation = world.run();
  CHECK(firing_lines(*simulation) ==
        "00:00 F/1 t: qflow.schedule.F.t\n00:00 G/1 t: qflow.schedule.G.t\n02:00 F/2 t: qflow.schedule.F.t\n"
        "03:00 G/2 t: qflow.schedule.G.t\n04:00 F/3 t: qflow.schedule.F.t\n06:00 F/4 t: qflow.schedule.F.t\n"
        "06:00 G/3 t: qflow.schedule.G.t\n");
  const Event& event = simulation->firings()[2].run->events[0]->event;
  CHECK(event.type == "schedule");
  CHECK(event.timestamp == at(2));
  CHECK(event.recorded_at == at(2));
  CHECK(simulation->firings()[2].run->scheduled_at == at(2));
}

TEST_CASE("a run that takes in further instants is due at the first of them") {
  World world{{deployed("F", "[run]\nwhen_busy = 'coalesce'\n" + every("1h"), 1)}};
  world.until = at(4);
  const auto simulation = world.run();
  REQUIRE(simulation->firings().size() == 2);
  const MemoryState::MemoryRun& joined = *simulation->firings()[1].run;
  CHECK(joined.events.size() == 4);
  CHECK(joined.scheduled_at == at(1));
}

// From 2026-03-28 on, through the night in which Berlin loses 02:00 to 03:00.
std::string instants_of(const std::string& keys) {
  World world{{deployed("F", "[[triggers]]\ntype = 'schedule'\n" + keys, 1)}};
  Simulation simulation(world.flows, {});
  REQUIRE(simulation.run(*parse_instant("2026-03-28T00:00:00Z"), *parse_instant("2026-03-29T23:00:00Z")));
  std::string text;
  for (const SimulatedFiring& firing : simulation.firings())
    text += format_instant(firing.run->created_at).substr(8, 8) + " ";
  return text;
}

TEST_CASE("what the keys of a schedule do") {
  const std::string half_past_two = "schedule = '30 2 * * *'\n";
  const std::string berlin = half_past_two + "timezone = 'Europe/Berlin'\n";
  struct Row {
    std::string keys;
    const char* instants;  // day and time in UTC
  };
  const Row rows[] = {
      {half_past_two, "28T02:30 29T02:30 "},
      {berlin, "28T01:30 29T01:00 "},
      {berlin + "dst_gap = 'skip'", "28T01:30 "},
      {"every = '20h'", "28T00:00 28T20:00 29T16:00 "},
      {"every = '20h'\nstart = '2026-03-28T01:00:00Z'", "28T01:00 28T21:00 29T17:00 "},
      {half_past_two + "start = '2026-03-28T02:31:00Z'", "29T02:30 "},
      {half_past_two + "end = '2026-03-29T02:30:00Z'", "28T02:30 "},
      {half_past_two + "exclude = ['2026-03-28']", "29T02:30 "},
      {berlin + "exclude = ['2026-03-29']", "28T01:30 "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.keys);
    CHECK(instants_of(row.keys) == row.instants);
  }
  // Lord Howe Island goes back from 02:00 to 01:30 on 2026-04-05, at 15:00 UTC of the day before.
  const auto overlap = [](const std::string& rule) {
    World world{{deployed("F",
                          "[[triggers]]\ntype = 'schedule'\nschedule = '45 1 * * *'\n"
                          "timezone = 'Australia/Lord_Howe'\ndst_overlap = '" +
                              rule + "'\n",
                          1)}};
    Simulation simulation(world.flows, {});
    REQUIRE(simulation.run(*parse_instant("2026-04-04T14:00:00Z"), *parse_instant("2026-04-04T16:00:00Z")));
    std::string text;
    for (const SimulatedFiring& firing : simulation.firings()) text += time_of(firing.run->created_at) + " ";
    return text;
  };
  CHECK(overlap("first") == "14:45 ");
  CHECK(overlap("last") == "15:15 ");
  CHECK(overlap("both") == "14:45 15:15 ");
}

TEST_CASE("what would not fit into memory is refused") {
  World world{{deployed("F", every("1h"), 1)}};
  world.rules.most_events = 10;
  Simulation simulation(world.flows, world.rules);
  const Status done = simulation.run(day_start(), at(23));
  REQUIRE_FALSE(done);
  CHECK(to_text(done.error()) ==
        "more than 10 events happen by 2026-03-01T10:00:00Z; simulate a shorter time, or fewer flows");
}

TEST_CASE("a schedule that is disabled fires nothing") {
  World world{{deployed("F", every("2h") + "enabled = false\n", 1)}};
  CHECK(firing_lines(*world.run()).empty());
}

const char* kAfterF = "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"F\"\ncondition = \"always\"\n";

TEST_CASE("ends of runs are events") {
  World world{{deployed("F", on_event("x"), 1), deployed("G", kAfterF, 2)}};
  world.given = {publication(at(9), "x"), publication(at(10), "x")};
  SUBCASE("only what is given ends a run") {
    CHECK(firing_lines(*world.run()) == "09:00 F/1 t: x\n10:00 F/2 t: x\n");
  }
  SUBCASE("after runs_take they end as succeeded") {
    world.rules.runs_take = minutes(90);
    CHECK(firing_lines(*world.run()) ==
          "09:00 F/1 t: x\n10:00 F/2 t: x\n10:30 G/1 flow: qflow.run.F\n11:30 G/2 flow: qflow.run.F\n");
  }
  SUBCASE("what is given comes before runs_take, and then nothing ends twice") {
    world.rules.runs_take = minutes(90);
    world.given.push_back(end(at(9, 10), "F/1", RunStatus::kFailed));
    const auto simulation = world.run();
    CHECK(firing_lines(*simulation) ==
          "09:00 F/1 t: x\n09:10 G/1 flow: qflow.run.F\n10:00 F/2 t: x\n11:30 G/2 flow: qflow.run.F\n");
    CHECK(simulation->firings()[1].run->events[0]->event.payload["status"] == "failed");
  }
  SUBCASE("without a number the oldest running one ends") {
    world.given.push_back(end(at(11), "F"));
    world.given.push_back(end(at(12), "F"));
    const auto simulation = world.run();
    CHECK(simulation->firings()[2].run->events[0]->event.caused_by->text() == "F/1");
    CHECK(simulation->firings()[3].run->events[0]->event.caused_by->text() == "F/2");
  }
  SUBCASE("and where none is running, one that was started elsewhere") {
    world.given = {end(at(11), "F")};
    CHECK(firing_lines(*world.run()) == "11:00 G/1 flow: qflow.run.F\n");
  }
}

TEST_CASE("an end of a run that is not running is an error that names its origin") {
  World world{{deployed("F", on_event("x", "[run]\nmax_parallel = 1\n"), 1)}};
  world.given = {publication(at(9), "x"), publication(at(9), "x")};
  const auto error_with = [&](const Given& more) {
    World changed = world;
    changed.given.push_back(more);
    changed.given.push_back(more);
    changed.run();
    return changed.error;
  };
  CHECK(error_with(end(at(10), "F/3")) == "events.jsonl:1: no run F/3 has been made by then");
  CHECK(error_with(end(at(8), "F/1")) == "events.jsonl:1: no run F/1 has been made by then");
  CHECK(error_with(end(at(10), "F/2")) ==
        "events.jsonl:1: F/2 has not started by then: others are in its way; let a run before it end first");
  CHECK(error_with(end(at(10), "F/1")) == "events.jsonl:1: F/1 has ended at 2026-03-01T10:00:00Z, as succeeded");
}

TEST_CASE("a run of a flow that is not simulated was started elsewhere") {
  const std::string listener = "[project]\nname = \"foo\"\n[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"T\"\n";
  World world{{deployed("G", listener, 1, "foo.prod")}};
  SUBCASE("in the namespace of the simulation") {
    world.rules.name_space = "foo.prod";
    world.given = {end(at(9), "T"), end(at(10), "T/7"), end(at(11), "T")};
    const auto simulation = world.run();
    REQUIRE(simulation->firings().size() == 3);
    CHECK(simulation->firings()[0].run->events[0]->event.caused_by->text() == "T/1");
    CHECK(simulation->firings()[1].run->events[0]->event.caused_by->text() == "T/7");
    CHECK(simulation->firings()[2].run->events[0]->event.caused_by->text() == "T/8");
  }
  SUBCASE("in another one") {
    world.rules.name_space = "foo.prod";
    world.given = {end(at(9), "foo.test.bar.T")};
    CHECK(outcome_lines(*world.run()) ==
          "qflow.run.T at G/flow: filtered the run belongs to 'foo.test.bar', not to 'foo.prod'\n");
  }
}

TEST_CASE("a namespace tells deployments of one flow apart") {
  const std::string text = "[project]\nname = \"foo\"\n" + on_event("x");
  World world{{deployed("F", text, 1, "foo.prod"), deployed("F", text, 2, "foo.test.bar")}};
  world.given = {publication(at(9), "x"), end(at(10), "foo.test.bar.F"), end(at(11), "F")};
  SUBCASE("each ends its own runs") {
    const auto simulation = world.run();
    CHECK(*simulation->firings()[0].run->ended_at == at(11));
    CHECK(*simulation->firings()[1].run->ended_at == at(10));
  }
  SUBCASE("numbers count over all of them") {
    world.given.push_back(end(at(12), "foo.test.baaz.F/1"));
    world.run();
    CHECK(world.error == "events.jsonl:1: F/1 is a simulated run of another namespace");
  }
}

TEST_CASE("the end of a step does not end its run") {
  World world{{deployed("F", on_event("x"), 1),
               deployed("G", "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"F\"\nsource_task_id = \"s\"\n", 2)}};
  world.given = {publication(at(9), "x"), end(at(10), "F/1"), end(at(11), "F/1")};
  std::get<Given::End>(world.given[1].what).step = *StepId::parse("s");
  CHECK(firing_lines(*world.run()) == "09:00 F/1 t: x\n10:00 G/1 flow: qflow.step.F.s\n");
}

TEST_CASE("busy flows") {
  struct Row {
    const char* policy;
    const char* firings;
    const char* outcomes;
  };
  const Row rows[] = {
      {"parallel",
       "09:00 F/1 t: x\n09:10 F/2 t: x\n09:20 F/3 t: x\n10:00 G/1 flow: qflow.run.F\n"
       "10:10 G/2 flow: qflow.run.F\n10:20 G/3 flow: qflow.run.F\n",
       "x at F/t: fired F/1\nx at F/t: fired F/2\nx at F/t: fired F/3\n"},
      {"queue",
       "09:00 F/1 t: x\n09:10 F/2 t: x\n09:20 F/3 t: x\n10:00 G/1 flow: qflow.run.F\n"
       "11:00 G/2 flow: qflow.run.F\n12:00 G/3 flow: qflow.run.F\n",
       "x at F/t: fired F/1\nx at F/t: fired F/2\nx at F/t: fired F/3\n"},
      {"coalesce", "09:00 F/1 t: x\n09:10 F/2 t: x x\n10:00 G/1 flow: qflow.run.F\n11:00 G/2 flow: qflow.run.F\n",
       "x at F/t: fired F/1\nx at F/t: fired F/2\nx at F/t: coalesced F/2\n"},
      {"skip", "09:00 F/1 t: x\n10:00 G/1 flow: qflow.run.F\n",
       "x at F/t: fired F/1\nx at F/t: skipped F/1 has not ended\nx at F/t: skipped F/1 has not ended\n"},
      {"replace",
       "09:00 F/1 t: x\n09:10 F/2 t: x\n09:10 G/1 flow: qflow.run.F\n09:20 F/3 t: x\n09:20 G/2 flow: qflow.run.F\n"
       "10:20 G/3 flow: qflow.run.F\n",
       "x at F/t: fired F/1\nx at F/t: fired F/2\nx at F/t: fired F/3\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.policy);
    World world{{deployed("F", on_event("x", fmt::format("[run]\nwhen_busy = \"{}\"\n", row.policy)), 1),
                 deployed("G", kAfterF, 2)}};
    world.rules.runs_take = minutes(60);
    world.given = {publication(at(9), "x"), publication(at(9, 10), "x"), publication(at(9, 20), "x")};
    const auto simulation = world.run();
    CHECK(firing_lines(*simulation) == row.firings);
    std::string of_f;
    for (const std::string lines = outcome_lines(*simulation); const char* line : {"x at F/t"}) {
      for (std::size_t i = lines.find(line); i != std::string::npos; i = lines.find(line, i + 1)) {
        of_f += lines.substr(i, lines.find('\n', i) + 1 - i);
      }
    }
    CHECK(of_f == row.outcomes);
  }
}

TEST_CASE("max_parallel delays") {
  World world{{deployed("F", on_event("x", "[run]\nmax_parallel = 2\n"), 1)}};
  world.rules.runs_take = minutes(60);
  for (int i = 0; i < 3; ++i) world.given.push_back(publication(at(9, i), "x"));
  const auto simulation = world.run();
  REQUIRE(simulation->firings().size() == 3);
  CHECK(*simulation->firings()[1].run->started_at == at(9, 1));
  CHECK(*simulation->firings()[2].run->started_at == at(10));
  CHECK(*simulation->firings()[2].run->ended_at == at(11));
}

TEST_CASE("a chain stops at max_chain") {
  World world{{deployed("F", "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"G\"\n" + on_event("x"), 1),
               deployed("G", kAfterF, 2)}};
  world.rules.runs_take = Duration(0);
  world.rules.max_chain = 4;
  world.given = {publication(at(9), "x")};
  const auto simulation = world.run();
  CHECK(simulation->firings().size() == 4);
  CHECK(simulation->outcomes().back().outcome.reason ==
        "the chain would have 5 runs, max_chain is 4: F ← G/2 ← F/2 ← G/1 ← F/1");
}

TEST_CASE("the chain that is too long is the longest of those that met") {
  const std::string after_a_and_b = "[[triggers]]\ntype = \"flow\"\nflows = [\"B\", \"A\"]\n";
  World world{
      {deployed("A", on_event("x"), 1), deployed("B", "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"A\"\n", 2),
       deployed("C", after_a_and_b, 3), deployed("D", "[[triggers]]\ntype = \"flow\"\nsource_flow_id = \"C\"\n", 4)}};
  world.rules.runs_take = Duration(0);
  world.rules.max_chain = 3;
  world.given = {publication(at(9), "x")};
  const auto simulation = world.run();
  CHECK(simulation->outcomes().back().outcome.reason ==
        "the chain would have 4 runs, max_chain is 3: D ← C/1 ← B/1 ← A/1");
}

TEST_CASE("an idempotency key makes a repeat harmless") {
  World world{{deployed("F", on_event("x"), 1)}};
  Given first = publication(at(9), "x", {{"a", 1}});
  std::get<Given::Publication>(first.what).idempotency_key = "k";
  Given repeat = first;
  repeat.at = std::get<Given::Publication>(repeat.what).event.timestamp = at(10);
  world.given = {first, repeat};
  SUBCASE("with the same content") {
    const auto simulation = world.run();
    CHECK(firing_lines(*simulation) == "09:00 F/1 t: x\n");
    CHECK(simulation->repeats() == 1);
  }
  SUBCASE("with other content") {
    std::get<Given::Publication>(world.given[1].what).event.payload["a"] = 2;
    world.given[1].origin = "events.jsonl:2";
    world.run();
    CHECK(world.error ==
          "events.jsonl:2: the idempotency key 'k' was used for x with other content; use a new key for a new event");
  }
}

TEST_CASE("names of runs in what is given") {
  struct Row {
    const char* text;
    const char* flow;
    std::optional<std::int64_t> number;
    std::optional<std::string> name_space;
  };
  const Row rows[] = {
      {"F", "F", {}, {}},
      {"F/34", "F", 34, {}},
      {"foo.prod.F", "F", {}, "foo.prod"},
      {"foo.prod.bar.F/2", "F", 2, "foo.prod.bar"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto end = parse_given_run(row.text);
    REQUIRE(end);
    CHECK(end->flow.text() == row.flow);
    CHECK(end->number == row.number);
    CHECK(end->name_space == row.name_space);
  }
  for (const char* text : {"", "F/", "F/x", "F/0", "F/1/step", "foo.F", "a b", ".."}) {
    CAPTURE(text);
    CHECK_FALSE(parse_given_run(text));
  }
}

}  // namespace
}  // namespace qflow
