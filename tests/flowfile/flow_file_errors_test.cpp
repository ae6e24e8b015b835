#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "qflow/flowfile/flow_file.h"

namespace qflow {
namespace {

// A flow that is correct but for what a row adds to it.
constexpr const char* kHead = "id = \"F\"\n";
constexpr const char* kStep = "[[steps]]\nid = \"a\"\nrun = \"true\"\n";

// The first line of each problem, one below the other.
std::string problem_lines(const std::string& text) {
  const FlowFile file = parse_flow_file(text, "f.toml", "/flows");
  std::string lines;
  for (const Diagnostic& problem : file.diagnostics.list()) {
    Diagnostics one("f.toml", text);
    if (problem.severity == Severity::kError) {
      one.error(problem.position, problem.message, problem.help);
    } else {
      one.warning(problem.position, problem.message, problem.help);
    }
    const std::string rendered = one.render();
    lines += (lines.empty() ? "" : "\n") + rendered.substr(0, rendered.find('\n'));
  }
  return lines;
}

struct Row {
  std::string text;
  std::string problems;
};

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(problem_lines(row.text) == row.problems);
  }
}

// The text after a correct head, and a correct step after it.
std::string around(const std::string& text) {
  return kHead + text + "\n" + kStep;
}
// Further keys of the only step, which begins in line 2.
std::string in_step(const std::string& keys) {
  return std::string(kHead) + kStep + keys + "\n";
}

TEST_CASE("the head") {
  check_rows({
      {kStep, "f.toml:1:1: error: missing key 'id' in the flow file; add id = \"...\""},
      {std::string("id = 7\n") + kStep,
       "f.toml:1:6: error: `id` must be text; is an integer; write it in quotes: \"7\""},
      {std::string("id = \"my.flow\"\n") + kStep,
       "f.toml:1:6: error: 'my.flow' is not a valid flow id; use letters, digits, '_' and '-', first a letter or '_', "
       "at most 128"},
      {std::string("id = \"a/b\"\n") + kStep,
       "f.toml:1:6: error: 'a/b' is not a valid flow id; use letters, digits, '_' and '-', first a letter or '_', at "
       "most 128"},
      {std::string("id = \"..\"\n") + kStep,
       "f.toml:1:6: error: '..' is not a valid flow id; use letters, digits, '_' and '-', first a letter or '_', at "
       "most 128"},
      {std::string("id = \"\"\n") + kStep,
       "f.toml:1:6: error: the flow id is empty; use letters, digits, '_' and '-', first a letter or '_', at most 128"},
      {std::string("id = \"9lives\"\n") + kStep,
       "f.toml:1:6: error: '9lives' is not a valid flow id; use letters, digits, '_' and '-', first a letter or '_', "
       "at most 128"},
      {"id = \"a\\nb\"\n" + std::string(kStep),
       "f.toml:1:6: error: 'a\\nb' is not a valid flow id; use letters, digits, '_' and '-', first a letter or '_', at "
       "most 128"},
      {"id = \"a\\u0000\"\n" + std::string(kStep),
       "f.toml:1:6: error: 'a\\x00' is not a valid flow id; use letters, digits, '_' and '-', first a letter or '_', "
       "at most 128"},
      {"id = \"" + std::string(300, 'x') + "\"\n" + kStep,
       "f.toml:1:6: error: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' is "
       "not a valid flow id; use letters, digits, '_' and '-', first a letter or '_', at most 128"},
      {around("description = 1"),
       "f.toml:2:15: error: `description` must be text; is an integer; write it in quotes: \"1\""},
      {around("flow_type = \"special\""), "f.toml:2:13: error: `flow_type` must be one of 'standard'; is 'special'"},
      {around("tags = \"ml\""),
       "f.toml:2:8: error: `tags` must be a list of text; is text; write it in brackets: [\"ml\"]"},
      {around("tags = [1]"),
       "f.toml:2:9: error: each element of `tags` must be text; this is an integer; write it in quotes: \"1\""},
      {around("tags = [\"\"]"),
       "f.toml:2:9: error: '' is no tag; a tag is text of 1 to 200 bytes without control characters"},
      {around("tags = [\"a\\nb\"]"),
       "f.toml:2:9: error: 'a\\nb' is no tag; a tag is text of 1 to 200 bytes without control characters"},
      {around("descriptoin = \"x\""),
       "f.toml:2:1: error: unknown key 'descriptoin' in the flow file; did you mean 'description'?"},
      {around("when_busy = \"skip\""), "f.toml:2:1: error: key 'when_busy' belongs in [run]"},
      {around("run = 1"), "f.toml:2:7: error: `run` must be a table; is an integer; write { key = value }"},
      {around("[steps]\nid = \"a\"").substr(0, 26),
       "f.toml:2:1: error: `steps` must be a list of tables; is a table; write [[steps]] instead of [steps]"},
      {kHead, "f.toml:1:1: warning: the flow has no steps; its runs succeed at once; add a [[steps]] table"},
      {"",
       "f.toml:1:1: error: missing key 'id' in the flow file; add id = \"...\"\n"
       "f.toml:1:1: warning: the flow has no steps; its runs succeed at once; add a [[steps]] table"},
      {around("triggers = [1]"), "f.toml:2:13: error: each element of `triggers` must be a table; this is an integer"},
      {around("triggers = {}"),
       "f.toml:2:12: error: `triggers` must be a list of tables; is a table; write [[triggers]] instead of [triggers]"},
      {around("engine = 1"), "f.toml:2:10: error: `engine` must be a table; is an integer; write { key = value }"},
  });
}

