#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "qflow/service/local_run.h"
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

TEST_CASE("an allowed failure leaves the artifact error") {
  TestHome home;
  const auto run = home.run(kHead + step("a", "run = 'exit 3'\nallow_failure = true") +
                            "[[steps]]\nid = \"b\"\nneeds = [\"a\"]\nrun = 'cat $QFLOW_IN/error.json'\n");
  REQUIRE(run);
  REQUIRE(run->status == RunStatus::kSucceeded);
  CHECK(home.seen.lines ==
        std::vector<std::string>{R"(b | {"attempt":1,"exit_status":3,"reason":"exit status 3","signal":null})"});
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
