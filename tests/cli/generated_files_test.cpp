#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "cli/command_fixture.h"
#include "cli/man_pages.h"
#include "cli/roff.h"

namespace qflow {
namespace {

std::string repository_file(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(std::string(QFLOW_SOURCE_DIR) + "/" + name).rdbuf();
  return text.str();
}

TEST_CASE("the manual and the completions are what the program prints") {
  struct Row {
    std::vector<std::string> command;
    std::string file;
  };
  const std::vector<Row> rows{
      {{"man", "qflow"}, "man/qflow.1"},
      {{"man", "qflow-flow"}, "man/qflow-flow.5"},
      {{"completion", "bash"}, "completions/qflow.bash"},
      {{"completion", "zsh"}, "completions/_qflow"},
      {{"completion", "fish"}, "completions/qflow.fish"},
  };
  CommandFixture fixture;
  for (const Row& row : rows) {
    CHECK(fixture.run(row.command) == ExitStatus::kOk);
    const bool same = fixture.out.text == repository_file(row.file);
    CHECK_MESSAGE(same, row.file << " is not up to date; to refresh it: scripts/refresh-generated");
  }
}

TEST_CASE("without a name the page of the program is printed") {
  CommandFixture fixture;
  fixture.run({"man"});
  CHECK(fixture.out.text == program_page());
}

TEST_CASE("roff takes nothing of a text for its own") {
  CHECK(roff_escaped("a-b \\ c") == "a\\-b \\e c");
  CHECK(roff_escaped("\xc3\xbc \xe2\x80\xa6 \xf0\x9f\x98\x80") == "\\[u00FC] \\[u2026] \\[u1F600]");
  RoffPage page("x", 1);
  const std::string head = page.source();
  page.heading("NAME");
  page.text(".one `two` words\n\n'three\n  .four -x\n");
  page.term("-p", "text");
  CHECK(page.source().substr(head.size()) ==
        ".SH NAME\n"
        "\\&.one \\fBtwo\\fR words\n"
        ".PP\n"
        "\\&'three\n"
        ".EX\n"
        "  .four \\-x\n"
        ".EE\n"
        ".TP\n\\fB\\-p\\fR\ntext\n");
}

TEST_CASE("lines of the source are short, and none begins with a request by accident") {
  RoffPage page("x", 1);
  page.heading("NAME");
  const std::string head = page.source();
  std::string text;
  for (int i = 0; i < 100; ++i) text += "word .request ";
  page.text(text);
  std::istringstream lines(page.source().substr(head.size()));
  for (std::string line; std::getline(lines, line);) {
    CHECK(line.size() <= 80);
    CHECK(line.front() != '.');
  }
}

}  // namespace
}  // namespace qflow