TEST_CASE("[project]") {
  check_rows({
      {around("[project]"), "f.toml:2:1: error: missing key 'name' in [project]; add name = \"...\""},
      {around("[project]\nname = \"Foo\""),
       "f.toml:3:8: error: 'Foo' is not a valid project name; use small letters, digits and '_', at most 128, not "
       "'qflow'"},
      {around("[project]\nname = \"qflow\""),
       "f.toml:3:8: error: 'qflow' is not a valid project name; use small letters, digits and '_', at most 128, not "
       "'qflow'"},
      {around("[project]\nname = \"foo\"\nbranch = \"/\""),
       "f.toml:4:10: error: '/' is no branch; 1 to 128 letters, digits, '_', '.' and '-'"},
      {around("[project]\nname = \"foo\"\nbranch = \"feature/x y\""),
       "f.toml:4:10: warning: branch 'feature/x y' is used as 'featurexy'; names of events keep only letters, digits, "
       "'_', '.' and '-'"},
      {around("[project]\nname = \"foo\"\nproduction = \"yes\""),
       "f.toml:4:14: error: `production` must be a boolean; is text; write true or false"},
      {around("[project]\nname = \"foo\"\nbrnach = \"x\""),
       "f.toml:4:1: error: unknown key 'brnach' in [project]; did you mean 'branch'?"},
  });
}

