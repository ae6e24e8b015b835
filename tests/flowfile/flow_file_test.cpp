#include "qflow/flowfile/flow_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace qflow {
namespace {

FlowDefinition read(const std::string& text) {
  FlowFile file = parse_flow_file(text, "f.toml", "/flows");
  CAPTURE(file.diagnostics.render());
  CHECK_FALSE(file.diagnostics.has_errors());
  return std::move(file.definition);
}

// One key of the flow file: text that sets it, and whether the definition then says so. Where `text` begins with "[["
// or
// "[" it is a section of its own, else a key of the head.
struct KeyRow {
  const char* key;
  const char* text;
  std::function<bool(const FlowDefinition&)> holds;
};

const Step& step(const FlowDefinition& flow, std::size_t index = 0) {
  return flow.steps.at(index);
}

std::string variable(const FlowDefinition& flow, const std::string& name) {
  for (const auto& entry : step(flow).environment) {
    if (entry.first == name) return entry.second.value;
  }
  return "";
}

#define IN_STEP(keys) "[[steps]]\nid = \"s\"\n" keys
#define IN_PUBLISH(keys) "[[steps]]\nid = \"s\"\npublish = [{ event = \"e\", " keys " }]"
#define IN_DEFAULTS(keys) "[defaults]\n" keys "\n[[steps]]\nid = \"s\"\n"
#define IN_PARAMETER(keys) "[parameters.w]\n" keys
#define IN_PROJECT(keys) "[project]\nname = \"foo\"\n" keys
#define IN_TEST(keys) "[[tests]]\nname = \"t\"\n" keys

// Every key of the flow file; triggers have a table of their own (tests/trigger).
const KeyRow kKeys[] = {
    {"id", "", [](const auto& f) { return f.id.text() == "F"; }},
    {"description", "description = \"d\"", [](const auto& f) { return f.description == "d"; }},
    {"flow_type", "flow_type = \"standard\"", [](const auto&) { return true; }},
    {"tags", "tags = [\"ml\", \"x\"]",
     [](const auto& f) {
       return f.tags == std::vector<std::string>{"ml", "x"};
     }},
    {"project.name", "[project]\nname = \"foo\"", [](const auto& f) { return f.project->name.value == "foo"; }},
    {"project.branch", IN_PROJECT("branch = \"bar\""), [](const auto& f) { return f.project->branch->value == "bar"; }},
    {"project.branch, as written", IN_PROJECT("branch = \"a/b c\""),
     [](const auto& f) { return f.project->branch->value == "a/b c"; }},
    {"project.production", IN_PROJECT("production = true"), [](const auto& f) { return f.project->production; }},
    {"parameters.type", IN_PARAMETER("type = \"float\""),
     [](const auto& f) { return f.parameters[0].type == ParameterType::kFloat; }},
    {"parameters.default", IN_PARAMETER("default = 3"),
     [](const auto& f) { return f.parameters[0].type == ParameterType::kInt && *f.parameters[0].default_value == 3; }},
    {"parameters.required", IN_PARAMETER("required = true"), [](const auto& f) { return f.parameters[0].required; }},
    {"parameters.help", IN_PARAMETER("help = \"h\""), [](const auto& f) { return f.parameters[0].help == "h"; }},
    {"parameters.min", IN_PARAMETER("type = \"int\"\nmin = 1"),
     [](const auto& f) { return *f.parameters[0].minimum == 1; }},
    {"parameters.max", IN_PARAMETER("type = \"float\"\nmax = 2.5"),
     [](const auto& f) { return *f.parameters[0].maximum == 2.5; }},
    {"parameters.choices", IN_PARAMETER("choices = [\"a\", \"b\"]"),
     [](const auto& f) { return f.parameters[0].choices.size() == 2; }},
    {"run.when_busy", "[run]\nwhen_busy = \"coalesce\"",
     [](const auto& f) { return f.run.when_busy == WhenBusy::kCoalesce; }},
    {"run.max_parallel", "[run]\nmax_parallel = 4", [](const auto& f) { return f.run.max_parallel == 4; }},
    {"run.jobs", "[run]\njobs = 8", [](const auto& f) { return f.run.jobs == 8; }},
    {"run.timeout", "[run]\ntimeout = \"2h\"", [](const auto& f) { return f.run.timeout == std::chrono::hours(2); }},
    {"run.on_crash", "[run]\non_crash = \"fail\"", [](const auto& f) { return f.run.on_crash == OnCrash::kFail; }},
    {"run.keep", "[run]\nkeep = \"30d\"", [](const auto& f) { return f.run.keep == std::chrono::hours(720); }},
    {"defaults.env", IN_DEFAULTS("env = { A = \"1\" }"), [](const auto& f) { return variable(f, "A") == "1"; }},
    {"defaults.shell", IN_DEFAULTS("shell = \"bash\""), [](const auto& f) { return step(f).shell.value == "bash"; }},
    {"defaults.workdir", IN_DEFAULTS("workdir = \"w\""), [](const auto& f) { return step(f).workdir->value == "w"; }},
    {"defaults.timeout", IN_DEFAULTS("timeout = \"1m\""),
     [](const auto& f) { return step(f).timeout == std::chrono::minutes(1); }},
    {"defaults.retries", IN_DEFAULTS("retries = 3"), [](const auto& f) { return step(f).retries == 3; }},
    {"defaults.retry_delay", IN_DEFAULTS("retry_delay = \"5s\""),
     [](const auto& f) { return step(f).retry_delay == std::chrono::seconds(5); }},
    {"defaults.retry_backoff", IN_DEFAULTS("retry_backoff = 1.5"),
     [](const auto& f) { return step(f).retry_backoff == 1.5; }},
    {"engine", "[engine]\nname = \"sqlite\"", [](const auto& f) { return f.engine->find("name") != nullptr; }},
    {"triggers", "[[triggers]]\ntype = \"cli\"\n[[triggers]]\ntype = \"x\"",
     [](const auto& f) { return f.triggers.size() == 2; }},
    {"steps.id", IN_STEP(""), [](const auto& f) { return step(f).id.text() == "s"; }},
    {"steps.run", IN_STEP("run = \"true\""), [](const auto& f) { return step(f).run->value == "true"; }},
    {"steps.needs", IN_STEP("[[steps]]\nid = \"t\"\nneeds = [\"s\"]"),
     [](const auto& f) { return step(f, 1).needs[0].value.text() == "s"; }},
    {"steps.exec", IN_STEP("exec = [\"a\", \"{{ params.x }}\"]"),
     [](const auto& f) { return step(f).exec.size() == 2 && step(f).exec[1].value == "{{ params.x }}"; }},
    {"steps.when", IN_STEP("when = \"1 > 0\""), [](const auto& f) { return step(f).when->value == "1 > 0"; }},
    {"steps.foreach", IN_STEP("foreach = \"[1]\""), [](const auto& f) { return step(f).foreach->value == "[1]"; }},
    {"steps.shell", IN_STEP("shell = \"python3\""), [](const auto& f) { return step(f).shell.value == "python3"; }},
    {"steps.workdir", IN_STEP("workdir = \"scripts\""),
     [](const auto& f) { return step(f).workdir->value == "scripts"; }},
    {"steps.env", IN_STEP("env = { MODE = \"fast\" }"), [](const auto& f) { return variable(f, "MODE") == "fast"; }},
    {"steps.secrets", IN_STEP("secrets = [\"DB\"]"), [](const auto& f) { return step(f).secrets[0].value == "DB"; }},
    {"steps.timeout", IN_STEP("timeout = \"10m\""),
     [](const auto& f) { return step(f).timeout == std::chrono::minutes(10); }},
    {"steps.retries", IN_STEP("retries = 2"), [](const auto& f) { return step(f).retries == 2; }},
    {"steps.retry_delay", IN_STEP("retry_delay = \"10s\""),
     [](const auto& f) { return step(f).retry_delay == std::chrono::seconds(10); }},
    {"steps.retry_backoff", IN_STEP("retry_backoff = 2"), [](const auto& f) { return step(f).retry_backoff == 2.0; }},
    {"steps.allow_failure", IN_STEP("allow_failure = true"), [](const auto& f) { return step(f).allow_failure; }},
    {"steps.publish", IN_STEP("publish = [{ event = \"a\" }, { event = \"b\" }]"),
     [](const auto& f) { return step(f).publish.size() == 2; }},
    {"publish.event", IN_STEP("publish = [{ event = \"food\" }]"),
     [](const auto& f) { return step(f).publish[0].event.value == "food"; }},
    {"publish.payload", IN_PUBLISH("payload = { rows = \"{{ artifacts.rows }}\" }"),
     [](const auto& f) { return to_json(*step(f).publish[0].payload)["rows"] == "{{ artifacts.rows }}"; }},
    {"publish.payload, a template", IN_PUBLISH("payload = \"{{ artifacts.all }}\""),
     [](const auto& f) { return to_json(*step(f).publish[0].payload) == "{{ artifacts.all }}"; }},
    {"publish.when", IN_PUBLISH("when = \"true\""),
     [](const auto& f) { return step(f).publish[0].when->value == "true"; }},
    {"publish.namespaced", "[project]\nname = \"p\"\n" IN_PUBLISH("namespaced = true"),
     [](const auto& f) { return step(f).publish[0].namespaced; }},
    {"publish.safe", IN_PUBLISH("safe = false"), [](const auto& f) { return !step(f).publish[0].safe; }},
    {"hooks.on_success", "[hooks]\non_success = \"a\"", [](const auto& f) { return f.hooks.on_success->value == "a"; }},
    {"hooks.on_failure", "[hooks]\non_failure = \"b\"", [](const auto& f) { return f.hooks.on_failure->value == "b"; }},
    {"tests.name", IN_TEST("expect = [{ none = true }]"), [](const auto& f) { return f.tests[0].name.value == "t"; }},
    {"tests.given",
     IN_TEST("given = [{ at = \"2026-03-01T09:00:00Z\", event = \"first\", payload = { day = \"x\" } },"
             " { at = 2026-03-01T10:00:00Z, run = \"T\", status = \"succeeded\" },"
             " { at = \"2026-03-01T11:00:00Z\", sensor = \"s\", payload = {} }, { at = \"2026-03-02T00:00:00Z\" }]\n"
             "expect = [{ none = true }]"),
     [](const auto& f) { return f.tests[0].given.size() == 4; }},
    {"tests.expect",
     IN_TEST("expect = [{ trigger = \"both\", outcome = \"fired\", params = { a = 1 }, type = \"EVENT\","
             " at = \"2026-03-01T09:00:00Z\", context = \"c\" }]"),
     [](const auto& f) { return f.tests[0].expect.size() == 1 && !f.tests[0].expects_nothing; }},
    {"tests.expect none", IN_TEST("expect = [{ none = true }]"),
     [](const auto& f) { return f.tests[0].expects_nothing; }},
};

TEST_CASE("every key has its effect") {
  for (const KeyRow& row : kKeys) {
    CAPTURE(row.key);
    const FlowDefinition flow = read(std::string("id = \"F\"\n") + row.text + "\n");
    CHECK(row.holds(flow));
  }
}

// The keys that the sources of the layer ask a reader for.
std::set<std::string> keys_in_sources() {
  const std::regex call(
      "(?:text|integer|number|boolean|duration|instant|choice|text_list|table|tables|required_text|find|read_limit)"
      "\\((?:reader, )?\"([a-z_]+)\"");
  std::set<std::string> keys;
  for (const auto& entry : std::filesystem::directory_iterator(QFLOW_SOURCE_DIR "/src/flowfile")) {
    if (entry.path().filename() == "store_config.cpp") continue;  // of another file
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (std::sregex_iterator found(text.begin(), text.end(), call), end; found != end; ++found) {
      keys.insert((*found)[1]);
    }
  }
  return keys;
}

TEST_CASE("the table above has every key that is read") {
  std::set<std::string> samples;
  for (const KeyRow& row : kKeys) {
    const std::string text = std::string("id = \"F\"\n") + row.text;
    const std::regex key("([a-z_]+) = |\\[([a-z_]+)");
    for (std::sregex_iterator found(text.begin(), text.end(), key), end; found != end; ++found) {
      samples.insert((*found)[1].matched ? (*found)[1] : (*found)[2]);
    }
  }
  const std::set<std::string> read = keys_in_sources();
  CHECK(read.size() > 50);
  // Keys of the tables inside [[tests]], which only `qflow test` gives an effect.
  const std::set<std::string> of_tests = {"reason", "timestamp", "step", "namespaced", "idempotency_key"};
  for (const std::string& key : read) {
    CAPTURE(key);
    CHECK((samples.count(key) == 1 || of_tests.count(key) == 1));
  }
}

TEST_CASE("every text field of publish is kept by its key") {
  for (const char* key : {"type", "namespace", "value", "sender", "context", "idempotency_key"}) {
    CAPTURE(key);
    const FlowDefinition flow =
        read(std::string("id = \"F\"\n[[steps]]\nid = \"s\"\npublish = [{ event = \"e\", ") + key + " = \"v\" }]\n");
    REQUIRE(step(flow).publish[0].fields.size() == 1);
    CHECK(step(flow).publish[0].fields[0].first == key);
    CHECK(step(flow).publish[0].fields[0].second.value == "v");
  }
}

TEST_CASE("what a file leaves out has its default") {
  const FlowDefinition flow =
      read("id = \"F\"\n[[steps]]\nid = \"s\"\npublish = [{ event = \"e\" }]\n[parameters.p]\n");
  CHECK(flow.description.empty());
  CHECK(flow.tags.empty());
  CHECK_FALSE(flow.project);
  CHECK(flow.run.when_busy == WhenBusy::kParallel);
  CHECK_FALSE(flow.run.max_parallel);
  CHECK(flow.run.jobs == 0);
  CHECK_FALSE(flow.run.timeout);
  CHECK(flow.run.on_crash == OnCrash::kResume);
  CHECK_FALSE(flow.run.keep);
  CHECK(step(flow).shell.value == "sh");
  CHECK_FALSE(step(flow).workdir);
  CHECK(step(flow).retries == 0);
  CHECK(step(flow).retry_delay == Duration::zero());
  CHECK(step(flow).retry_backoff == 1.0);
  CHECK_FALSE(step(flow).timeout);
  CHECK_FALSE(step(flow).allow_failure);
  CHECK(step(flow).publish[0].safe);
  CHECK_FALSE(step(flow).publish[0].namespaced);
  CHECK(flow.parameters[0].type == ParameterType::kString);
  CHECK_FALSE(flow.parameters[0].required);
  CHECK_FALSE(flow.parameters[0].default_value);
}

TEST_CASE("a step overrides what [defaults] says, variables one by one") {
  const FlowDefinition flow = read(
      "id = \"F\"\n"
      "[defaults]\nenv = { A = \"1\", B = \"2\" }\nshell = \"bash\"\nretries = 3\ntimeout = \"1m\"\nworkdir = \"w\"\n"
      "retry_delay = \"1s\"\nretry_backoff = 3\n"
      "[[steps]]\nid = \"s\"\nenv = { B = \"3\", C = \"4\" }\nshell = \"sh\"\nretries = 0\ntimeout = \"2m\"\n"
      "workdir = \"v\"\nretry_delay = \"0s\"\nretry_backoff = 1\n"
      "[[steps]]\nid = \"t\"\n");
  const Step& own = step(flow);
  REQUIRE(own.environment.size() == 3);
  CHECK(variable(flow, "A") == "1");
  CHECK(variable(flow, "B") == "3");
  CHECK(variable(flow, "C") == "4");
  CHECK(own.shell.value == "sh");
  CHECK(own.retries == 0);
  CHECK(own.timeout == std::chrono::minutes(2));
  CHECK(own.workdir->value == "v");
  CHECK(own.retry_delay == Duration::zero());
  CHECK(own.retry_backoff == 1.0);
  CHECK(step(flow, 1).environment.size() == 2);
  CHECK(step(flow, 1).shell.value == "bash");
  CHECK(step(flow, 1).retry_delay == std::chrono::seconds(1));
}

TEST_CASE("a parameter without a type has the type of its default") {
  struct Row {
    const char* value;
    ParameterType type;
    const char* json;
  };
  const Row rows[] = {
      {"\"x\"", ParameterType::kString, "\"x\""},
      {"3", ParameterType::kInt, "3"},
      {"1.5", ParameterType::kFloat, "1.5"},
      {"true", ParameterType::kBool, "true"},
      {"[1, \"a\"]", ParameterType::kJson, "[1,\"a\"]"},
      {"{ a = 1 }", ParameterType::kJson, "{\"a\":1}"},
      {"2023-05-01", ParameterType::kDatetime, "\"2023-05-01\""},
      {"2023-05-01T10:00:00+02:00", ParameterType::kDatetime, "\"2023-05-01T10:00:00+02:00\""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    const FlowDefinition flow = read(std::string("id = \"F\"\n[parameters.p]\ndefault = ") + row.value + "\n");
    CHECK(flow.parameters[0].type == row.type);
    CHECK(to_compact(*flow.parameters[0].default_value) == row.json);
  }
}

TEST_CASE("a default takes the declared type and keeps inside its limits") {
  const FlowDefinition flow = read(
      "id = \"F\"\n[parameters.a]\ntype = \"float\"\ndefault = 1\nmin = 1\nmax = 1\n"
      "[parameters.b]\ntype = \"datetime\"\ndefault = \"2026-01-02\"\nmin = 2026-01-01\nmax = "
      "\"2026-12-31T00:00:00Z\"\n"
      "[parameters.c]\ntype = \"int\"\ndefault = 2\nchoices = [1, 2]\n");
  CHECK(flow.parameters[0].default_value->is_number_float());
  CHECK(*flow.parameters[1].default_value == "2026-01-02");
  CHECK(*flow.parameters[2].default_value == 2);
}

TEST_CASE("positions are kept for what is checked later") {
  const FlowDefinition flow = read(
      "id = \"F\"\n[[steps]]\nid = \"s\"\nwhen = \"true\"\nrun = '''\necho\n'''\nenv = { A = \"{{ 1 }}\" }\n"
      "[[steps]]\nid = \"t\"\nneeds = [\"s\"]\nexec = [\"a\", \"b\"]\n");
  CHECK(step(flow).position == SourcePosition{3, 6});
  CHECK(step(flow).when->position == SourcePosition{4, 8});
  CHECK(step(flow).run->position == SourcePosition{5, 7});
  CHECK(step(flow).environment[0].second.position == SourcePosition{8, 13});
  CHECK(step(flow, 1).needs[0].position == SourcePosition{11, 10});
  CHECK(step(flow, 1).exec[1].position == SourcePosition{12, 14});
}

TEST_CASE("the definition has its file, folder and whole text") {
  const std::string text = "id = \"F\"\r\n[[steps]]\r\nid = \"s\"\r\nrun = \"x\"\r\n";
  const FlowDefinition flow = read(text);
  CHECK(flow.file == "f.toml");
  CHECK(flow.folder == "/flows");
  CHECK(flow.text == text);
  CHECK(step(flow).run->value == "x");
}

TEST_CASE("a byte order mark is accepted") {
  CHECK(read("\xEF\xBB\xBF"
             "id = \"F\"\n")
            .id.text() == "F");
}

TEST_CASE("a flow without steps is a warning") {
  const FlowFile file = parse_flow_file("id = \"F\"\n", "f.toml", "/");
  REQUIRE(file.diagnostics.list().size() == 1);
  CHECK(file.diagnostics.list()[0].severity == Severity::kWarning);
  CHECK_FALSE(file.diagnostics.has_errors());
}

TEST_CASE("a step may be named like a parameter, and like another step but for case") {
  CHECK(read("id = \"F\"\n[parameters.load]\n[[steps]]\nid = \"load\"\n[[steps]]\nid = \"Load\"\n").steps.size() == 2);
}

TEST_CASE("the limits of names and numbers") {
  const std::string id(128, 'x');
  CHECK(read("id = \"" + id + "\"\n[[steps]]\nid = \"" + id + "\"\nretries = 1000\n").id.text() == id);
}

TEST_CASE("two thousand steps in a row are read") {
  std::string text = "id = \"F\"\n[[steps]]\nid = \"s0\"\n";
  for (int i = 1; i < 2000; ++i) {
    text += "[[steps]]\nid = \"s" + std::to_string(i) + "\"\nneeds = [\"s" + std::to_string(i - 1) + "\"]\n";
  }
  CHECK(read(text).steps.size() == 2000);
}

}  // namespace
}  // namespace qflow
