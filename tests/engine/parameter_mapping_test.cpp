#include "qflow/engine/parameter_mapping.h"

#include <doctest/doctest.h>

#include <string>

#include "support/built_triggers.h"

namespace qflow {
namespace {

Result<Json> no_artifacts(const Event&, std::string_view name) {
  return fail(ErrorKind::kNotFound, "there is no artifact " + std::string(name));
}

const char* const kParameters =
    "[parameters.latest]\ndefault = \"2023-05-01\"\n"
    "[parameters.window]\ntype = \"int\"\ndefault = 3\nmin = 1\nmax = 30\n"
    "[parameters.day]\ntype = \"datetime\"\n"
    "[parameters.rate]\ntype = \"float\"\n"
    "[parameters.on]\ntype = \"bool\"\n"
    "[parameters.all]\ntype = \"json\"\n"
    "[parameters.mode]\nchoices = [\"a\", \"b\"]\n";

// The mapped parameters as text, or the reason why the event is filtered.
std::string map_one(const std::string& parameters, const std::string& trigger, const Event& event,
                    const ArtifactReader& artifacts = no_artifacts) {
  const BuiltFlow built = build_flow(parameters + "[[triggers]]\n" + trigger);
  REQUIRE(problem_lines(built.diagnostics) == "");
  const ParameterMapping& mapping = source_of(built.only().subscriptions()[0]).mapping;
  const Result<Json> mapped = map_event(mapping, built.flow.parameters, event, artifacts);
  if (mapped) return to_compact(*mapped);
  CHECK(mapped.error().kind == ErrorKind::kRefused);
  return mapped.error().message;
}

TEST_CASE("by name: one declared source and no parameters") {
  struct Row {
    const char* payload;
    const char* mapped;
  };
  const Row rows[] = {
      {R"({"latest": "2026-11-20"})", R"({"latest":"2026-11-20"})"},
      {R"({"LATEST": "x", "other": 1})", R"({"latest":"x"})"},
      {R"({"LATEST": "x", "latest": "y", "Latest": "z"})", R"({"latest":"y"})"},
      {R"({"window": 7})", R"({"window":7})"},
      {R"({"window": "7"})", R"({"window":7})"},
      {R"({"window": 7.0})", R"({"window":7})"},
      {R"({"window": null})", "{}"},
      {R"({"day": "2026-11-20", "rate": 1, "on": true, "all": {"x": [1]}})",
       R"({"all":{"x":[1]},"day":"2026-11-20","on":true,"rate":1.0})"},
      {R"({"latest": 5})", R"({"latest":"5"})"},
      {R"({"latest": true})", R"({"latest":"true"})"},
      {"{}", "{}"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.payload);
    CHECK(map_one(kParameters, "type = \"event\"\nevent = \"e\"", make_event("e", *parse_json(row.payload))) ==
          row.mapped);
  }
}

TEST_CASE("a value that does not fit filters the event") {
  for (const char* payload : {R"({"window": 1.5})", R"({"window": "seven"})", R"({"window": [7]})",
                              R"({"window": true})", R"({"window": 31})", R"({"window": 0})", R"({"rate": "x"})",
                              R"({"on": 1})", R"({"day": "yesterday"})", R"({"mode": "c"})", R"({"latest": {}})"}) {
    CAPTURE(payload);
    const std::string reason =
        map_one(kParameters, "type = \"event\"\nevent = \"e\"", make_event("e", *parse_json(payload)));
    CHECK(reason.rfind("parameter ", 0) == 0);
    CHECK(reason.find(" can't be set from ") != std::string::npos);
  }
}

TEST_CASE("a mapping sets what it names and nothing else") {
  const std::string trigger = "type = \"event\"\nevent = { name = \"e\", parameters = { window = \"how_many_days\" } }";
  CHECK(map_one(kParameters, trigger, make_event("e", {{"how_many_days", 5}, {"latest", "x"}, {"window", 9}})) ==
        R"({"window":5})");
  CHECK(map_one(kParameters, trigger, make_event("e", {{"latest", "x"}})) == "{}");
  CHECK(map_one(kParameters, trigger, make_event("e", {{"How_Many_Days", 5}})) == "{}");
}

TEST_CASE("what the payload lacks falls back to the event's own fields") {
  Event event = make_event("e", {{"x", 1}}, "2026-11-20T10:00:00.5Z");
  event.context = "2021-09-13T15";
  event.value = "ready";
  struct Row {
    const char* path;
    const char* mapped;
  };
  const Row rows[] = {
      {"timestamp", R"({"latest":"2026-11-20T10:00:00.500Z"})"},
      {"id", R"({"latest":"0195a000-0000-7000-8000-000000000000"})"},
      {"name", R"({"latest":"e"})"},
      {"context", R"({"latest":"2021-09-13T15"})"},
      {"value", R"({"latest":"ready"})"},
      {"sender", "{}"},
      {"type", "{}"},
      {"payload.x", "{}"},
      {"x.timestamp", "{}"},
      {"[\\\"name\\\"]", R"({"latest":"e"})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const std::string trigger =
        std::string("type = \"event\"\nevent = \"e\"\nparameters = { latest = \"") + row.path + "\" }";
    CHECK(map_one(kParameters, trigger, event) == row.mapped);
  }
  event.payload = {{"timestamp", "mine"}};
  const std::string trigger = "type = \"event\"\nevent = \"e\"\nparameters = { latest = \"timestamp\" }";
  CHECK(map_one(kParameters, trigger, event) == R"({"latest":"mine"})");
  event.payload = {{"timestamp", nullptr}};
  CHECK(map_one(kParameters, trigger, event) == "{}");
}

TEST_CASE("a required parameter without a default filters an event that does not set it") {
  const std::string required = "[parameters.day]\nrequired = true\n";
  const std::string by_name = "type = \"event\"\nevent = \"e\"";
  const std::string mapped = "type = \"event\"\nevent = \"e\"\nparameters = { day = \"d\" }";
  CHECK(map_one(required, by_name, make_event("e")) ==
        "parameter day can't be set from day: it is missing, and the parameter is required");
  CHECK(map_one(required, mapped, make_event("e", {{"d", nullptr}})) ==
        "parameter day can't be set from d: it is null, and the parameter is required");
  CHECK(map_one(required, mapped, make_event("e", {{"d", "x"}})) == R"({"day":"x"})");
  CHECK(map_one("[parameters.day]\nrequired = true\ndefault = \"x\"\n", mapped, make_event("e")) == "{}");
}

TEST_CASE("a run maps nothing unless parameters says so, then its parameters and artifacts") {
  Event event =
      make_event("qflow.run.T", {{"flow", "T"}, {"run", "T/3"}, {"status", "succeeded"}, {"params", {{"window", 9}}}});
  event.caused_by = *RunId::parse("T/3");
  const ArtifactReader artifacts = [](const Event& of, std::string_view name) -> Result<Json> {
    CHECK(of.caused_by->text() == "T/3");
    if (name == "rows") return Json{{"count", 4}};
    if (name == "broken") return fail(ErrorKind::kStore, "the object is damaged");
    return fail(ErrorKind::kNotFound, "no");
  };
  const auto mapped = [&](const std::string& parameters) {
    return map_one(kParameters, "type = \"flow\"\nsource_flow_id = \"T\"\n" + parameters, event, artifacts);
  };
  CHECK(mapped("") == "{}");
  CHECK(mapped("parameters = { window = \"params.window\" }") == R"({"window":9})");
  CHECK(mapped("parameters = { window = \"artifacts.rows.count\" }") == R"({"window":4})");
  CHECK(mapped("parameters = { all = \"artifacts.rows\" }") == R"({"all":{"count":4}})");
  CHECK(mapped("parameters = { window = \"artifacts.rows.missing\" }") == "{}");
  CHECK(mapped("parameters = { window = \"artifacts.none\" }") == "{}");
  CHECK(mapped("parameters = { latest = \"run\" }") == R"({"latest":"T/3"})");
  CHECK(mapped("parameters = { window = \"artifacts.broken\" }") ==
        "parameter window can't be set from artifacts.broken: the object is damaged");
}

TEST_CASE("artifacts are read of ends of runs only") {
  Event event = make_event("e");
  event.caused_by = *RunId::parse("T/3");
  const ArtifactReader artifacts = [](const Event&, std::string_view) -> Result<Json> {
    FAIL("nothing to read");
    return Json();
  };
  CHECK(map_one(kParameters, "type = \"event\"\nevent = \"e\"\nparameters = { all = \"artifacts.rows\" }", event,
                artifacts) == "{}");
}

TEST_CASE("of a firing each source's newest event counts, and the newer of two sources") {
  const std::vector<Parameter> parameters = build_flow(kParameters).flow.parameters;
  const ParameterMapping by_name{MappingMode::kByName, {}};
  const Event old_a = make_event("a", {{"window", 1}, {"latest", "old"}}, "2026-03-01T09:00:00Z");
  const Event new_a = make_event("a", {{"window", 2}}, "2026-03-01T10:00:00Z");
  const Event b = make_event("b", {{"window", 5}, {"mode", "b"}}, "2026-03-01T09:30:00Z");
  const auto values = [&](const std::vector<FiringEvent>& events) {
    return to_compact(map_firing(events, parameters, no_artifacts).values);
  };
  CHECK(values({{&new_a, &by_name, 0}, {&old_a, &by_name, 0}, {&b, &by_name, 1}}) == R"({"mode":"b","window":2})");
  CHECK(values({{&b, &by_name, 1}, {&old_a, &by_name, 0}}) == R"({"latest":"old","mode":"b","window":5})");
  CHECK(values({}) == "{}");
}

TEST_CASE("events of one time are ordered by their place, and a late record is not newer") {
  const std::vector<Parameter> parameters = build_flow(kParameters).flow.parameters;
  const ParameterMapping by_name{MappingMode::kByName, {}};
  Event a = make_event("a", {{"window", 1}});
  const Event b = make_event("a", {{"window", 2}});
  CHECK(map_firing({{&a, &by_name, 0}, {&b, &by_name, 0}}, parameters, no_artifacts).values["window"] == 2);
  CHECK(map_firing({{&b, &by_name, 0}, {&a, &by_name, 0}}, parameters, no_artifacts).values["window"] == 1);
  a.timestamp += std::chrono::hours(1);  // said to happen later than it was recorded
  CHECK(map_firing({{&a, &by_name, 0}, {&b, &by_name, 0}}, parameters, no_artifacts).values["window"] == 2);
}

TEST_CASE("a filtered event is named, the others count") {
  const std::vector<Parameter> parameters = build_flow(kParameters).flow.parameters;
  const ParameterMapping by_name{MappingMode::kByName, {}};
  const Event bad = make_event("a", {{"window", "x"}});
  const Event good = make_event("b", {{"mode", "a"}});
  const MappedParameters mapped = map_firing({{&bad, &by_name, 0}, {&good, &by_name, 1}}, parameters, no_artifacts);
  CHECK(to_compact(mapped.values) == R"({"mode":"a"})");
  REQUIRE(mapped.filtered.size() == 1);
  CHECK(mapped.filtered[0].index == 0);
}

}  // namespace
}  // namespace qflow