TEST_CASE("[parameters]") {
  check_rows({
      {around("[parameters]\nwindow = 3"),
       "f.toml:3:10: error: `window` must be a table; is an integer; write { key = value }"},
      {around("[parameters.\"a-b\"]"),
       "f.toml:2:13: error: 'a-b' is not a valid parameter name; use letters, digits and '_', first a letter or '_', "
       "at most 128"},
      {around("[parameters.window]\n[parameters.Window]"),
       "f.toml:3:13: error: parameter 'Window' differs from 'window' only in case; names are unique ignoring case; "
       "rename one"},
      {around("[parameters.w]\ntype = \"integer\""),
       "f.toml:3:8: error: `type` must be one of 'string', 'int', 'float', 'bool', 'json' and 'datetime'; is "
       "'integer'"},
      {around("[parameters.item]\n[parameters.index]"), ""},
      {around("[parameters.item]\n[parameters.Index]") + "foreach = \"[1]\"\n",
       "f.toml:2:13: error: parameter 'item' would be hidden: QFLOW_PARAMS of step 'a' has its foreach's item there; "
       "rename the parameter"},
      {around("[parameters.w]\ntype = \"int\"\ndefault = \"three\""),
       "f.toml:4:11: error: parameter 'w' must be an integer, is text 'three'"},
      {around("[parameters.w]\ntype = \"int\"\ndefault = 1.5"),
       "f.toml:4:11: error: parameter 'w' must be an integer, is the float 1.5"},
      {around("[parameters.w]\ntype = \"int\"\ndefault = 1\nmin = 2"),
       "f.toml:4:11: error: parameter 'w' must be at least 2, is 1"},
      {around("[parameters.w]\ntype = \"int\"\ndefault = 9\nmax = 2"),
       "f.toml:4:11: error: parameter 'w' must be at most 2, is 9"},
      {around("[parameters.w]\ndefault = \"c\"\nchoices = [\"a\", \"b\"]"),
       "f.toml:3:11: error: parameter 'w' must be one of 'a' and 'b', is text 'c'"},
      {around("[parameters.w]\ntype = \"int\"\nmin = 5\nmax = 2"),
       "f.toml:5:7: error: `max` is smaller than `min`; swap the two"},
      {around("[parameters.w]\nmin = 5"),
       "f.toml:3:7: error: `min` has no meaning for the type string; it needs int, float or datetime; for others list "
       "choices"},
      {around("[parameters.w]\ntype = \"int\"\nmax = \"x\""),
       "f.toml:4:7: error: parameter 'w' must be an integer, is text 'x'"},
      {around("[parameters.w]\nchoices = []"),
       "f.toml:3:11: error: `choices` must be a list of at least one value; write choices = [\"a\", \"b\"]"},
      {around("[parameters.w]\nchoices = \"a\""),
       "f.toml:3:11: error: `choices` must be a list of at least one value; write choices = [\"a\", \"b\"]"},
      {around("[parameters.w]\ntype = \"int\"\nmax = 2\nchoices = [1, 3]"),
       "f.toml:5:15: error: parameter 'w' must be at most 2, is 3"},
      {around("[parameters.w]\ntype = \"datetime\"\ndefault = \"yesterday\""),
       "f.toml:4:11: error: parameter 'w': 'yesterday' is not a date and time: it does not begin with a date; write it "
       "as '2026-11-20T10:00:00Z', '2026-11-20T10:00:00' (UTC) or '2026-11-20' (UTC)"},
      {around("[parameters.w]\ntype = \"datetime\"\ndefault = 10:00:00"),
       "f.toml:4:11: error: parameter 'w': '10:00:00' is not a date and time: it does not begin with a date; write it "
       "as '2026-11-20T10:00:00Z', '2026-11-20T10:00:00' (UTC) or '2026-11-20' (UTC)"},
      {around("[parameters.w]\nrequired = 1"),
       "f.toml:3:12: error: `required` must be a boolean; is an integer; write true or false"},
      {around("[parameters.w]\nhelp = 1"),
       "f.toml:3:8: error: `help` must be text; is an integer; write it in quotes: \"1\""},
      {around("[parameters.w]\ndefualt = 1"),
       "f.toml:3:1: error: unknown key 'defualt' in parameter 'w'; did you mean 'default'?"},
      {around("[parameters.w]\ntype = \"float\"\ndefault = inf"),
       "f.toml:4:11: error: a number must be finite; write a plain number, or leave the key out"},
  });
}

TEST_CASE("[run], [defaults], [hooks]") {
  check_rows({
      {around("[run]\nwhen_busy = \"wait\""),
       "f.toml:3:13: error: `when_busy` must be one of 'parallel', 'queue', 'coalesce', 'skip' and 'replace'; is "
       "'wait'"},
      {around("[run]\nmax_parallel = 0"), "f.toml:3:16: error: `max_parallel` must be between 1 and 1000000; is 0"},
      {around("[run]\njobs = -1"), "f.toml:3:8: error: `jobs` must be between 0 and 100000; is -1"},
      {around("[run]\njobs = \"4\""),
       "f.toml:3:8: error: `jobs` must be an integer; is text; write it without quotes: 4"},
      {around("[run]\ntimeout = \"0s\""),
       "f.toml:3:11: error: `timeout` must be longer than 0s; leave the key out for no limit"},
      {around("[run]\ntimeout = 60"),
       "f.toml:3:11: error: `timeout` must be a duration; is an integer; write \"60s\" for seconds"},
      {around("[run]\ntimeout = \"1 hour\""),
       "f.toml:3:11: error: `timeout`: '1 hour' is not a duration: a unit is missing after the number; write it as "
       "'90s', '1h30m' or '2d'; the units are ms, s, m, h, d, w"},
      {around("[run]\non_crash = \"retry\""),
       "f.toml:3:12: error: `on_crash` must be one of 'resume' and 'fail'; is 'retry'"},
      {around("[run]\nkeep = \"-1d\""),
       "f.toml:3:8: error: `keep`: '-1d' is not a duration: a number is missing; write it as '90s', '1h30m' or '2d'; "
       "the units are ms, s, m, h, d, w"},
      {around("[run]\nretries = 1"), "f.toml:3:1: error: key 'retries' belongs to a step or in [defaults]"},
      {around("[defaults]\nneeds = [\"a\"]"),
       "f.toml:3:1: error: key 'needs' belongs to a single step, it is not inherited"},
      {around("[defaults]\nshel = \"sh\""),
       "f.toml:3:1: error: unknown key 'shel' in [defaults]; did you mean 'shell'?"},
      {around("[defaults]\nretries = 1001"), "f.toml:3:11: error: `retries` must be between 0 and 1000; is 1001"},
      {around("[hooks]\non_failure = 1"),
       "f.toml:3:14: error: `on_failure` must be text; is an integer; write it in quotes: \"1\""},
      {around("[hooks]\non_failure = \"\""),
       "f.toml:3:14: error: `on_failure` is empty; leave the key out or give it a text"},
      {around("[hooks]\non_sucess = \"x\""),
       "f.toml:3:1: error: unknown key 'on_sucess' in [hooks]; did you mean 'on_success'?"},
  });
}

