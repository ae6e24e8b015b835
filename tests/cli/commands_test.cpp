#include <doctest/doctest.h>

#include <filesystem>

#include "cli/command_fixture.h"
#include "qflow/model/step_state.h"
#include "qflow/service/run_inspection.h"
#include "support/faulty_file_system.h"
#include "support/run_chain.h"

namespace qflow {
namespace {

const std::string kFlow = R"(id = "F"
tags = ["nightly"]
[parameters.p]
default = "x"
[[steps]]
id = "a"
run = "echo $QFLOW_PARAM_p; echo warning >&2"
[[steps]]
id = "b"
needs = ["a"]
run = "exit 3"
when = "params.p == 'bad'"
)";

TEST_CASE("init writes a flow that is right, and overwrites nothing") {
  CommandFixture fixture;
  CHECK(fixture.run({"init"}) == ExitStatus::kOk);
  CHECK(contains(fixture.out.text, "qflow run flow.toml"));
  CHECK(fixture.run({"check", "flow.toml"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "ok: flow.toml\n");
  CHECK(fixture.err.text.empty());

  const std::string before = fixture.home.read("flow.toml");
  CHECK(fixture.run({"init"}) == ExitStatus::kNothingMatched);
  CHECK(fixture.home.read("flow.toml") == before);

  CHECK(fixture.run({"init", "new/folder"}) == ExitStatus::kOk);
  CHECK(fixture.home.read("new/folder/flow.toml") == before);
  CHECK(std::filesystem::exists(fixture.home.folder / "new/folder/.qflow/ledger.db"));

  CHECK(fixture.run({"init", "other", "--store", "elsewhere"}) == ExitStatus::kOk);
  CHECK(std::filesystem::exists(fixture.home.folder / "elsewhere/ledger.db"));
  CHECK_FALSE(std::filesystem::exists(fixture.home.folder / "other/.qflow"));
}

TEST_CASE("init makes no store in the place of one that is only away") {
  CommandFixture fixture;
  std::filesystem::create_symlink("/nowhere/.qflow", fixture.home.folder / ".qflow");
  CHECK(fixture.run({"init"}) == ExitStatus::kStore);
  CHECK(contains(fixture.err.text, "/.qflow is a link to /nowhere/.qflow, which is not there; mount the disk"));
  CHECK_FALSE(std::filesystem::exists(fixture.home.folder / "flow.toml"));
}

TEST_CASE("init says what it made, and how to run it with that store") {
  struct Row {
    std::vector<std::string> words;
    std::string said;
  };
  const std::vector<Row> rows{
      {{"init"}, "made flow.toml and a store; to run it: qflow run flow.toml\n"},
      {{"init", "new/folder"},
       "made new/folder/flow.toml and a store; to run it: cd new/folder && qflow run flow.toml\n"},
      {{"init", "a", "--store", "s"}, "made a/flow.toml and a store; to run it: qflow --store s run a/flow.toml\n"},
      {{"init", "b", "--store", "s"}, "made b/flow.toml; to run it: qflow --store s run b/flow.toml\n"},
  };
  CommandFixture fixture;
  for (const Row& row : rows) {
    CHECK(fixture.run(row.words) == ExitStatus::kOk);
    CHECK(fixture.out.text == row.said);
  }
  std::filesystem::remove(fixture.home.folder / "flow.toml");
  CHECK(fixture.run({"init"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "made flow.toml; to run it: qflow run flow.toml\n");
  CHECK(fixture.run({"init", "flow.toml"}) == ExitStatus::kUsage);
  CHECK(fixture.err.text ==
        "qflow: error: 'flow.toml' is a file, not a folder; qflow init DIR writes the example into a folder\n");
}

TEST_CASE("a folder is no input") {
  CommandFixture fixture;
  fixture.run({"init"});
  std::filesystem::create_directory(fixture.home.folder / "in");
  const std::vector<std::vector<std::string>> commands{
      {"publish", "x", "--payload", "@in"},
      {"publish", "--batch", "in"},
      {"simulate", "flow.toml", "--events", "in", "--from", "2026-01-01", "--until", "2026-01-02"},
      {"run", "flow.toml", "--trigger", "@in"},
      {"check", "in"},
  };
  for (const std::vector<std::string>& words : commands) {
    CAPTURE(words.front());
    CHECK(fixture.run(words) == ExitStatus::kUsage);
    CHECK_MESSAGE(contains(fixture.err.text, "can't read 'in': it is a folder; name a file inside it"),
                  fixture.err.text);
  }
  CHECK(fixture.run({"publish", "x", "--payload", "@nope"}) == ExitStatus::kNotFound);
  CHECK(contains(fixture.err.text, "there is no file 'nope'"));
}

TEST_CASE("check counts what is wrong") {
  CommandFixture fixture;
  fixture.home.write("good.toml", "id = \"A\"\n[[steps]]\nid = \"s\"\n");
  fixture.home.write("bad.toml", "id = \"B\"\nidd = 1\n[[steps]]\nid = \"s\"\nrunn = \"x\"\n");
  fixture.home.write("warned.toml", "id = \"C\"\n");
  struct Row {
    std::vector<std::string> files;
    int status;
    std::string out;
    std::string last;  // line of stderr
  };
  const std::vector<Row> rows{
      {{"good.toml"}, 0, "ok: good.toml\n", ""},
      {{"good.toml", "good.toml"}, 0, "ok: good.toml\nok: good.toml\n", ""},
      {{"bad.toml"}, 2, "", "2 errors in 1 file\n"},
      {{"warned.toml"}, 0, "", "1 warning in 1 file\n"},
      {{"good.toml", "bad.toml", "warned.toml"}, 2, "ok: good.toml\n", "2 errors, 1 warning in 2 files\n"},
      {{"missing.toml"}, 3, "", ""},
      {{"missing.toml", "bad.toml"}, 2, "", ""},
      {{"."}, 2, "", ""},
  };
  for (const Row& row : rows) {
    std::vector<std::string> words{"check"};
    words.insert(words.end(), row.files.begin(), row.files.end());
    const int status = static_cast<int>(fixture.run(words));
    if (row.files.front() != ".") CHECK_MESSAGE(status == row.status, fixture.err.text);
    const bool is_bad = status != 0;
    CHECK(is_bad == (row.status != 0));
    CHECK(fixture.out.text == row.out);
    CHECK_MESSAGE(fixture.err.text.ends_with(row.last), fixture.err.text);
  }
  CHECK(fixture.run({"check", "bad.toml"}) == ExitStatus::kUsage);
  CHECK(fixture.err.text.starts_with("bad.toml:2:1: error: "));
  for (const char* loudness : {"-q", "-v"}) {
    CHECK(fixture.run({loudness, "check", "warned.toml"}) == ExitStatus::kOk);
    CHECK_MESSAGE(contains(fixture.err.text, "warned.toml:1:1: warning: "), loudness);
  }
}

TEST_CASE("check as JSON has one object per problem") {
  CommandFixture fixture;
  fixture.home.write("bad.toml", "id = \"B\"\nidd = 1\n[[steps]]\nid = \"s\"\n");
  CHECK(fixture.run({"check", "--json", "bad.toml"}) == ExitStatus::kUsage);
  CHECK(fixture.err.text.empty());
  const Json problem = *parse_json(fixture.out.text.substr(0, fixture.out.text.find('\n')));
  CHECK(problem["file"] == "bad.toml");
  CHECK(problem["line"] == 2);
  CHECK(problem["column"] == 1);
  CHECK(problem["severity"] == "error");
  CHECK(contains(problem["message"].get<std::string>(), "idd"));
  CHECK(problem.contains("help"));
  CHECK(problem.size() == 6);
}

TEST_CASE("0 jobs are as many as processors, as in the flow file") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  CHECK(fixture.run({"run", "flow.toml", "--jobs", "0"}) == ExitStatus::kOk);
  CHECK(contains(fixture.out.text, "F/1\n"));
}

TEST_CASE("run shows what steps print, and ends with the run's id") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  CHECK(fixture.run({"run", "flow.toml", "-p", "p=hello", "--tag", "t"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "a | hello\nF/1\n");
  CHECK(fixture.err.text == "a | warning\n");

  CHECK(fixture.run({"-q", "run", "flow.toml"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "F/2\n");
  CHECK(fixture.err.text.empty());

  CHECK(fixture.run({"run", "flow.toml", "--json"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "{\"reason\":null,\"run\":\"F/3\",\"status\":\"succeeded\"}\n");
  CHECK(fixture.err.text == "a | x\na | warning\n");

  CHECK(fixture.run({"run", "flow.toml", "-p", "p=bad"}) == ExitStatus::kFailed);
  CHECK(fixture.out.text == "a | bad\nF/4\n");
  CHECK(contains(fixture.err.text, "qflow: error: F/4 failed: step b: exit status 3; see qflow logs F/4 --failed\n"));
}

TEST_CASE("run refuses before anything is written") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  fixture.home.write("bad.toml", "id = \"B\"\nidd = 1\n");
  struct Row {
    std::vector<std::string> words;
    int status;
  };
  const std::vector<Row> rows{
      {{"run", "missing.toml"}, 3},
      {{"run", "bad.toml"}, 2},
      {{"run", "flow.toml", "-p", "q=1"}, 2},
      {{"run", "flow.toml", "-p", "p"}, 2},
      {{"run", "flow.toml", "--tag", ""}, 2},
      {{"run", "flow.toml", "--tag", "a\tb"}, 2},
      {{"run", "flow.toml", "--jobs", "-1"}, 2},
      {{"run", "flow.toml", "--jobs", "many"}, 2},
      {{"run", "flow.toml", "--trigger", "G/1"}, 3},
      {{"run", "flow.toml", "--trigger", "{"}, 2},
  };
  for (const Row& row : rows) {
    CHECK_MESSAGE(static_cast<int>(fixture.run(row.words)) == row.status, row.words.back());
    CHECK(fixture.out.text.empty());
    CHECK_FALSE(fixture.err.text.empty());
  }
  CHECK_FALSE(std::filesystem::exists(fixture.home.folder / ".qflow"));
}

TEST_CASE("what ran can be looked at") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  fixture.run({"run", "flow.toml"});
  fixture.run({"run", "flow.toml", "-p", "p=bad", "--context", "c"});

  SUBCASE("parts of inspect are kept apart") {
    CHECK(fixture.run({"inspect", "F/1", "--trigger-chain", "--downstream", "--graph"}) == ExitStatus::kOk);
    const std::string all = fixture.out.text;
    std::string parts;
    for (const char* part : {"--trigger-chain", "--downstream", "--graph"}) {
      fixture.run({"inspect", "F/1", part});
      CHECK_FALSE(fixture.out.text.starts_with("\n"));
      if (!parts.empty()) parts += "\n";
      parts += fixture.out.text;
    }
    CHECK(all == parts);
  }

  SUBCASE("runs") {
    CHECK(fixture.run({"runs"}) == ExitStatus::kOk);
    CHECK(fixture.out.text.starts_with("F/2\tfailed\t"));
    CHECK(contains(fixture.out.text, "\tnightly\tstep b: exit status 3\t-\nF/1\tsucceeded\t"));
    fixture.run({"runs", "--status", "failed", "--json"});
    CHECK((*parse_json(fixture.out.text))["id"] == "F/2");
    fixture.run({"runs", "F", "--limit", "1"});
    CHECK(fixture.out.text.find("F/1") == std::string::npos);
    fixture.run({"runs", "--context", "c"});
    CHECK(fixture.out.text.find("F/1") == std::string::npos);
    fixture.run({"runs", "--tag", "none"});
    CHECK(fixture.out.text.empty());
    fixture.run({"runs", "--since", "1h"});
    CHECK(contains(fixture.out.text, "F/1"));
    fixture.run({"runs", "--since", "2100-01-01"});
    CHECK(fixture.out.text.empty());
    CHECK(fixture.run({"runs", "--since", "yesterday"}) == ExitStatus::kUsage);
    CHECK(fixture.run({"runs", "G"}) == ExitStatus::kNotFound);
    CHECK(fixture.run({"runs", "a/b"}) == ExitStatus::kUsage);
  }
  SUBCASE("runs on a terminal") {
    fixture.out.terminal = true;
    fixture.out.columns = 200;
    fixture.run({"runs", "--color", "never"});
    CHECK(fixture.out.text.starts_with("RUN  STATUS     STARTED"));
    CHECK(contains(fixture.out.text, "F/2  failed     "));
    CHECK(contains(fixture.out.text, "nightly  step b: exit status 3  -\n"));
  }
  SUBCASE("inspect") {
    CHECK(fixture.run({"inspect", "F", "latest"}) == ExitStatus::kOk);
    CHECK(fixture.out.text.starts_with("F/2  failed (step b: exit status 3), started 2"));
    for (const std::string part :
         {"context  c\n", "tags     nightly\n", "\nParameters\n  p  \"bad\"\n", "  a  succeeded  ", "  b  failed "}) {
      CHECK_MESSAGE(contains(fixture.out.text, part), fixture.out.text);
    }
    fixture.run({"inspect", "F/1", "--json"});
    const Json object = *parse_json(fixture.out.text);
    CHECK(object["steps"][0]["id"] == "a");
    CHECK(object["trigger"].is_null());
    CHECK(object["artifacts"] == Json::object());
    CHECK(fixture.run({"inspect", "F/9"}) == ExitStatus::kNotFound);
    CHECK(fixture.run({"inspect", "F/1/a"}) == ExitStatus::kUsage);
    CHECK(fixture.run({"inspect", "01a1fbfe-15b1-7fb2-a478-de42b2b16f41"}) == ExitStatus::kNotFound);
    for (const std::string word : {"F", "orders", "01a1fbfe", "01A1FBFE-15B1-7FB2-A478-DE42B2B16F41"}) {
      CHECK(fixture.run({"inspect", word}) == ExitStatus::kUsage);
      CHECK(contains(fixture.err.text, "'" + word + "' is neither a run nor the id of an event; a run is written"));
      CHECK(contains(fixture.err.text, "qflow events lists the ids"));
    }
    CHECK(fixture.run({"inspect", "01a1fbfe-15b1-7fb2-a478-de42b2b16f41", "latest"}) == ExitStatus::kUsage);
    CHECK(contains(fixture.err.text, "the id of an event stands alone; write qflow inspect 01a1fbfe"));
  }
  SUBCASE("what takes whole runs refuses a step or a task") {
    struct Row {
      std::vector<std::string> words;
      std::string said;
    };
    const std::vector<Row> rows{
        {{"inspect", "F/1/a"}, "qflow inspect takes whole runs, not a step of one; write F/1;"},
        {{"inspect", "F", "latest/a"}, "write F/latest; qflow logs F/latest/a shows the step"},
        {{"cancel", "F/1/a"}, "qflow cancel takes whole runs"},
        {{"cancel", "F/1/nosuch/3"}, "qflow cancel takes whole runs"},
        {{"tag", "F/1/a", "t"}, "qflow tag takes whole runs"},
        {{"get", "run.id", "--run", "F/1/a/0"}, "qflow get --run takes whole runs"},
        {{"resume", "F/2/b/0"}, "qflow resume takes whole steps, not a task of one"},
        {{"resume", "F/2/b", "a"}, "one step at a time"},
        {{"resume", "F/2", "b", "a"}, "one step at a time"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.words.front());
      CHECK(fixture.run(row.words) == ExitStatus::kUsage);
      CHECK_MESSAGE(contains(fixture.err.text, row.said), fixture.err.text);
    }
    fixture.run({"runs", "--tag", "t"});
    CHECK(fixture.out.text.empty());
    CHECK(fixture.run({"runs", "F.toml"}) == ExitStatus::kUsage);
    CHECK(contains(fixture.err.text, "the flow name 'F.toml' has one dot; write Flow, or project.branch.Flow"));
  }
  SUBCASE("inspect on a narrow terminal cuts no path") {
    fixture.out.terminal = true;
    fixture.out.columns = 20;
    fixture.run({"inspect", "F/2", "--color", "never"});
    CHECK_MESSAGE(contains(fixture.out.text, (fixture.home.folder / "flow.toml").string()), fixture.out.text);
  }
  SUBCASE("inspect --graph") {
    fixture.run({"inspect", "F/1", "--graph"});
    CHECK(fixture.out.text == "a     succeeded\n└─ b  skipped  if params.p == 'bad'\n");
  }
  SUBCASE("logs") {
    CHECK(fixture.run({"logs", "F/2"}) == ExitStatus::kOk);
    CHECK((fixture.out.text == "a | bad\na | warning\n" || fixture.out.text == "a | warning\na | bad\n"));
    fixture.run({"logs", "F", "latest/a"});
    CHECK(contains(fixture.out.text, "warning\n"));
    CHECK_FALSE(contains(fixture.out.text, " | "));
    CHECK(fixture.run({"logs", "F/1", "-f"}) == ExitStatus::kOk);
    CHECK(contains(fixture.out.text, "a | x\n"));
    CHECK(fixture.run({"logs", "F/1", "--failed"}) == ExitStatus::kOk);
    CHECK(fixture.out.text.empty());
    CHECK(fixture.err.text == "qflow: note: nothing failed in F/1\n");
    CHECK(fixture.run({"logs", "F/1/c"}) == ExitStatus::kNotFound);
    CHECK(contains(fixture.err.text, "F/1 has no step 'c'"));
    CHECK(fixture.run({"logs", "F/1/a/7"}) == ExitStatus::kNotFound);
  }
  SUBCASE("tag") {
    CHECK(fixture.run({"tag", "F", "latest", "one", "two"}) == ExitStatus::kOk);
    CHECK(fixture.out.text == "F/2: nightly, one, two\n");
    CHECK(fixture.run({"tag", "F/1", "one", "--json"}) == ExitStatus::kOk);
    CHECK(fixture.out.text == "{\"run\":\"F/1\",\"tags\":[\"nightly\",\"one\"]}\n");
    fixture.run({"runs", "--tag", "two"});
    CHECK(fixture.out.text.starts_with("F/2\t"));
    CHECK(fixture.run({"tag", "F/1", "a\nb"}) == ExitStatus::kUsage);
    CHECK(fixture.run({"tag", "F", "latest"}) == ExitStatus::kUsage);
    CHECK(fixture.run({"tag", "F/9", "x"}) == ExitStatus::kNotFound);
  }
  SUBCASE("graph of what ran") {
    std::filesystem::remove(fixture.home.folder / "flow.toml");
    CHECK(fixture.run({"graph", "F"}) == ExitStatus::kOk);
    CHECK(fixture.out.text == "F\na\n└─ b  if params.p == 'bad'\n");
    CHECK(fixture.run({"graph", "G"}) == ExitStatus::kNotFound);
  }
  SUBCASE("candidates for completion") {
    fixture.run({"complete", "flow", ""});
    CHECK(fixture.out.text == "F\tflow\n");
    fixture.run({"complete", "run", "F/l"});
    CHECK(fixture.out.text == "F/latest\tthe newest run\n");
    fixture.run({"complete", "--", "run", "", "inspect", "--json"});
    CHECK(fixture.out.text == "F/latest\tthe newest run\nF/2\tfailed\nF/1\tsucceeded\n");
    fixture.run({"complete", "tag"});
    CHECK(fixture.out.text == "nightly\ttag\n");
    fixture.run({"complete", "--", "parameter", "", "run", "-p", "", "flow.toml"});
    CHECK(fixture.out.text == "p=\t\n");
    CHECK(fixture.run({"complete", "latest-or-nothing", ""}) == ExitStatus::kOk);
    CHECK(fixture.out.text.empty());
    CHECK(fixture.run({"complete", "--", "run", "", "--store", "/nowhere"}) == ExitStatus::kOk);
    CHECK(fixture.out.text.empty());
    CHECK(fixture.err.text.empty());
  }
}

TEST_CASE("a flow of a store that can't be used is not said to be unknown") {
  CommandFixture fixture;
  fixture.home.write(".qflow/ledger.db", "no database");
  for (const std::string command : {"run", "graph"}) {
    CHECK(fixture.run({command, "F"}) == ExitStatus::kStore);
    CHECK(contains(fixture.err.text, "ledger.db"));
  }
}

TEST_CASE("gc says what it could not remove") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", "id = \"F\"\n[[steps]]\nid = \"a\"\nrun = \"echo 1 > $QFLOW_OUT/x; exit 1\"\n");
  fixture.run({"run", "flow.toml"});
  FaultyFileSystem failing(fixture.home.files);
  fixture.files = &failing;
  const std::string stubborn = (fixture.home.folder / ".qflow/runs/F/1/steps/a/1/out/x").string();
  failing.fail_every("remove " + stubborn, "Permission denied");
  CHECK(fixture.run({"gc"}) == ExitStatus::kStore);
  CHECK(contains(fixture.out.text, "removed: "));
  CHECK(fixture.err.text == "qflow: error: can't remove " + stubborn + ": Permission denied\n");
  failing.fail_call(0);
  CHECK(fixture.run({"gc", "--json"}) == ExitStatus::kOk);
  CHECK((*parse_json(fixture.out.text))["folders"] == 1);
}

TEST_CASE("attempts of a step that goes on are counted") {
  CommandFixture fixture;
  const RunId run = fixture.home.add_run(kFlow).id;
  const FileHandle lock = fixture.home.store().lock_run(run).value();
  StepState step;
  step.step = StepId::parse("a").value();
  step.status = StepStatus::kRunning;
  step.attempts = 1;
  fixture.home.write([&](LedgerWriter& writer) -> Status {
    for (int number = 1; number <= 3; ++number) {
      Attempt attempt;
      attempt.step = step.step;
      attempt.number = number;
      QFLOW_TRY(writer.save_attempt(run, attempt));
    }
    return writer.save_step(run, step);
  });
  CHECK(fixture.run({"inspect", "F/1", "--json"}) == ExitStatus::kOk);
  CHECK((*parse_json(fixture.out.text))["steps"][0]["attempts"] == 3);
  CHECK(fixture.run({"inspect", "F/1"}) == ExitStatus::kOk);
  CHECK(contains(fixture.out.text, "3 attempts\n"));
}

TEST_CASE("a chain that is too long to be shown is cut, and what shows the rest is named") {
  CommandFixture fixture;
  add_run_chain(fixture.home, kDeepestChain + 2);
  CHECK(fixture.run({"inspect", "C/latest", "--trigger-chain"}) == ExitStatus::kOk);
  CHECK(contains(fixture.out.text, "C/3 ← C/2 (goes on)\n"));
  CHECK(contains(fixture.err.text, "the chain is longer; qflow inspect C/2 --trigger-chain shows how it goes on\n"));
  CHECK(fixture.run({"inspect", "C/1", "--downstream"}) == ExitStatus::kOk);
  CHECK(contains(fixture.out.text, "C/500 → C/501 (goes on)\n"));
  CHECK(contains(fixture.err.text, "the chain is longer; qflow inspect C/501 --downstream shows how it goes on\n"));
  CHECK(fixture.run({"inspect", "C/1", "--downstream", "--json"}) == ExitStatus::kOk);
  CHECK(fixture.run({"inspect", "C/2", "--trigger-chain"}) == ExitStatus::kOk);
  CHECK(contains(fixture.out.text, "C/2 ← C/1\n"));
  CHECK(fixture.err.text.empty());
}

TEST_CASE("steps that have not begun are shown as pending") {
  CommandFixture fixture;
  fixture.home.write("flow.toml",
                     "id = \"F\"\n[[steps]]\nid = \"b\"\nrun = \"exit 3\"\n"
                     "[[steps]]\nid = \"a\"\nneeds = [\"b\"]\n");
  fixture.run({"run", "flow.toml"});
  fixture.run({"inspect", "F/1", "--json"});
  const Json steps = (*parse_json(fixture.out.text))["steps"];
  REQUIRE(steps.size() == 2);
  CHECK(steps[1]["id"] == "a");
  CHECK(steps[1]["status"] == "pending");
  CHECK(steps[1]["reason"] == "not reached");
  CHECK(steps[1]["attempts"] == 0);
  fixture.run({"inspect", "F/1"});
  CHECK_MESSAGE(contains(fixture.out.text, "  a  pending  -"), fixture.out.text);

  fixture.home.add_run(kFlow, [](Run& run) { run.status = RunStatus::kQueued; });
  fixture.run({"inspect", "F", "latest", "--json"});
  const Json object = *parse_json(fixture.out.text);
  CHECK(object["status"] == "queued");
  REQUIRE(object["steps"].size() == 2);
  CHECK(object["steps"][0]["status"] == "pending");
  CHECK(object["steps"][0]["reason"].is_null());
}

TEST_CASE("a folder of the name of a flow does not hide the flow") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  fixture.home.write("G/file", "");
  CHECK(fixture.run({"run", "G"}) == ExitStatus::kUsage);
  CHECK(contains(fixture.err.text, "it is a folder"));
  CHECK(fixture.run({"run", "flow.toml"}) == ExitStatus::kOk);
  fixture.home.write("F/file", "");
  CHECK(fixture.run({"run", "F"}) == ExitStatus::kOk);
  CHECK(contains(fixture.out.text, "F/2\n"));
  CHECK(fixture.run({"graph", "F"}) == ExitStatus::kOk);
  CHECK(fixture.run({"run", "G"}) == ExitStatus::kUsage);
  CHECK(contains(fixture.err.text, "it is a folder"));
}

TEST_CASE("an empty ledger becomes one by the commands that may make a store") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"run", "flow.toml"}, {"deploy", "flow.toml"}}) {
    CAPTURE(words[0]);
    CommandFixture fixture;
    fixture.home.write("flow.toml", kFlow);
    fixture.home.write(".qflow/ledger.db", "");
    for (const std::vector<std::string>& other : {std::vector<std::string>{"runs"}, {"publish", "x"}, {"tick"}}) {
      CHECK(fixture.run(other) == ExitStatus::kStore);
      CHECK_MESSAGE(contains(fixture.err.text, "its ledger.db is empty"), fixture.err.text);
    }
    CHECK_MESSAGE(fixture.run(words) == ExitStatus::kOk, fixture.err.text);
    CHECK(fixture.run({"publish", "x"}) == ExitStatus::kOk);
  }
}

