#include <doctest/doctest.h>

#include "cli/command_fixture.h"
#include "cli/command_table.h"

namespace qflow {
namespace {

TEST_CASE("a command line gives a status and a first line") {
  struct Row {
    std::vector<std::string> words;
    int status;
    std::string out;  // how the outputs begin
    std::string err;
  };
  const std::vector<Row> rows{
      {{}, 2, "", "qflow " QFLOW_VERSION ": runs flows"},
      {{"-q"}, 2, "", "qflow " QFLOW_VERSION ": runs flows"},
      {{"--help"}, 0, "qflow " QFLOW_VERSION ": runs flows", ""},
      {{"-h"}, 0, "qflow " QFLOW_VERSION ": runs flows", ""},
      {{"help"}, 0, "qflow " QFLOW_VERSION ": runs flows", ""},
      {{"--version"}, 0, "qflow " QFLOW_VERSION "\n", ""},
      {{"version"}, 0, "qflow " QFLOW_VERSION "\n", ""},
      {{"version", "--json"}, 0, "{\"version\":\"" QFLOW_VERSION "\"}\n", ""},
      {{"--color", "never", "version"}, 0, "qflow " QFLOW_VERSION "\n", ""},
      {{"version", "--color=always", "-v"}, 0, "qflow " QFLOW_VERSION "\n", ""},
      {{"run", "--version"}, 0, "qflow " QFLOW_VERSION "\n", ""},
      {{"run", "--help"}, 0, "qflow run: ", ""},
      {{"--help", "run"}, 0, "qflow run: ", ""},
      {{"help", "run"}, 0, "qflow run: ", ""},
      {{"help", "exit-status"}, 0, "  0", ""},
      {{"help", "exit-statu"}, 2, "", "qflow: error: no help about 'exit-statu'; did you mean 'exit-status'?\n"},
      {{"help", "xyzzy"}, 2, "", "qflow: error: no help about 'xyzzy'; qflow help lists commands and topics\n"},
      {{"inspct"}, 2, "", "qflow: error: unknown command 'inspct'; did you mean 'inspect'?\n"},
      {{"xyzzy"}, 2, "", "qflow: error: unknown command 'xyzzy'; qflow help lists them\n"},
      {{"complet"}, 2, "", "qflow: error: unknown command 'complet'; did you mean 'completion'?\n"},
      {{"a\nb"}, 2, "", "qflow: error: unknown command 'a\\nb'; "},
      {{""}, 2, "", "qflow: error: unknown command ''; "},
      {{"--colr"}, 2, "", "qflow: error: unknown option '--colr' of qflow; did you mean '--color'?\n"},
      {{"--store"}, 2, "", "qflow: error: option --store needs a value; write --store DIR\n"},
      {{"version", "x"}, 2, "", "qflow: error: qflow version does not take 'x'; see qflow help version\n"},
      {{"check"}, 2, "", "qflow: error: qflow check needs FILE; see qflow help check\n"},
      {{"runs"}, 7, "", "qflow: error: "},
      {{"man", "qflow-flo"}, 2, "", "qflow: error: no manual page 'qflow-flo'; did you mean 'qflow-flow'?\n"},
      {{"-q", "-v", "version"}, 2, "", "qflow: error: --quiet and --verbose exclude each other\n"},
      {{"-qv"}, 2, "", "qflow: error: --quiet and --verbose exclude each other\n"},
      {{"runs", "--limit", "0"}, 2, "", "qflow: error: option --limit: must be 1 to 1000000000, not 0\n"},
      {{"tick", "--wait", "5m"}, 2, "", "qflow: error: qflow tick does not take '5m'; write --wait=5m\n"},
      {{"tick", "5m"}, 2, "", "qflow: error: qflow tick does not take '5m'; see qflow help tick\n"},
      {{"publish", "e", "--wait", "1h30m"},
       2,
       "",
       "qflow: error: qflow publish does not take '1h30m'; write --wait=1h30m\n"},
      {{"publish", "--wait", "5m"},
       2,
       "",
       "qflow: error: option --wait: '5m' stands for an event's name; write --wait=5m\n"},
      {{"publish", "5m", "--wait=1s"}, 7, "", "qflow: error: "},
      {{"tick", "--wait="},
       2,
       "",
       "qflow: error: option --wait= has no value; write --wait=DURATION, or --wait alone\n"},
      {{"runs", "--json=true"}, 2, "", "qflow: error: option --json takes no value\n"},
      {{"runs", "--json="}, 2, "", "qflow: error: option --json takes no value\n"},
      {{"run", "f.toml", "--trigger", "-", "--trigger", "a", "--trigger", "-"},
       2,
       "",
       "qflow: error: option --trigger: standard input can be read once only, and - is given twice; "},
      {{"publish", "e", "--branch", "b"},
       2,
       "",
       "qflow: error: the options of projects and branches are for --namespaced"},
      {{"publish", "e", "--dry-run", "--wait"}, 2, "", "qflow: error: --wait and --dry-run exclude each other; "},
      {{"publish", "e", "--dry-run", "--dispatch"},
       2,
       "",
       "qflow: error: --dispatch and --dry-run exclude each other; "},
      {{"tick", "--dry-run", "--wait=5m"}, 2, "", "qflow: error: --wait and --dry-run exclude each other; "},
      {{"sensor", "reset", "F/s", "--json"}, 2, "", "qflow: error: option --json belongs to qflow sensor peek; "},
      {{"inspect", "F/1", "--graph", "--json"}, 2, "", "qflow: error: --graph and --json exclude each other; "},
      {{"run", "Foo"},
       3,
       "",
       "qflow: error: no file and no flow 'Foo'; name a flow file; qflow init writes an example\n"},
      {{"completion", "tcsh"}, 2, "", "qflow: error: no completion for the shell 'tcsh'; known: bash, zsh, fish\n"},
  };
  CommandFixture fixture;
  for (const Row& row : rows) {
    const ExitStatus status = fixture.run(row.words);
    CHECK_MESSAGE(static_cast<int>(status) == row.status, fixture.err.text);
    CHECK(fixture.out.text.substr(0, row.out.empty() ? std::string::npos : row.out.size()) == row.out);
    CHECK(fixture.err.text.substr(0, row.err.empty() ? std::string::npos : row.err.size()) == row.err);
  }
}

TEST_CASE("the error is red where colour is wanted") {
  CommandFixture fixture;
  fixture.run({"xyzzy"});
  CHECK_FALSE(contains(fixture.err.text, "\x1b"));
  fixture.err.terminal = true;
  fixture.run({"xyzzy"});
  CHECK(contains(fixture.err.text, "qflow: \x1b[31merror:\x1b[0m unknown"));
}

TEST_CASE("the severities of problems in flow files are coloured, too") {
  CommandFixture fixture;
  fixture.home.write("f.toml", "id = 1 # \nb = 2\n");
  fixture.home.write("g.toml", "id = \"G\"\n");
  fixture.run({"check", "f.toml", "g.toml"});
  const std::string plain = fixture.err.text;
  CHECK_FALSE(contains(plain, "\x1b"));
  fixture.run({"check", "f.toml", "g.toml", "--color", "always"});
  CHECK(contains(fixture.err.text, "f.toml:1:6: \x1b[31merror:\x1b[0m "));
  CHECK(contains(fixture.err.text, "f.toml:2:1: \x1b[31merror:\x1b[0m unknown key"));
  CHECK(contains(fixture.err.text, "g.toml:1:1: \x1b[33mwarning:\x1b[0m "));
  for (const std::string escape : {"\x1b[31m", "\x1b[33m", "\x1b[0m"}) {
    for (std::size_t at = 0; (at = fixture.err.text.find(escape)) != std::string::npos;) {
      fixture.err.text.erase(at, escape.size());
    }
  }
  CHECK(fixture.err.text == plain);
  fixture.run({"next", "--cron", "x * * * *", "--color", "always"});
  CHECK(contains(fixture.err.text, "--cron:1:1: \x1b[31merror:\x1b[0m "));
}

TEST_CASE("global options are forgotten after the command") {
  CommandFixture fixture;
  Context context = fixture.context();
  run_command_line(context, {"version", "--store", "/x", "-q", "--color=always"});
  CHECK_FALSE(context.options.store.has_value());
  CHECK(context.options.color == ColorMode::kAuto);
  CHECK(context.options.verbosity == Verbosity::kNormal);
}

TEST_CASE("in a folder that is gone only help and version work") {
  CommandFixture fixture;
  Context context = fixture.context();
  context.folder.clear();
  CHECK(run_command_line(context, {"runs", "--help"}) == ExitStatus::kOk);
  CHECK(run_command_line(context, {"runs"}) == ExitStatus::kNotFound);
  CHECK(contains(fixture.err.text, "the working directory no longer exists"));
}

TEST_CASE("every command is documented") {
  for (const Command* command : commands()) {
    CAPTURE(command->name);
    CHECK(find_command(command->name) == command);
    CHECK((command->run != nullptr));
    REQUIRE_FALSE(command->summary.empty());
    CHECK(command->summary.back() != '.');
    CHECK(command->summary.size() <= 76);
    for (const PositionalSpec& spec : command->positionals) CHECK_FALSE(spec.help.empty());
    bool has_json = false;
    for (const OptionSpec& option : command->options) {
      CHECK_FALSE(option.help.empty());
      CHECK((option.completes == Completes::kChoice) == !option.choices.empty());
      has_json = has_json || option.name == "json";
      for (const OptionSpec& global : global_options()) {
        CHECK(option.name != global.name);
        CHECK((option.short_name == 0 || option.short_name != global.short_name));
      }
    }
    CHECK(has_json == !command->json.empty());
  }
}

TEST_CASE("the help of a command has all its options and its examples") {
  CommandFixture fixture;
  for (const Command* command : commands()) {
    fixture.run({"help", std::string(command->name)});
    CAPTURE(command->name);
    for (const OptionSpec& option : command->options) {
      CHECK(contains(fixture.out.text, "--" + std::string(option.name)));
    }
    for (const PositionalSpec& spec : command->positionals) CHECK(contains(fixture.out.text, spec.name));
    CHECK(contains(fixture.out.text, command->examples.substr(0, command->examples.find('\n'))));
  }
}

TEST_CASE("the overview has every command but the hidden ones") {
  CommandFixture fixture;
  fixture.run({"help"});
  for (const Command* command : commands()) {
    const std::string line = "\n  " + std::string(command->name) + " ";
    CHECK_MESSAGE(contains(fixture.out.text, line) == (command->group != CommandGroup::kHidden), command->name);
  }
}

TEST_CASE("help keeps to the width of the terminal") {
  CommandFixture fixture;
  fixture.out.terminal = true;
  for (const int columns : {20, 60, 80, 300}) {
    fixture.out.columns = columns;
    for (const std::string topic : {"run", "triggers", "flow-file", "config", "environment", "expressions"}) {
      fixture.run({"help", topic});
      std::size_t start = 0;
      std::string longest;
      for (std::size_t end = fixture.out.text.find('\n'); end != std::string::npos;
           end = fixture.out.text.find('\n', start)) {
        const std::string line = fixture.out.text.substr(start, end - start);
        const bool kept_as_it_is = line.starts_with("  $") || line.find("  ") != std::string::npos;
        if (!kept_as_it_is && line.size() > longest.size()) longest = line;
        start = end + 1;
      }
      CAPTURE(longest);
      CHECK(longest.size() <= static_cast<std::size_t>(std::clamp(columns, 40, 100)));
    }
  }
}

}  // namespace
}  // namespace qflow