TEST_CASE("steps") {
  check_rows({
      {std::string(kHead) + "[[steps]]\nrun = \"true\"\n",
       "f.toml:2:1: error: missing key 'id' in step; add id = \"...\""},
      {std::string(kHead) + "[[steps]]\nid = \"a-b\"\n",
       "f.toml:3:6: error: 'a-b' is not a valid step id; use letters, digits and '_', first a letter or '_', at most "
       "128"},
      {std::string(kHead) + "[[steps]]\nid = \"" + std::string(129, 's') + "\"\n",
       "f.toml:3:6: error: 'ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss...' is "
       "not a valid step id; use letters, digits and '_', first a letter or '_', at most 128"},
      {std::string(kHead) + kStep + kStep,
       "f.toml:6:6: error: two steps have the id 'a'; the first is in line 3; rename one"},
      {in_step("exec = [\"true\"]"),
       "f.toml:5:8: error: a step has either `run` or `exec`, not both; run takes text for the shell, exec a list of "
       "arguments; remove one of them"},
      {std::string(kHead) + "[[steps]]\nid = \"a\"\nexec = []\n",
       "f.toml:4:8: error: `exec` is empty; give a program and its arguments, or leave the key out for a step that "
       "only joins or publishes"},
      {std::string(kHead) + "[[steps]]\nid = \"a\"\nexec = [\"\"]\n",
       "f.toml:4:9: error: the program of `exec` is empty; the first element names the program"},
      {std::string(kHead) + "[[steps]]\nid = \"a\"\nexec = \"true\"\n",
       "f.toml:4:8: error: `exec` must be a list of text; is text; write it in brackets: [\"true\"]"},
      {std::string(kHead) + "[[steps]]\nid = \"a\"\nexec = [\"a\", 1]\n",
       "f.toml:4:14: error: each element of `exec` must be text; this is an integer; write it in quotes: \"1\""},
      {std::string(kHead) + "[[steps]]\nid = \"a\"\nexec = [\"a\\u0000\"]\n",
       "f.toml:4:9: error: `exec` contains a NUL character; programs can't be given one"},
      {std::string(kHead) + "[[steps]]\nid = \"a\"\nrun = \"\"\n",
       "f.toml:4:7: error: `run` is empty; leave the key out or give it a text"},
      {std::string(kHead) + "[[steps]]\nid = \"a\"\nrun = \"a\\u0000b\"\n",
       "f.toml:4:7: error: `run` contains a NUL character; programs can't be given one"},
      {in_step("needs = [\"b\"]"), "f.toml:5:10: error: there is no step 'b'; known: a"},
      {in_step("needs = \"b\""),
       "f.toml:5:9: error: `needs` must be a list of text; is text; write it in brackets: [\"b\"]"},
      {in_step("needs = [\"a\"]"), "f.toml:5:10: error: step 'a' needs itself; remove the name"},
      {std::string(kHead) + "[[steps]]\nid = \"load\"\n[[steps]]\nid = \"b\"\nneeds = [\"laod\"]\n",
       "f.toml:6:10: error: there is no step 'laod'; did you mean 'load'?"},
      {std::string(kHead) + "[[steps]]\nid = \"x\"\n[[steps]]\nid = \"y\"\nneeds = [\"x\", \"x\"]\n",
       "f.toml:6:15: error: `needs` names 'x' twice; remove one of the two"},
      {in_step("when = true"), "f.toml:5:8: error: `when` must be text; is a boolean; write it in quotes: \"true\""},
      {in_step("foreach = [1]"), "f.toml:5:11: error: `foreach` must be text; is a list"},
      {in_step("shell = \"\""), "f.toml:5:9: error: `shell` is empty; leave the key out or give it a text"},
      {in_step("workdir = \"\""), "f.toml:5:11: error: `workdir` is empty; leave the key out or give it a text"},
      {in_step("env = { A = 1 }"), "f.toml:5:13: error: `A` must be text; is an integer; write it in quotes: \"1\""},
      {in_step("env = { \"A-B\" = \"1\" }"),
       "f.toml:5:9: error: 'A-B' is not a valid environment variable name; use letters, digits and '_', first a letter "
       "or '_'"},
      {in_step("env = { QFLOW_RUN = \"1\" }"),
       "f.toml:5:9: error: environment variable 'QFLOW_RUN' begins with QFLOW_; those names are set by qflow itself; "
       "choose another"},
      {in_step("env = { \"\" = \"1\" }"),
       "f.toml:5:9: error: the environment variable name is empty; use letters, digits and '_', first a letter or '_'"},
      {in_step("env = [\"A=1\"]"),
       "f.toml:5:7: error: `env` must be a table; is a list; write [env] instead of [[env]]"},
      {in_step("secrets = [\"../x\"]"),
       "f.toml:5:12: error: '../x' is not a valid secret name; use letters, digits and '_', first a letter or '_'"},
      {in_step("secrets = [\"QFLOW_X\"]"),
       "f.toml:5:12: error: secret 'QFLOW_X' begins with QFLOW_; those names are set by qflow itself; choose another"},
      {in_step("secrets = [\"A\", \"A\"]"), "f.toml:5:17: error: `secrets` names 'A' twice; remove one of the two"},
      {in_step("secrets = [\"A\"]\nenv = { A = \"1\" }"),
       "f.toml:5:12: error: 'A' is a secret and a variable of `env`; remove one of the two"},
      {in_step("timeout = \"0ms\""),
       "f.toml:5:11: error: `timeout` must be longer than 0s; leave the key out for no limit"},
      {in_step("retries = -1"), "f.toml:5:11: error: `retries` must be between 0 and 1000; is -1"},
      {in_step("retries = 1.5"), "f.toml:5:11: error: `retries` must be an integer; is a float"},
      {in_step("retry_backoff = 0.5"), "f.toml:5:17: error: `retry_backoff` must be between 1 and 1000; is 0.5"},
      {in_step("retry_delay = \"soon\""),
       "f.toml:5:15: error: `retry_delay`: 'soon' is not a duration: a number is missing; write it as '90s', '1h30m' "
       "or '2d'; the units are ms, s, m, h, d, w"},
      {in_step("allow_failure = \"true\""),
       "f.toml:5:17: error: `allow_failure` must be a boolean; is text; write it without quotes: true"},
      {in_step("runn = \"x\""), "f.toml:5:1: error: unknown key 'runn' in step; did you mean 'run'?"},
      {in_step("on_failure = \"x\""), "f.toml:5:1: error: key 'on_failure' belongs in [hooks]"},
  });
}