TEST_CASE("without a store the commands that look say so") {
  CommandFixture fixture;
  for (const std::vector<std::string>& words : {std::vector<std::string>{"runs"},
                                                {"inspect", "F/1"},
                                                {"logs", "F/1"},
                                                {"tag", "F/1", "x"},
                                                {"get", "1", "--run", "F/1"}}) {
    CHECK(fixture.run(words) == ExitStatus::kStore);
    CHECK_MESSAGE(contains(fixture.err.text, fixture.home.folder.string()), fixture.err.text);
  }
  CHECK_FALSE(std::filesystem::exists(fixture.home.folder / ".qflow"));
}

TEST_CASE("graph draws files") {
  CommandFixture fixture;
  fixture.home.write("flow.toml", kFlow);
  fixture.home.write("bad.toml", "id = \"B\"\nidd = 1\n");
  CHECK(fixture.run({"graph", "flow.toml"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "F\na\n└─ b  if params.p == 'bad'\n");
  CHECK(fixture.run({"graph", "flow.toml", "--format", "dot"}) == ExitStatus::kOk);
  CHECK(fixture.out.text.starts_with("digraph \"F\" {"));
  CHECK(fixture.run({"graph", "flow.toml", "--format", "mermaid"}) == ExitStatus::kOk);
  CHECK(fixture.out.text.starts_with("flowchart TD\n"));
  CHECK(fixture.run({"graph", "flow.toml", "--flows"}) == ExitStatus::kOk);
  CHECK(fixture.out.text == "F\n  runs when it is started by hand\n");
  CHECK(fixture.run({"graph", "bad.toml"}) == ExitStatus::kUsage);
  CHECK(contains(fixture.err.text, "bad.toml:2:1: error: "));
  CHECK(fixture.run({"graph", "flow.toml", "flow.toml"}) == ExitStatus::kUsage);
  CHECK(fixture.run({"graph", "missing.toml"}) == ExitStatus::kNotFound);
}

}  // namespace
}  // namespace qflow
