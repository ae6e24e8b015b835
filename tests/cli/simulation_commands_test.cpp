#include <doctest/doctest.h>

#include "cli/command_fixture.h"
#include "qflow/model/json.h"

namespace qflow {
namespace {

const std::string kFlow = R"(id = "F"
[parameters.n]
type = "int"
default = 1
[[triggers]]
id = "t"
type = "event"
event = "x"
when = "event.payload.n > 1"
[[steps]]
id = "a"
run = "touch ran"
)";

const std::string kRows =
    "{\"at\": \"2026-03-01T09:00:00Z\", \"event\": {\"name\": \"x\", \"payload\": {\"n\": 2}, \"context\": \"c\"}}\n"
    "{\"at\": \"2026-03-01T10:00:00Z\", \"event\": {\"name\": \"x\", \"payload\": {\"n\": 1}}}\n";

const std::vector<std::string> kDay = {"--from", "2026-03-01", "--until", "2026-03-02"};

std::vector<std::string> with_day(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), kDay.begin(), kDay.end());
  return arguments;
}

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(*parse_json(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return lines;
}

std::string keys_of(const Json& object) {
  std::string keys;
  for (const auto& member : object.items()) keys += (keys.empty() ? "" : " ") + member.key();
  return keys;
}

TEST_CASE("simulate says what would fire when, runs nothing, and makes no store") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  fixture.home.write("day.jsonl", kRows);
  CHECK(fixture.run(with_day({"simulate", "flow.toml", "--events", "day.jsonl"})) == ExitStatus::kOk);
  CHECK(fixture.out.text ==
        "2026-03-01T09:00:00Z\tF/t\tfired F/1\tx\tn=2, context c\n"
        "2026-03-01T10:00:00Z\tF/t\tfiltered: event.payload.n > 1 is false: event.payload.n is 1\tx\t-\n");
  CHECK(contains(fixture.err.text, "1 run, 1 filtered"));
  CHECK_FALSE(std::filesystem::exists(fixture.home.folder / "ran"));
  CHECK_FALSE(std::filesystem::exists(fixture.home.folder / ".qflow"));
}

TEST_CASE("simulate says that no step ends by itself") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  fixture.home.write("down.toml",
                     "id = \"D\"\n[[triggers]]\nid = \"st\"\ntype = \"flow\"\nsource_flow_id = \"F\"\n"
                     "source_task_id = \"a\"\n[[steps]]\nid = \"b\"\n");
  const std::string note =
      "D/st listens to the step a of F, and no step is executed; give it an end row with \"step\": \"a\"";
  CHECK(fixture.run(with_day({"simulate", "flow.toml", "down.toml"})) == ExitStatus::kOk);
  CHECK(contains(fixture.err.text, note));
  fixture.in.text = R"({"at": "2026-03-01T09:00:00Z", "end": {"run": "F", "step": "a", "status": "succeeded"}})";
  CHECK(fixture.run(with_day({"simulate", "flow.toml", "down.toml", "--events", "-"})) == ExitStatus::kOk);
  CHECK_FALSE(contains(fixture.err.text, note));
  CHECK(contains(fixture.out.text, "fired D/1"));
}

TEST_CASE("simulate as JSON") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  fixture.in.text = kRows;
  CHECK(fixture.run(with_day({"simulate", "flow.toml", "--events", "-", "--json"})) == ExitStatus::kOk);
  const std::vector<Json> lines = lines_of(fixture.out.text);
  REQUIRE(lines.size() == 3);
  CHECK(keys_of(lines[0]) == "at context events flow namespace note params run trigger type");
  CHECK(lines[0]["at"] == "2026-03-01T09:00:00Z");
  CHECK(lines[0]["events"][0]["payload"]["n"] == 2);
  CHECK(lines[0]["params"]["n"] == 2);
  CHECK(lines[0]["type"] == "EVENT");
  CHECK(keys_of(lines[1]) == "event flow namespace outcome reason trigger");
  CHECK(lines[1]["outcome"] == "fired");
  CHECK(lines[2]["outcome"] == "filtered");
  CHECK(lines[2]["event"]["recorded_at"] == "2026-03-01T10:00:00Z");
}