TEST_CASE("cycles are printed as the path, each of them") {
  const std::string two_cycles =
      "id = \"F\"\n"
      "[[steps]]\nid = \"a\"\nneeds = [\"c\"]\n"
      "[[steps]]\nid = \"b\"\nneeds = [\"a\"]\n"
      "[[steps]]\nid = \"c\"\nneeds = [\"b\"]\n"
      "[[steps]]\nid = \"d\"\nneeds = [\"e\"]\n"
      "[[steps]]\nid = \"e\"\nneeds = [\"d\", \"a\"]\n";
  check_rows({
      {"id = \"F\"\n[[steps]]\nid = \"a\"\nneeds = [\"b\"]\n[[steps]]\nid = \"b\"\nneeds = [\"a\"]\n",
       "f.toml:4:10: error: steps need each other: a → b → a; remove one of these needs"},
      {two_cycles,
       "f.toml:4:10: error: steps need each other: a → b → c → a; remove one of these needs\n"
       "f.toml:13:10: error: steps need each other: d → e → d; remove one of these needs"},
  });
}

TEST_CASE("publish") {
  check_rows({
      {in_step("publish = { event = \"x\" }"),
       "f.toml:5:11: error: `publish` must be a list of tables; is a table; write [[publish]] instead of [publish]"},
      {in_step("publish = [\"x\"]"), "f.toml:5:12: error: each element of `publish` must be a table; this is text"},
      {in_step("publish = [{ payload = {} }]"),
       "f.toml:5:12: error: missing key 'event' in publish; add event = \"...\""},
      {in_step("publish = [{ event = \"a/b\" }]"),
       "f.toml:5:22: error: 'a/b' is not a valid event name; use letters, digits, '_', '.' and '-', at most 255"},
      {in_step("publish = [{ event = \"qflow.run.F\" }]"),
       "f.toml:5:22: error: 'qflow.run.F' is a name that only qflow publishes; choose a name that does not begin with "
       "'qflow.'"},
      {in_step("publish = [{ event = \"x\", payload = 1 }]"),
       "f.toml:5:37: error: `payload` must be a table; is an integer; write payload = { name = value }"},
      {in_step("publish = [{ event = \"x\", payload = \"text\" }]"),
       "f.toml:5:37: error: `payload` must be a table; is text; write payload = { name = value }"},
      {in_step("publish = [{ event = \"x\", namespaced = true }]"),
       "f.toml:5:40: error: `namespaced` needs a project; add [project] with a name to the file"},
      {in_step("publish = [{ event = \"x\", valeu = \"1\" }]"),
       "f.toml:5:27: error: unknown key 'valeu' in publish; did you mean 'value'?"},
      {in_step("publish = [{ event = \"x\", value = 1 }]"),
       "f.toml:5:35: error: `value` must be text; is an integer; write it in quotes: \"1\""},
      {in_step("publish = [{ event = \"x\", idempotency_key = \"\" }]"),
       "f.toml:5:45: error: the idempotency key is empty; leave it out, or give what is new for a new event"},
      {in_step("publish = [{ event = \"x\", safe = 1 }]"),
       "f.toml:5:34: error: `safe` must be a boolean; is an integer; write true or false"},
  });
}

