#include "qflow/service/local_run.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "qflow/model/step_state.h"
#include "qflow/service/run_objects.h"
#include "step_text.h"
#include "support/test_home.h"

namespace qflow {
namespace {

// Task 0 fails, and task 1 ends some time after qflow has taken notice.
const std::string kFailsBesideAnother = R"sh(
if [ $QFLOW_INDEX = 0 ]; then echo $$ > failing; exit 7; fi
until test -s failing && ! kill -0 $(cat failing) 2> /dev/null; do sleep 0.01; done
sleep 0.1
)sh";

TEST_CASE("a cancellation that was meant for an earlier run of this process is not heard") {
  TestHome home;
  StopSignals signals;
  for (const int signal : {kCancelSignal, kReplaceSignal}) std::raise(signal);
  const LoadedFlow flow = home.load("id = \"F\"\n" + step("a", "run = 'sleep 0.1'"));
  CHECK(run_locally(flow, {}, home.doors(), &signals, home.seen).value().status == RunStatus::kSucceeded);
  std::raise(SIGTERM);
  const RunResult ended = run_locally(flow, {}, home.doors(), &signals, home.seen).value();
  CHECK(ended.status == RunStatus::kCancelled);
  CHECK(ended.signal == SIGTERM);
}

TEST_CASE("runs end as their steps do") {
  struct Row {
    std::string what;
    std::string steps;
    RunStatus status;
    std::string reason;
    std::string steps_after;
  };
  const std::vector<Row> rows{
      {"nothing to do", "", RunStatus::kSucceeded, "", ""},
      {"one step", step("a", "run = 'true'"), RunStatus::kSucceeded, "", "a=succeeded"},
      {"exit status", step("a", "run = 'exit 3'"), RunStatus::kFailed, "step a: exit status 3", "a=failed"},
      {"signal", step("a", "run = 'kill -9 $$'"), RunStatus::kFailed, "step a: signal 9 (SIGKILL)", "a=failed"},
      {"sh -e", step("a", "run = \"false\\ntrue\""), RunStatus::kFailed, "step a: exit status 1", "a=failed"},
      {"sh -u", step("a", "run = 'echo $NO_SUCH_VARIABLE'"), RunStatus::kFailed, "step a: exit status 2", "a=failed"},
      {"bash with pipefail", step("a", "shell = 'bash'\nrun = 'false | true'"), RunStatus::kFailed,
       "step a: exit status 1", "a=failed"},
      {"any interpreter", step("a", "shell = 'python3'\nrun = 'import sys; sys.exit(4)'"), RunStatus::kFailed,
       "step a: exit status 4", "a=failed"},
      {"exec takes no shell", step("a", "exec = ['test', '$HOME', '=', '$HOME']"), RunStatus::kSucceeded, "",
       "a=succeeded"},
      {"what follows a failure does not start", step("a", "run = 'false'") + step("b", "needs = ['a']\nrun = 'true'"),
       RunStatus::kFailed, "step a: exit status 1", "a=failed"},
      {"what follows a failed task does not start while others run",
       "[run]\njobs = 2\n" + step("a", "foreach = '[0, 1]'\nrun = \"\"\"" + kFailsBesideAnother + "\"\"\"") +
           step("b", "run = 'true'"),
       RunStatus::kFailed, "step a: a[0]: exit status 7", "a=failed"},
      {"an allowed failure",
       step("a", "run = 'false'\nallow_failure = true") + step("b", "needs = ['a']\nrun = 'true'"),
       RunStatus::kSucceeded, "", "a=failed b=succeeded"},
      {"when is false", step("a", "when = '1 > 2'\nrun = 'false'") + step("b", "needs = ['a']\nrun = 'false'"),
       RunStatus::kSucceeded, "", "a=skipped b=skipped"},
      {"when is an error",
       step("a", "when = 'params.p.q == 1'\nrun = 'true'") + "[parameters.p]\ntype = 'json'\ndefault = 1\n",
       RunStatus::kFailed, "", "a=failed"},
      {"a step without a command joins",
       step("a", "run = 'true'") + step("b", "run = 'true'") + step("c", "needs = ['a', 'b']"), RunStatus::kSucceeded,
       "", "a=succeeded b=succeeded c=succeeded"},
      {"timeout", step("a", "timeout = '100ms'\nrun = 'sleep 20'"), RunStatus::kFailed, "step a: timed out",
       "a=failed"},
      {"timeout of the run", "[run]\ntimeout = '1s'\n" + step("a", "run = 'sleep 20'"), RunStatus::kFailed, "timed out",
       "a=cancelled"},
      {"a retry succeeds", step("a", "retries = 1\nrun = 'test $QFLOW_ATTEMPT = 2'"), RunStatus::kSucceeded, "",
       "a=succeeded"},
      {"retries end", step("a", "retries = 1\nrun = 'exit 7'"), RunStatus::kFailed, "step a: exit status 7",
       "a=failed"},
      {"foreach", step("a", "foreach = '[1, 2, 3]'\nrun = 'test $QFLOW_ITEM = $(($QFLOW_INDEX + 1))'"),
       RunStatus::kSucceeded, "", "a=succeeded"},
      {"foreach over nothing", step("a", "foreach = '[]'\nrun = 'false'"), RunStatus::kSucceeded, "", "a=succeeded"},
      {"foreach over no list",
       "[parameters.p]\ntype = 'json'\ndefault = 5\n" + step("a", "foreach = 'params.p'\nrun = 'true'"),
       RunStatus::kFailed, "", "a=failed"},
      {"a program that does not exist", step("a", "exec = ['no-such-program-here']"), RunStatus::kFailed, "",
       "a=failed"},
      {"a folder that does not exist", step("a", "workdir = 'nowhere'\nrun = 'true'"), RunStatus::kFailed, "",
       "a=failed"},
      {"invalid JSON in QFLOW_OUT", step("a", "run = 'echo nonsense > $QFLOW_OUT/x.json'"), RunStatus::kFailed, "",
       "a=failed"},
  };
  TestHome home;
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto result = home.run(kHead + row.steps);
    REQUIRE_MESSAGE(result.has_value(), (result ? "" : to_text(result.error())));
    CHECK(to_text(result->status) == to_text(row.status));
    if (!row.reason.empty() || row.status == RunStatus::kSucceeded) CHECK(result->reason == row.reason);
    CHECK(home.step_statuses(result->run.text()) == row.steps_after);
  }
}