TEST_CASE("simulate lets the recorded events happen again, and leaves the store as it is") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  REQUIRE(fixture.run({"deploy", "flow.toml"}) == ExitStatus::kOk);
  REQUIRE(fixture.run({"publish", "x", "--payload", "{\"n\": 5}"}) == ExitStatus::kOk);
  REQUIRE(fixture.run({"publish", "x", "--payload", "{\"n\": 6}"}) == ExitStatus::kOk);
  const std::vector<std::string> simulate = {"simulate", "--from", "2000-01-01", "--until", "2100-01-01"};
  for (int i = 0; i < 2; ++i) {
    CHECK(fixture.run(simulate) == ExitStatus::kOk);
    CHECK(contains(fixture.out.text, "fired F/1\tx\tn=5\n"));
    CHECK(contains(fixture.out.text, "fired F/2\tx\tn=6\n"));
  }
  SUBCASE("a span without them") {
    CHECK(fixture.run(with_day({"simulate"})) == ExitStatus::kOk);
    CHECK(fixture.out.text.empty());
  }
  SUBCASE("disabled is disabled") {
    REQUIRE(fixture.run({"disable", "F"}) == ExitStatus::kOk);
    CHECK(fixture.run(simulate) == ExitStatus::kOk);
    CHECK(contains(fixture.out.text, "filtered: disabled"));
  }
  SUBCASE("other events for the deployed flows") {
    fixture.home.write("day.jsonl", kRows);
    CHECK(fixture.run(with_day({"simulate", "--events", "day.jsonl"})) == ExitStatus::kOk);
    CHECK(contains(fixture.out.text, "fired F/1\tx\tn=2, context c\n"));
  }
  SUBCASE("a flow file has nothing to do with the store's history") {
    CHECK(fixture.run({"simulate", "flow.toml", "--from", "2000-01-01", "--until", "2100-01-01"}) == ExitStatus::kOk);
    CHECK(fixture.out.text.empty());
  }
}

TEST_CASE("what the ledger's events came to, they come to again") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", R"(id = "F"
[parameters.n]
type = "int"
default = 1
[[triggers]]
id = "both"
type = "event"
events = ["first", { name = "second", when = "event.payload.n > 1", parameters = { n = "n" } }]
correlate = "event.payload.day"
[[triggers]]
id = "three"
type = "event"
event = { name = "first", count = 3 }
[[steps]]
id = "a"
)");
  REQUIRE(fixture.run({"deploy", "flow.toml"}) == ExitStatus::kOk);
  const std::pair<const char*, const char*> events[] = {
      {"first", "{\"day\": 1}"},
      {"second", "{\"day\": 1, \"n\": 1}"},
      {"first", "{\"day\": 1}"},
      {"second", "{\"day\": 1, \"n\": 4}"},
      {"second", "{\"day\": 2, \"n\": 5}"},
      {"first", "{}"},
      {"second", "{\"day\": 3, \"n\": \"x\"}"},
  };
  for (const auto& [name, payload] : events) {
    REQUIRE(fixture.run({"publish", name, "--payload", payload}) == ExitStatus::kOk);
  }
  REQUIRE(fixture.run({"simulate", "--from", "2000-01-01", "--until", "2100-01-01", "--json"}) == ExitStatus::kOk);
  std::size_t outcomes = 0;
  for (const Json& simulated : lines_of(fixture.out.text)) {
    if (!simulated.contains("outcome")) continue;
    ++outcomes;
    CAPTURE(simulated);
    REQUIRE(fixture.run({"inspect", simulated["event"]["id"].get<std::string>(), "--json"}) == ExitStatus::kOk);
    const Json event = *parse_json(fixture.out.text);
    bool found = false;
    for (const Json& recorded : event["outcomes"]) {
      if (recorded["trigger"] != simulated["trigger"]) continue;
      found = true;
      CHECK(recorded["outcome"] == simulated["outcome"]);
      CHECK(recorded["reason"] == simulated["reason"]);
    }
    CHECK(found);
  }
  CHECK(outcomes == 10);
}