TEST_CASE("[[tests]]") {
  check_rows({
      {around("[[tests]]\nexpect = [{ none = true }]"),
       "f.toml:2:1: error: missing key 'name' in test; add name = \"...\""},
      {around("[[tests]]\nname = \"t\"\ngiven = [1]\nexpect = [{ none = true }]"),
       "f.toml:4:10: error: each element of `given` must be a table; this is an integer"},
      {around("[[tests]]\nname = \"t\"\ngiven = [{ event = \"x\" }]\nexpect = [{ none = true }]"),
       "f.toml:4:10: error: missing key 'at' in given; say when it happens: at = \"2026-03-01T09:00:00Z\""},
      {around("[[tests]]\nname = \"t\"\ngiven = [{ at = \"noon\" }]\nexpect = [{ none = true }]"),
       "f.toml:4:17: error: `at`: 'noon' is not an RFC 3339 instant: it does not begin with a date; write it as "
       "'2026-11-20T10:00:00Z' or '2026-11-20T10:00:00+01:00'"},
      {around("[[tests]]\nname = \"t\"\ngiven = [{ at = \"2026-03-01T09:00:00Z\", event = \"x\", run = \"F\" "
              "}]\nexpect = [{ none = true }]"),
       "f.toml:4:10: error: given has several of `event`, `run` and `sensor`; write a table for each"},
      {around("[[tests]]\nname = \"t\"\ngiven = [{ at = \"2026-03-01T09:00:00Z\", run = \"F\", status = \"done\" "
              "}]\nexpect = [{ none = true }]"),
       "f.toml:4:61: error: `status` must be one of 'succeeded', 'failed', 'cancelled' and 'crashed'; is 'done'"},
      {around("[[tests]]\nname = \"t\"\nexpect = { none = true }"),
       "f.toml:4:10: error: `expect` must be a list of tables; is a table; write [[expect]] instead of [expect]"},
      {around("[[tests]]\nname = \"t\"\nexpect = [{ none = true }, { trigger = \"x\" }]"),
       "f.toml:4:11: error: `none` stands alone; nothing fires: expect has no other entry"},
      {around("[[tests]]\nname = \"t\"\nexpect = [{ outcome = \"maybe\" }]"),
       "f.toml:4:23: error: `outcome` must be one of 'waiting', 'fired', 'superseded', 'expired', 'filtered', "
       "'skipped', 'coalesced' and 'stopped'; is 'maybe'"},
      {around(
           "[[tests]]\nname = \"t\"\nexpect = [{ none = true }]\n[[tests]]\nname = \"t\"\nexpect = [{ none = true }]"),
       "f.toml:6:8: error: two tests are named 't'; rename one"},
      {around("[[tests]]\nname = \"t\""),
       "f.toml:2:1: error: missing key 'expect' in test; list every firing, or write [{ none = true }]"},
      {around("[[tests]]\nname = \"t\"\nexpect = []"),
       "f.toml:4:10: error: `expect` is empty; list every firing, or write [{ none = true }]"},
      {around("[[tests]]\nname = \"t\"\nexpect = [{ none = true, trigger = \"x\" }]"),
       "f.toml:4:20: error: `none` stands alone; it says that nothing fires; remove the other keys"},
      {around("[[tests]]\nname = \"t\"\nexpect = [{ trigger = \"a b\" }]"),
       "f.toml:4:23: error: 'a b' is not a valid trigger id; use letters, digits, '_' and '-', first a letter or '_', "
       "at most 128"},
      {around("[[tests]]\nname = \"t\"\ngivne = []\nexpect = [{ none = true }]"),
       "f.toml:4:1: error: unknown key 'givne' in test; did you mean 'given'?"},
  });
}