TEST_CASE("with fail-fast the other tasks of a foreach end too") {
  struct Row {
    std::string tasks;
    std::string reason;
    std::string attempts;
  };
  const Row rows[] = {
      {"run = 'test $QFLOW_INDEX = 1 || exit 7; sleep 60'", "step a: a[0]: exit status 7",
       "a[0]#1=failed a[1]#1=cancelled"},
      // Task 0 waits for its second attempt when task 1 fails for good.
      {R"toml(retries = 1
retry_delay = "2s"
run = """
case $QFLOW_INDEX/$QFLOW_ATTEMPT in
0/1) echo $$ > failing; until test -e again; do sleep 0.01; done; exit 7 ;;
1/1) exit 8 ;;
1/2) touch again; until test -s failing && ! kill -0 $(cat failing) 2> /dev/null; do sleep 0.01; done; exit 9 ;;
*) sleep 60 ;;
esac
""")toml",
       "step a: a[1]: exit status 9", ""},
  };
  LocalRunRequest request;
  request.execution.on_failure = OnFailure::kEndRunning;
  for (const Row& row : rows) {
    CAPTURE(row.tasks);
    TestHome home;
    const auto run = home.run(kHead + "[run]\njobs = 2\n" + step("a", "foreach = '[0, 1]'\n" + row.tasks), request);
    REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
    CHECK(run->reason == row.reason);
    CHECK(home.step_statuses("F/1") == "a=failed");
    if (!row.attempts.empty()) CHECK(home.attempt_statuses("F/1") == row.attempts);
    const auto steps = home.store().ledger().steps(run->run).value();
    CHECK("step a: " + steps.front().reason == run->reason);
  }
}

TEST_CASE("a skipped step says which term was false") {
  TestHome home;
  const auto run =
      home.run(kHead + "[parameters.window]\ndefault = 1\n" + step("a", "when = 'params.window > 1'\nrun = 'true'"));
  REQUIRE(run);
  const auto steps = home.store().ledger().steps(run->run).value();
  CHECK(steps.front().reason == "params.window > 1 is false: params.window is 1");
}