TEST_CASE("what simulate refuses") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  fixture.home.write("again.toml", kFlow);
  fixture.home.write("wrong.toml", "id = 1\n");
  struct Row {
    std::vector<std::string> arguments;
    ExitStatus status;
    std::string message;
  };
  const Row rows[] = {
      {{"simulate", "flow.toml"}, ExitStatus::kUsage, "qflow simulate needs --from"},
      {{"simulate", "flow.toml", "--from", "2026-03-01"}, ExitStatus::kUsage, "qflow simulate needs --until"},
      {{"simulate", "flow.toml", "--from", "noon", "--until", "2026-03-01"}, ExitStatus::kUsage, "option --from: "},
      {{"simulate", "flow.toml", "--from", "2026-03-01", "--until", "2026-03-01"},
       ExitStatus::kUsage,
       "option --until: it is not later than --from"},
      {with_day({"simulate", "flow.toml", "--runs-take", "long"}), ExitStatus::kUsage, "option --runs-take: "},
      {with_day({"simulate", "flow.toml", "again.toml"}), ExitStatus::kUsage, "flow.toml and again.toml both define F"},
      {with_day({"simulate", "wrong.toml"}), ExitStatus::kUsage, "wrong.toml:1:6"},
      {with_day({"simulate", "nothing.toml"}), ExitStatus::kNotFound, "there is no file 'nothing.toml'"},
      {with_day({"simulate", "flow.toml", "--events", "nothing"}), ExitStatus::kNotFound, "nothing"},
      {with_day({"simulate"}), ExitStatus::kStore, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.arguments);
    CHECK(fixture.run(row.arguments) == row.status);
    CAPTURE(fixture.err.text);
    CHECK(contains(fixture.err.text, row.message));
    CHECK(fixture.out.text.empty());
  }
}

TEST_CASE("rows of an events file that are wrong are named") {
  const std::pair<const char*, const char*> rows[] = {
      {"{", "day.jsonl:2: line 1, column 2"},
      {"[]", "day.jsonl:2: a row must be an object"},
      {R"({"event": {"name": "x"}})", "day.jsonl:2: missing key 'at' in a row"},
      {R"({"at": 5, "event": {"name": "x"}})", "day.jsonl:2: 'at' of a row must be text; is an integer"},
      {R"({"at": "2026-03-01", "event": {"name": "x"}})", "day.jsonl:2: '2026-03-01' is not an RFC 3339 instant"},
      {R"({"at": "2026-03-01T09:00:00Z"})", "day.jsonl:2: a row has either 'event' or 'end'"},
      {R"({"at": "2026-03-01T09:00:00Z", "evnt": {}})", "unknown key 'evnt' in a row; did you mean 'event'?"},
      {R"({"at": "2026-03-01T09:00:00Z", "event": {}})", "day.jsonl:2: an event has no name"},
      {R"({"at": "2026-03-01T09:00:00Z", "event": 5})", "day.jsonl:2: an event must be an object"},
      {R"({"at": "2026-03-01T09:00:00Z", "event": {"name": "qflow.run.F"}})",
       "day.jsonl:2: the event name 'qflow.run.F' is reserved"},
      {R"({"at": "2026-03-01T09:00:00Z", "event": {"name": "x", "timestamp": "2026-03-03T09:00:00Z"}})",
       "day.jsonl:2: the timestamp is more than 24 h ahead"},
      {R"({"at": "2026-03-01T09:00:00Z", "end": {"run": "F/1"}})", "day.jsonl:2: missing key 'status' in 'end'"},
      {R"({"at": "2026-03-01T09:00:00Z", "end": {"run": "F/1", "status": "running"}})", "is 'running'"},
      {R"({"at": "2026-03-01T09:00:00Z", "end": {"run": "F/x", "status": "failed"}})",
       "day.jsonl:2: 'F/x' names no run"},
      {R"({"at": "2026-03-01T09:00:00Z", "end": {"run": "F/1", "status": "failed"}, "idempotency_key": "k"})",
       "day.jsonl:2: 'idempotency_key' belongs to rows with 'event'"},
      {R"({"at": "2026-03-01T09:00:00Z", "end": {"run": "F/1", "status": "failed"}})",
       "day.jsonl:2: no run F/1 has been made by then"},
  };
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  for (const auto& [row, message] : rows) {
    fixture.home.write("day.jsonl", std::string("\n") + row + "\n");
    CHECK(fixture.run(with_day({"simulate", "flow.toml", "--events", "day.jsonl"})) == ExitStatus::kUsage);
    CAPTURE(fixture.err.text);
    CHECK(contains(fixture.err.text, message));
  }
}

