#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "qflow/service/get_scope.h"
#include "qflow/service/local_run.h"
#include "qflow/service/run_inspection.h"
#include "qflow/service/run_objects.h"
#include "step_text.h"
#include "support/test_home.h"

namespace qflow {
namespace {

TEST_CASE("artifacts flow down the graph, the nearest wins") {
  TestHome home;
  const std::string toml = kHead + R"toml(
[[steps]]
id = "a"
run = '''
echo '{"x": 1}' > $QFLOW_OUT/model.json
echo '1' > $QFLOW_OUT/n.json
echo text > $QFLOW_OUT/plain.txt
mkdir $QFLOW_OUT/folder; echo inside > $QFLOW_OUT/folder/file
'''
[[steps]]
id = "b"
needs = ["a"]
run = '''
echo '2' > $QFLOW_OUT/n.json
'''
[[steps]]
id = "c"
needs = ["b"]
env = { X = "{{ artifacts.model.x + artifacts.n + artifacts.a.n }}" }
run = '''
cat $QFLOW_IN/model.json $QFLOW_IN/n.json $QFLOW_IN/.steps/a/n.json $QFLOW_IN/plain.txt $QFLOW_IN/folder/file
echo $X
ls -A $QFLOW_IN | tr '\n' ' '; echo
'''
)toml";
  const auto run = home.run(toml);
  REQUIRE(run);
  REQUIRE_MESSAGE(run->status == RunStatus::kSucceeded, run->reason);
  const std::vector<std::string> expected{"c | {\"x\": 1}",
                                          "c | 2",
                                          "c | 1",
                                          "c | text",
                                          "c | inside",
                                          "c | 4",
                                          "c | .steps folder model.json n.json plain.txt "};
  CHECK(home.seen.lines == expected);
  CHECK(home.read(".qflow/runs/F/1/artifacts/model.json") == "{\"x\": 1}\n");
  CHECK(home.read(".qflow/runs/F/1/artifacts/n.json") == "2\n");
  CHECK_FALSE(std::filesystem::exists(home.folder / ".qflow/runs/F/1/steps/a/1/out"));
}

TEST_CASE("two steps that give one name different values make it ambiguous") {
  TestHome home;
  const std::string head = kHead + step("a", "run = 'echo 1 > $QFLOW_OUT/n.json'");
  const std::string reader =
      "[[steps]]\nid = \"c\"\nneeds = [\"a\", \"b\"]\nenv = { N = \"{{ artifacts.n }}\" }\nrun = 'echo $N'\n";
  const auto different = home.run(head + step("b", "run = 'echo 2 > $QFLOW_OUT/n.json'") + reader);
  REQUIRE(different);
  CHECK(different->status == RunStatus::kFailed);
  CHECK(different->reason.find("ambiguous") != std::string::npos);
  CHECK(different->reason.find("a.n") != std::string::npos);
  CHECK(different->reason.find("b.n") != std::string::npos);
  const auto equal = home.run(head + step("b", "run = 'echo 1 > $QFLOW_OUT/n.json'") + reader);
  REQUIRE(equal);
  CHECK_MESSAGE(equal->status == RunStatus::kSucceeded, equal->reason);
}

TEST_CASE("one value may be written in several ways") {
  TestHome home;
  const std::string reader = step("r", "needs = ['a', 'b']\nrun = 'cat $QFLOW_IN/n.json'");
  const auto writes = [](const std::string& text) { return "run = \"echo '" + text + "' > $QFLOW_OUT/n.json\""; };
  REQUIRE(home.run(kHead + step("a", writes("[1, {}]")) + step("b", writes("[1,{ }]")) + reader));
  CHECK(home.seen.lines == std::vector<std::string>{"r | [1, {}]"});
  const auto other = home.run(kHead + step("a", writes("[1, {}]")) + step("b", writes("[1, []]")) + reader);
  REQUIRE(other);
  CHECK(other->status == RunStatus::kFailed);
}

TEST_CASE("a foreach is the list of all its tasks") {
  TestHome home;
  const std::string each =
      step("each",
           "foreach = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]'\n"
           "run = 'test $QFLOW_ITEM = 1 || test $QFLOW_ITEM = 12 || echo $QFLOW_ITEM > $QFLOW_OUT/n.json'");
  const std::vector<std::string> conditions{
      "size(artifacts.each) == 13",
      "artifacts.each[10].n == 10",
      "!has(artifacts.each[1].n)",
      "artifacts.each.filter(t, has(t.n)).map(t, t.n) == [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]",
      "size(artifacts[\\\".steps\\\"].each) == 13",
  };
  for (const std::string& when : conditions) {
    const auto run = home.run(kHead + each + step("z", "needs = ['each']\nwhen = \"" + when + "\""));
    REQUIRE(run);
    CHECK_MESSAGE(home.step_statuses(run->run.text()) == "each=succeeded z=succeeded", when, run->reason);
  }
  const Value data(std::shared_ptr<const LazyObject>(run_data(home.store(), home.find("F/1")).value()));
  const Json tasks = data.object()->field("each").value().to_json().value();
  CHECK(tasks.size() == 13);
  CHECK(to_compact(tasks[12]) == "{}");
  const auto missing = home.run(kHead + each + step("z", "needs = ['each']\nwhen = 'artifacts.each[13].n == 1'"));
  REQUIRE(missing);
  CHECK_MESSAGE(missing->reason.find("no element 13 in artifacts.each, which has 13 elements") != std::string::npos,
                missing->reason);
}

TEST_CASE("artifacts as a whole have large values too, and no ambiguous names") {
  TestHome home;
  const std::string makers = step("a",
                                  "shell = 'python3'\nrun = 'import os; open(os.environ[\"QFLOW_OUT\"] + "
                                  "\"/big.json\", \"w\").write(\"\\\"\" + "
                                  "\"x\" * 70000 + \"\\\"\")'") +
                             step("b", "run = 'echo 1 > $QFLOW_OUT/n.json'") +
                             step("c", "run = 'echo 2 > $QFLOW_OUT/n.json'");
  const auto run =
      home.run(kHead + makers +
               step("z",
                    "needs = ['a', 'b', 'c']\nwhen = 'size(artifacts) == 1 && artifacts.all(k, k == \"big\")'\n"
                    "publish = [{ event = 'e', payload = { all = '{{ artifacts }}' }, safe = false }]"));
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  REQUIRE_MESSAGE(home.step_statuses("F/1") == "a=succeeded b=succeeded c=succeeded z=succeeded", run->reason);
  const std::vector<Event> events = home.events_of(run->run);
  for (const Event& event : events) {
    if (event.name == "e") CHECK(event.payload["all"]["big"].get<std::string>().size() == 70000);
  }
  const Run ended = home.find("F/1");
  CHECK(run_data(home.store(), ended).value()->whole().value()["big"].is_null());
  const auto scope = ended_run_scope(home.store(), ended).value();
  CHECK(scope->root("artifacts").value().to_json().value()["big"].is_string());
}

TEST_CASE("an allowed failure leaves the artifact error") {
  TestHome home;
  const auto run = home.run(kHead + step("a", "run = 'exit 3'\nallow_failure = true") +
                            "[[steps]]\nid = \"b\"\nneeds = [\"a\"]\nrun = 'cat $QFLOW_IN/error.json'\n");
  REQUIRE(run);
  REQUIRE(run->status == RunStatus::kSucceeded);
  CHECK(home.seen.lines ==
        std::vector<std::string>{R"(b | {"attempt":1,"exit_status":3,"reason":"exit status 3","signal":null})"});
}

TEST_CASE("a failure outside of a task leaves the artifact error too") {
  struct Row {
    std::string step;
    std::string reason;
  };
  const std::vector<Row> rows{
      {"foreach = 'params.p'", "foreach: params.p is not a list but an integer"},
      {"when = 'params.p.q == 1'", "when: params.p is 5, not an object: it has no field 'q'"},
      {"publish = [{ event = 'e', payload = '{{ params.p.q }}' }]",
       "publish: params.p is 5, not an object: it has no field 'q'"},
  };
  TestHome home;
  for (const Row& row : rows) {
    const auto run = home.run(
        kHead + "[parameters.p]\ntype = 'json'\ndefault = 5\n" + step("a", row.step + "\nallow_failure = true") +
        step("b", "needs = ['a']\nwhen = 'has(artifacts.a.error)'\nrun = 'cat $QFLOW_IN/error.json'"));
    REQUIRE(run);
    REQUIRE_MESSAGE(run->status == RunStatus::kSucceeded, run->reason);
    const Json error{{"attempt", nullptr}, {"exit_status", nullptr}, {"reason", row.reason}, {"signal", nullptr}};
    CHECK(home.seen.lines == std::vector<std::string>{"b | " + to_compact(error)});
  }
}

TEST_CASE("what a failed step left is nothing of the run, unless its failure was allowed") {
  const std::string each = "foreach = '[\"a\", \"b\"]'\nrun = 'echo 1 > $QFLOW_OUT/r.json; test $QFLOW_ITEM != b'\n";
  LocalRunRequest request;
  request.execution.jobs = 1;
  TestHome home;
  REQUIRE(home.run(kHead + step("done", "run = 'echo 2 > $QFLOW_OUT/s.json'") + step("w", each), request));
  REQUIRE(home.step_statuses("F/1") == "done=succeeded w=failed");
  CHECK(to_compact(run_data(home.store(), home.find("F/1")).value()->whole().value()) == R"({"s":2})");
  CHECK_FALSE(std::filesystem::exists(home.folder / ".qflow/runs/F/1/artifacts/r.json"));
  CHECK(std::filesystem::exists(home.folder / ".qflow/runs/F/1/artifacts/s.json"));
  REQUIRE(home.run(kHead + step("w", each + "allow_failure = true"), request));
  CHECK(run_data(home.store(), home.find("F/2")).value()->visible().contains("r"));
}

TEST_CASE("a step that left nothing can be asked about") {
  const std::string steps =
      step("skipped", "when = 'false'") + step("each", "foreach = '[]'\nrun = 'true'") + step("quiet", "run = 'true'");
  TestHome home;
  for (const std::string when : {"!has(artifacts.skipped.rows)", "size(artifacts.each) == 0", "!has(artifacts.each)",
                                 "!has(artifacts.quiet.x) && !(\"quiet\" in artifacts)"}) {
    const auto run = home.run(kHead + steps + step("z", "needs = ['skipped', 'each', 'quiet']\nwhen = '" + when + "'"));
    REQUIRE(run);
    CHECK_MESSAGE(home.step_statuses(run->run.text()).ends_with("z=succeeded"), when, run->reason);
  }
  const auto run =
      home.run(kHead + steps + step("z", "needs = ['skipped', 'quiet']\nwhen = 'artifacts.skipped.rows > 1'"));
  REQUIRE(run);
  CHECK(run->reason.find("step 'skipped' has no 'rows'; it was skipped, or left nothing") != std::string::npos);
}

TEST_CASE("a foreach has a folder for each task, whatever it left, so that a join can walk through them") {
  const std::string steps = step("each", "foreach = '[]'\nrun = 'true'") +
                            step("quiet", "foreach = '[1]'\nrun = 'true'") +
                            step("skipped", "when = 'false'\nforeach = '[1]'\nrun = 'true'") +
                            step("one", "run = 'echo 1 > $QFLOW_OUT/n.json'") + step("plain", "run = 'true'");
  const std::string walks = "run = 'cd $QFLOW_IN/.steps; for each in *; do cd $each; echo $each $(ls); cd ..; done'";
  TestHome home;
  REQUIRE(home.run(kHead + steps + step("z", "needs = ['each', 'quiet', 'skipped', 'plain']\n" + walks)));
  CHECK(home.seen.lines == std::vector<std::string>{"z | each", "z | quiet 0", "z | skipped"});
  REQUIRE(home.run(kHead + steps + step("y", "needs = ['each', 'one', 'plain']\nrun = 'true'") +
                   step("z", "needs = ['y']\n" + walks)));
  CHECK(home.seen.lines == std::vector<std::string>{"z | each", "z | one n.json"});
  REQUIRE(home.run(kHead + steps + step("z", "needs = ['plain']\nrun = 'ls -A $QFLOW_IN'")));
  CHECK(home.seen.lines.empty());
}

TEST_CASE("a step whose input was changed by another one fails, and the run ends as other failed ones") {
  TestHome home;
  const std::string toml = kHead + step("a", "run = 'mkdir $QFLOW_OUT/dir; echo x > $QFLOW_OUT/dir/x'") +
                           step("b",
                                "needs = ['a']\nallow_failure = true\n"
                                "run = 'chmod u+w $QFLOW_IN/dir/x; echo y > $QFLOW_IN/dir/x'") +
                           step("c", "needs = ['b']\nrun = 'true'");
  const auto run = home.run(toml);
  REQUIRE_MESSAGE(run.has_value(), (run ? "" : to_text(run.error())));
  CHECK(run->status == RunStatus::kFailed);
  CHECK(run->reason.starts_with("step c: artifact 'dir': the object "));
  CHECK(run->reason.find("was changed and set aside: changed by step b of F/1") != std::string::npos);
  CHECK(home.step_statuses("F/1") == "a=succeeded b=failed c=failed");
  const Json shown = inspect_run(home.store(), home.find("F/1"), {}).value();
  CHECK(shown["artifacts"]["dir"]["gone"].get<std::string>().find("set aside") != std::string::npos);
}

TEST_CASE("a step that writes through a link fails by name, and the object comes back") {
  TestHome home;
  const std::string toml =
      kHead + step("a", "run = 'echo 1 > $QFLOW_OUT/n.json'") +
      step("b", "needs = ['a']\nrun = 'chmod u+w $(readlink $QFLOW_IN/n.json); echo 2 > $QFLOW_IN/n.json'");
  const auto run = home.run(toml);
  REQUIRE(run);
  CHECK(run->status == RunStatus::kFailed);
  CHECK(run->reason.find("changed the artifact 'n'") != std::string::npos);
}

TEST_CASE("a task that changes what all read fails itself, and nothing runs on it any more") {
  const std::string makes = step("a", "run = 'mkdir $QFLOW_OUT/dir; echo x > $QFLOW_OUT/dir/x'");
  const std::string changes = "chmod u+w $QFLOW_IN/dir/x; echo y > $QFLOW_IN/dir/x; ";
  const std::string tasks =
      "needs = ['a']\nforeach = '[0, 1, 2]'\nretries = 1\n"
      "run = 'echo $QFLOW_INDEX >> ran; if [ $QFLOW_INDEX = 1 ]; then " +
      changes + "fi'\n";
  const std::string guilty = "the step changed the artifact 'dir' through QFLOW_IN";
  struct Row {
    std::string what;
    std::string step_b;
    std::string attempts;
    std::string ran;
    std::string reason;  // of b
  };
  const std::vector<Row> rows{
      {"of a foreach", tasks, "a#1=succeeded b[0]#1=succeeded b[1]#1=failed", "0\n1\n", "b[1]: " + guilty},
      {"whose failures are allowed", tasks + "allow_failure = true\n",
       "a#1=succeeded b[0]#1=succeeded b[1]#1=failed b[2]#1=failed", "0\n1\n", "b[1]: " + guilty},
      {"that has failed anyway", "needs = ['a']\nretries = 1\nrun = 'echo b >> ran; " + changes + "exit 3'\n",
       "a#1=succeeded b#1=failed", "b\n", "exit status 3; " + guilty},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    TestHome home;
    LocalRunRequest request;
    request.execution.jobs = 1;
    REQUIRE(home.run(kHead + makes + step("b", row.step_b), request));
    CHECK(home.attempt_statuses("F/1") == row.attempts);
    CHECK(home.read("ran") == row.ran);
    const std::vector<StepState> steps = home.store().ledger().steps(RunId::parse("F/1").value()).value();
    CHECK(steps.back().step.text() == "b");
    CHECK(steps.back().reason.starts_with(row.reason));
  }
}

TEST_CASE("steps that ran beside the one that changed what they read fail with it") {
  TestHome home;
  LocalRunRequest request;
  request.execution.jobs = 2;
  const std::string changes = "chmod u+w $QFLOW_IN/dir/x; echo y > $QFLOW_IN/dir/x; touch changed";
  REQUIRE(home.run(kHead + step("a", "run = 'mkdir $QFLOW_OUT/dir; echo x > $QFLOW_OUT/dir/x'") +
                       step("slow", "needs = ['a']\nallow_failure = true\nrun = '" + changes +
                                        "; while ! [ -e ended ]; do sleep 0.01; done; sleep 0.2'") +
                       step("quick",
                            "needs = ['a']\nallow_failure = true\n"
                            "run = 'while ! [ -e changed ]; do sleep 0.01; done; touch ended'"),
                   request));
  CHECK(home.step_statuses("F/1") == "a=succeeded quick=failed slow=failed");
}

TEST_CASE("what a step may not leave is refused by name, and nothing of it is kept") {
  struct Row {
    std::string what;
    std::string command;
    std::string named;
  };
  const std::vector<Row> rows{
      {"a link to elsewhere", "ln -s /etc/passwd $QFLOW_OUT/secrets", "secrets"},
      {"a link to elsewhere inside a folder", "mkdir $QFLOW_OUT/d; ln -s /etc/passwd $QFLOW_OUT/d/secrets", "secrets"},
      {"a socket",
       "python3 -c 'import os,socket; os.chdir(os.environ[\"QFLOW_OUT\"]); socket.socket(socket.AF_UNIX).bind(\"s\")'",
       "s"},
      {"a pipe", "mkfifo $QFLOW_OUT/fifo", "fifo"},
      {"a name that is none", "echo 1 > \"$QFLOW_OUT/no name\"", "no name"},
      {"x and x.json", "echo 1 > $QFLOW_OUT/x; echo 1 > $QFLOW_OUT/x.json", "x"},
  };
  TestHome home;
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto run =
        home.run(kHead + "[[steps]]\nid = \"a\"\nrun = '''\necho 1 > $QFLOW_OUT/good.json\n" + row.command + "\n'''\n");
    REQUIRE(run);
    CHECK(run->status == RunStatus::kFailed);
    CHECK_MESSAGE(run->reason.find(row.named) != std::string::npos, run->reason);
    CHECK(home.store().ledger().artifacts(run->run).value().empty());
  }
}

}  // namespace
}  // namespace qflow