TEST_CASE("what a step sees of its run") {
  TestHome home;
  const std::string toml = kHead + R"toml(
[parameters.window]
default = 3
[parameters.name]
type = "string"
default = "a b"
[parameters.none]
type = "string"
[[steps]]
id = "look"
env = { MODE = "{{ params.window + 1 }}", SAID = "{{ '{{' }}" }
run = '''
echo "$QFLOW_FLOW $QFLOW_RUN $QFLOW_STEP $QFLOW_TASK $QFLOW_ATTEMPT"
echo "$QFLOW_PARAM_window|$QFLOW_PARAM_name|${QFLOW_PARAM_none-unset}|$MODE|$SAID"
cat "$QFLOW_PARAMS"
ls -A "$QFLOW_IN" "$QFLOW_OUT" | tr '\n' ' '; echo
echo "${QFLOW_TRIGGER-none} ${QFLOW_STORE##*/} $QFLOW_BIN ${QFLOW_INDEX-none} ${QFLOW_CONTEXT-none}"
test "$(pwd)" = "$HERE" && test ! -t 0 && wc -c < /dev/stdin
echo oops >&2
'''
)toml";
  home.environment["HERE"] = home.folder.string();
  home.environment["QFLOW_INDEX"] = "7";  // of a run that this one is started from
  const auto run = home.run(toml);
  REQUIRE(run);
  CHECK(run->status == RunStatus::kSucceeded);
  auto lines = home.seen.lines;
  const auto oops = std::find(lines.begin(), lines.end(), "look ! oops");
  REQUIRE(oops != lines.end());
  lines.erase(oops);
  REQUIRE(lines.size() >= 6);
  CHECK(lines[0] == "look | F F/1 look F/1/look 1");
  CHECK(lines[1] == "look | 3|a b|unset|4|{{");
  CHECK(lines[2] == R"(look | {"name":"a b","none":null,"window":3})");
  CHECK(lines.back() == "look | 0");
  CHECK(lines[lines.size() - 2] == "look | none .qflow /qflow none none");
  const std::string log = home.read(".qflow/runs/F/1/steps/look/1/log");
  CHECK(log.find(" out F F/1 look") != std::string::npos);
  CHECK(log.find(" err oops\n") != std::string::npos);
}