TEST_CASE("a change that a sensor would see can be given to simulate") {
  CommandFixture fixture;
  fixture.home.write("flow.toml",
                     "id = \"F\"\n[[triggers]]\nid = \"s\"\ntype = \"sensor\"\nsensor_type = \"file\"\npath = \"x\"\n"
                     "[[steps]]\nid = \"a\"\n");
  fixture.home.write("day.jsonl", R"({"at": "2026-03-01T09:00:00Z", "event": {"name": "qflow.sensor.F.s"}})");
  CHECK(fixture.run(with_day({"simulate", "flow.toml", "--events", "day.jsonl"})) == ExitStatus::kOk);
  CHECK(contains(fixture.out.text, "F/s\tfired F/1\tqflow.sensor.F.s"));
}

TEST_CASE("test passes, fails, and refuses") {
  CommandFixture fixture;
  const std::string test =
      "[[tests]]\nname = \"one\"\ngiven = [{ at = \"2026-03-01T09:00:00Z\", event = \"x\", payload = { n = 2 } }]\n";
  fixture.home.write("good.toml", kFlow + test + "expect = [{ trigger = \"t\", params = { n = 2 } }]\n");
  fixture.home.write("bad.toml", kFlow + test + "expect = [{ trigger = \"t\", params = { n = 3 } }]\n");
  fixture.home.write("none.toml", kFlow);
  fixture.home.write("wrong.toml", kFlow + test + "expect = [{ trigger = \"u\" }]\n");

  CHECK(fixture.run({"test", "good.toml"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "ok      good.toml: one\n1 test, 0 failed\n");
  CHECK(fixture.err.text.empty());

  CHECK(fixture.run({"test", "good.toml", "bad.toml"}) == ExitStatus::kFailed);
  CHECK(fixture.out.text ==
        "ok      good.toml: one\n"
        "FAILED  bad.toml: one\n"
        "  bad.toml:16:11: parameter n of F/1 is 2, not 3\n"
        "  what happened:\n"
        "  2026-03-01T09:00:00Z  F/t  fired F/1  x  n=2\n"
        "2 tests, 1 failed\n");

  CHECK(fixture.run({"test", "none.toml"}) == ExitStatus::kOk);
  CHECK(fixture.out.text.empty());
  CHECK(fixture.err.text == "qflow: note: none.toml has no [[tests]]\n");

  CHECK(fixture.run({"test", "good.toml", "wrong.toml"}) == ExitStatus::kUsage);
  CHECK(fixture.out.text.empty());
  CHECK(contains(fixture.err.text, "wrong.toml:16:23: error: the flow has no trigger 'u'"));

  CHECK(fixture.run({"test", "bad.toml", "--json"}) == ExitStatus::kFailed);
  const Json line = lines_of(fixture.out.text).at(0);
  CHECK(keys_of(line) == "failures file firings line name outcomes passed");
  CHECK(line["passed"] == false);
  CHECK(line["failures"][0]["line"] == 16);
  CHECK(line["firings"][0]["params"]["n"] == 2);
  CHECK_FALSE(std::filesystem::exists(fixture.home.folder / "ran"));
}

TEST_CASE("the flows of several files do not hear each other in test") {
  CommandFixture fixture;
  fixture.home.write("a.toml", kFlow);
  fixture.home.write(
      "b.toml",
      "id = \"G\"\n[[triggers]]\ntype = \"event\"\nevent = \"x\"\n[[steps]]\nid = \"a\"\n[[tests]]\nname = "
      "\"alone\"\ngiven = [{ at = \"2026-03-01T09:00:00Z\", event = \"x\", payload = { n = 2 } }]\nexpect "
      "= [{ trigger = \"event\" }]\n");
  CHECK(fixture.run({"test", "a.toml", "b.toml"}) == ExitStatus::kOk);
}

}  // namespace
}  // namespace qflow