TEST_CASE("one pass reports every problem, in the order of the file") {
  const std::string text =
      "id = \"my flow\"\n"
      "colour = \"red\"\n"
      "[run]\n"
      "jobs = -1\n"
      "[[steps]]\n"
      "needs = [\"nowhere\"]\n"
      "timeout = 5\n";
  check_rows({{text,
               "f.toml:1:6: error: 'my flow' is not a valid flow id; use letters, digits, '_' and '-', first a letter "
               "or '_', at most 128\n"
               "f.toml:2:1: error: unknown key 'colour' in the flow file; qflow help flow-file lists the keys\n"
               "f.toml:4:8: error: `jobs` must be between 0 and 100000; is -1\n"
               "f.toml:5:1: error: missing key 'id' in step; add id = \"...\"\n"
               "f.toml:6:10: error: there is no step 'nowhere'\n"
               "f.toml:7:11: error: `timeout` must be a duration; is an integer; write \"5s\" for seconds"}});
}

TEST_CASE("the source line and a caret follow") {
  const std::string text = "id = \"F\"\n[run]\n\tjobs = -1 # é\n[[steps]]\nid = \"a\"\n";
  const FlowFile file = parse_flow_file(text, "dir/f.toml", "/flows");
  CHECK(file.diagnostics.render() ==
        "dir/f.toml:3:9: error: `jobs` must be between 0 and 100000; is -1\n"
        "\tjobs = -1 # é\n"
        "\t       ^\n");
}

TEST_CASE("hostile input is an error or a flow, never a crash") {
  const std::vector<std::string> texts = {
      "\xFF\xFE",
      std::string(1000, '['),
      std::string(5000, '.'),
      std::string("\0", 1),
      "id = '''",
      "=",
      "\r",
      "[[[",
      "id = \"\\uD800\"",
      std::string(1 << 16, 'a'),
      "\xEF\xBB\xBF",
      "\xEF\xBB\xBF\xEF\xBB\xBFid = \"F\"\n",
  };
  for (const std::string& text : texts) {
    CAPTURE(text.substr(0, 20));
    CHECK_FALSE(parse_flow_file(text, "f.toml", "/").diagnostics.list().empty());
  }
}

}  // namespace
}  // namespace qflow