TEST_CASE("of parameters that are too large together the longest are left out of the environment") {
  TestHome home;
  std::string toml = kHead;
  for (int i = 0; i < 40; ++i) {
    toml += fmt::format("[parameters.p{}]\ntype = \"string\"\ndefault = \"{}\"\n", i, std::string(60'000 + i % 2, 'x'));
  }
  toml += "[parameters.small]\ntype = \"string\"\ndefault = \"y\"\n";
  const auto run = home.run(toml + step("a", R"(run = '''
env | grep -c ^QFLOW_PARAM_p
echo "$QFLOW_PARAM_p0 $QFLOW_PARAM_small" | tail -c 4
wc -c < "$QFLOW_PARAMS"
''')"));
  REQUIRE(run);
  REQUIRE_MESSAGE(run->status == RunStatus::kSucceeded, run->reason);
  REQUIRE(home.seen.lines.size() == 3);
  CHECK(home.seen.lines[0] == "a | 17");
  CHECK(home.seen.lines[1] == "a | x y");
  CHECK(home.seen.lines[2].starts_with("a | 2400"));
}

TEST_CASE("output of every shape survives") {
  TestHome home;
  const auto run = home.run(kHead +
                            "[[steps]]\nid = \"a\"\nshell = \"python3\"\nrun = '''\nimport sys\n"
                            "sys.stdout.buffer.write(b'x' * 200000 + b'\\n\\x00\\xff\\nlast')\n'''\n");
  REQUIRE(run);
  std::size_t xs = 0;
  for (const std::string& line : home.seen.lines)
    xs += static_cast<std::size_t>(std::count(line.begin(), line.end(), 'x'));
  CHECK(xs == 200'000);
  CHECK(home.seen.lines.back() == "a | last");
  CHECK(home.seen.lines[home.seen.lines.size() - 2] == std::string("a | \0\xff", 6));
}

TEST_CASE("children that a step leaves are ended, pipes that others hold are not waited for") {
  TestHome home;
  const auto run = home.run(kHead + step("a", "run = 'sleep 1000 & echo $! > pid; echo done'"));
  REQUIRE(run);
  CHECK(run->status == RunStatus::kSucceeded);
  const int pid = std::stoi(home.read("pid"));
  CHECK(kill(pid, 0) != 0);
  const auto stranger = home.run(kHead + step("a", "run = 'setsid sleep 3 & echo done'"));
  REQUIRE(stranger);
  CHECK(stranger->status == RunStatus::kSucceeded);
}

TEST_CASE("parameters come from -p, from events, from defaults") {
  const std::string toml = kHead +
                           "[parameters.latest]\ndefault = \"2023-05-01\"\n[parameters.window]\ndefault = 3\n"
                           "[parameters.must]\ntype = \"int\"\nrequired = true\n" +
                           "[[triggers]]\ntype = \"event\"\nevent = \"data_updated\"\n" + step("a", "run = 'true'");
  TestHome home;
  LocalRunRequest request;
  const auto missing = home.run(toml, request);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::kInvalid);
  CHECK(missing.error().message.find("must") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(home.folder / ".qflow"));

  request.parameters = {"must=1", "window=9"};
  request.triggers = {R"({"name": "data_updated", "payload": {"LATEST": "2026-11-20", "window": 5, "other": 1}})"};
  const auto run = home.run(toml, request);
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  const Run stored = home.store().ledger().find_run(run->run).value();
  CHECK(to_compact(stored.params) == R"({"latest":"2026-11-20","must":1,"window":9})");

  for (const std::string bad : {"window=x", "windo=1", "window", "=1"}) {
    CAPTURE(bad);
    request.parameters = {"must=1", bad};
    CHECK_FALSE(home.run(toml, request));
  }
  CHECK(home.store().ledger().list_runs({}).value().size() == 1);
}

TEST_CASE("steps find the Python module wherever the store is") {
  for (const std::string name : {"plain", "a:b"}) {
    CAPTURE(name);
    TestHome home;
    home.store_option = (home.folder / name).string();
    home.environment["PYTHONPATH"] = home.folder.string();
    home.write("mine.py", "");
    const auto run = home.run(kHead +
                              step("a",
                                   "shell = 'python3'\nrun = 'import mine; from qflow import current; "
                                   "print(current.trigger)'") +
                              step("b",
                                   "needs = ['a']\nenv = { PYTHONPATH = '.' }\nworkdir = '/'\n"
                                   "shell = 'python3'\nrun = 'from qflow import current; print(1)'"));
    REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
    CHECK(run->reason == "");
    CHECK(home.seen.lines.size() == 2);
  }
}

TEST_CASE("a hook is called for the way that the run ended") {
  struct Row {
    std::string command;
    std::string said;
  };
  const std::vector<Row> rows{{"true", "hook | good succeeded  F/1"},
                              {"exit 3", "hook | bad failed step a: exit status 3 F/2"}};
  TestHome home;
  for (const Row& row : rows) {
    const auto run = home.run(kHead + step("a", "run = '" + row.command + "'") +
                              "[hooks]\non_success = 'echo good $QFLOW_STATUS \"$QFLOW_REASON\" $QFLOW_RUN; exit 1'\n"
                              "on_failure = 'echo bad $QFLOW_STATUS $QFLOW_REASON $QFLOW_RUN'\n");
    REQUIRE(run);
    CHECK(home.seen.lines == std::vector<std::string>{row.said});
  }
  CHECK(home.seen.notes.empty());
  CHECK(home.read(".qflow/runs/F/2/hook.log").find("bad failed") != std::string::npos);
}

TEST_CASE("a hook may be longer than an argument of a program") {
  TestHome home;
  const std::string text = "# " + std::string(200'000, 'x') + "\necho good $QFLOW_STATUS\nfalse\necho not reached\n";
  REQUIRE(home.run(kHead + step("a", "run = 'true'") + "[hooks]\non_success = '''\n" + text + "'''\n"));
  CHECK(home.seen.lines == std::vector<std::string>{"hook | good succeeded"});
  CHECK(home.seen.notes == std::vector<std::string>{"a hook of F/1: it failed; its output is in " +
                                                    (home.folder / ".qflow/runs/F/1/hook.log").string()});
}

TEST_CASE("a run keeps the text that it was made from, whatever the file says later") {
  TestHome home;
  const std::string first = kHead + step("a", "run = 'echo 1 > $QFLOW_OUT/n.json'");
  const std::string second = kHead + step("b", "run = 'echo 2 > $QFLOW_OUT/n.json'");
  for (const std::string& text : {first, second, first}) {
    const auto run = home.run(text);
    REQUIRE(run);
    const Run stored = home.store().ledger().find_run(run->run).value();
    CHECK(recorded_flow(home.store(), stored).value()->text == text);
    const auto data = run_data(home.store(), stored).value();
    CHECK(to_compact(data->whole().value()) == (text == second ? R"({"n":2})" : R"({"n":1})"));
  }
}

TEST_CASE("jobs bound what runs at once") {
  // Each step counts the marks of those that run, and leaves the greatest number that it saw.
  const std::string body =
      "run = 'mkdir -p marks; touch marks/$QFLOW_STEP; sleep 0.1; ls marks | wc -l > $QFLOW_OUT/seen.json; rm "
      "marks/$QFLOW_STEP'";
  for (const int jobs : {1, 2}) {
    TestHome home;
    std::string toml = kHead + "[run]\njobs = " + std::to_string(jobs) + "\n";
    for (const std::string id : {"a", "b", "c", "d"}) toml += step(id, body);
    const auto run = home.run(toml);
    REQUIRE(run);
    REQUIRE_MESSAGE(run->status == RunStatus::kSucceeded, run->reason);
    int most = 0;
    const std::vector<Artifact> artifacts = home.store().ledger().artifacts(run->run).value();
    for (const Artifact& artifact : artifacts) {
      most = std::max(most, artifact_value(home.store(), artifact)->json()->get<int>());
    }
    CHECK(most == jobs);
  }
}

TEST_CASE("a task that never starts leaves no folder") {
  TestHome home;
  const auto run = home.run(kHead + "[run]\njobs = 1\n" + step("a", "foreach = '[1, 2, 3]'\nrun = 'exit 1'"));
  REQUIRE(run);
  CHECK(run->status == RunStatus::kFailed);
  std::vector<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(home.store().layout().run_outputs(run->run))) {
    folders.push_back(entry.path().filename().string());
  }
  CHECK(folders == std::vector<std::string>{"a.0.1"});
}

TEST_CASE("tasks of a foreach use the same folders and files again, and find them as new ones") {
  TestHome home;
  const std::string body =
      "'''\n"
      "cat \"$QFLOW_PARAMS\" >>seen; basename -a \"$QFLOW_PARAMS\" \"$QFLOW_OUT\" >>seen\n"
      "stat -c %a \"$QFLOW_OUT\" \"$QFLOW_PARAMS\" >>seen; ls -A \"$QFLOW_OUT\" >>seen\n"
      "case $QFLOW_INDEX in\n"
      "  1) chmod 777 \"$QFLOW_OUT\" ;;\n"
      "  2) ln \"$QFLOW_PARAMS\" kept ;;\n"
      "  3) rm \"$QFLOW_PARAMS\" ;;\n"
      "  4) chmod 666 \"$QFLOW_PARAMS\"; mkdir \"$QFLOW_OUT/x\"; rmdir \"$QFLOW_OUT/x\" ;;\n"
      "  5) echo 5 >\"$QFLOW_OUT/left.json\" ;;\n"
      "esac\n'''";
  const auto run = home.run(kHead + "[run]\njobs = 1\n" +
                            step("a", "foreach = '[\"a longer text\", 1, 2, 3, 4, 5, 6, 7, 8]'\nrun = " + body));
  REQUIRE(run);
  REQUIRE_MESSAGE(run->status == RunStatus::kSucceeded, run->reason);
  std::string expected;
  for (int i = 0; i < 9; ++i) {
    const std::string item = i == 0 ? "\"a longer text\"" : std::to_string(i);
    expected += fmt::format("{{\"index\":{0},\"item\":{1}}}\na.{0}.1.json\na.{0}.1\n700\n600\n", i, item);
  }
  CHECK(home.read("seen") == expected);
  CHECK(home.read("kept") == "{\"index\":2,\"item\":2}\n");
  const std::filesystem::directory_iterator folders(home.store().layout().run_outputs(run->run));
  CHECK(std::distance(begin(folders), end(folders)) <= 4);  // two in turns, and those that were changed
}

TEST_CASE("a step has a folder of its own, also after a foreach") {
  TestHome home;
  const auto run =
      home.run(kHead + step("a", "foreach = '[1]'\nrun = 'true'") + step("b", "needs = ['a']\nrun = 'true'"));
  REQUIRE(run);
  const Path outputs = home.store().layout().run_outputs(run->run);
  CHECK(std::filesystem::exists(outputs / "a.0.1"));
  CHECK(std::filesystem::exists(outputs / "b.1"));
}

TEST_CASE("an attempt keeps its file of parameters while others come and go") {
  TestHome home;
  const auto run = home.run(kHead + "[run]\njobs = 2\n" +
                            step("a",
                                 "foreach = '[1, 2, 3, 4]'\nretries = 1\nretry_delay = '0s'\nretry_backoff = 1.0\n"
                                 "run = '''\nsleep 0.05\n"
                                 "grep -q '\"index\":'$QFLOW_INDEX, \"$QFLOW_PARAMS\" || exit 9\n"
                                 "test $QFLOW_ATTEMPT = 2\n'''"));
  REQUIRE(run);
  CHECK_MESSAGE(run->status == RunStatus::kSucceeded, run->reason);
}

TEST_CASE("retries wait, longer each time") {
  TestHome home;
  const auto run =
      home.run(kHead + step("a", "retries = 2\nretry_delay = '50ms'\nretry_backoff = 3.0\nrun = 'exit 1'"));
  REQUIRE(run);
  CHECK(run->status == RunStatus::kFailed);
  const std::vector<Attempt> attempts = home.store().ledger().attempts(run->run).value();
  REQUIRE(attempts.size() == 3);
  CHECK(attempts[1].started_at - *attempts[0].ended_at >= std::chrono::milliseconds(50));
  CHECK(attempts[2].started_at - *attempts[1].ended_at >= std::chrono::milliseconds(150));
}

TEST_CASE("a run records the commit of its flow's folder, and whether the tree differed") {
  TestHome home;
  const std::string toml = kHead + step("a", "run = 'true'");
  const auto commit_of = [&](std::int64_t number) {
    const Run run = home.store().ledger().find_run({FlowId::parse("F").value(), number}).value();
    return run.git_commit + (run.git_dirty ? " dirty" : "");
  };
  REQUIRE(home.run(toml));
  CHECK(commit_of(1).empty());
  const std::string git = "cd " + home.folder.string() +
                          " && git init -q && git -c user.name=n -c user.email=e commit -q --allow-empty -m first && " +
                          "git rev-parse HEAD > .git/head.txt";
  REQUIRE(std::system(git.c_str()) == 0);
  const std::string head = home.read(".git/head.txt").substr(0, 40);
  REQUIRE(home.run(toml));
  CHECK(commit_of(2) == head);
  REQUIRE(std::filesystem::remove(home.folder / ".qflow/.gitignore"));
  REQUIRE(home.run(toml));
  CHECK(commit_of(3) == head);
  home.write("new.txt", "");
  REQUIRE(home.run(toml));
  CHECK(commit_of(4) == head + " dirty");
}

TEST_CASE("a field that a run does not have is named, with the ones that it has") {
  TestHome home;
  REQUIRE(home.run("id = \"Up\"\n" + step("a", "run = 'true'")));
  LocalRunRequest request;
  request.triggers = {"Up/1"};
  const auto run = home.run(kHead + step("a", "when = 'trigger[\"Up\"].numbr == 1'\nrun = 'true'"), request);
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  CHECK(run->reason.find("numbr") != std::string::npos);
  CHECK(run->reason.find("did you mean 'number'?") != std::string::npos);
}

TEST_CASE("a field of trigger that is spelled nearly right is suggested") {
  TestHome home;
  REQUIRE(home.run("id = \"Up\"\n" + step("a", "run = 'true'")));
  LocalRunRequest request;
  request.triggers = {"Up/1"};
  const auto run = home.run(kHead + step("a", "when = 'trigger.dat == 1'\nrun = 'true'"), request);
  REQUIRE(run);
  CHECK_MESSAGE(run->reason.find("trigger has no 'dat'; did you mean 'data'?") != std::string::npos, run->reason);
}

TEST_CASE("run numbers count per flow, tags and context are kept") {
  TestHome home;
  LocalRunRequest request;
  request.tags = {"nightly"};
  request.context = "2026-11-20";
  const std::string toml = kHead + "tags = [\"ml\"]\n" + step("a", "run = 'echo $QFLOW_CONTEXT'");
  REQUIRE(home.run(toml, request)->run.number == 1);
  CHECK(home.seen.lines.front() == "a | 2026-11-20");
  REQUIRE(home.run(toml, request)->run.number == 2);
  CHECK(home.run("id = \"G\"\n" + step("a", "run = 'true'"))->run.number == 1);
  const Run run = home.store().ledger().find_run({FlowId::parse("F").value(), 2}).value();
  CHECK(run.tags == std::vector<std::string>{"ml", "nightly"});
  CHECK(run.context == "2026-11-20");
  CHECK(run.status == RunStatus::kSucceeded);
}

}  // namespace
}  // namespace qflow
