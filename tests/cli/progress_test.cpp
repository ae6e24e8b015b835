#include "cli/progress.h"

#include <doctest/doctest.h>

#include "cli/command_fixture.h"

namespace qflow {
namespace {

// What a terminal shows after the text: it knows newlines, returns, and the two sequences that Progress uses.
std::vector<std::string> screen(const std::string& text) {
  std::vector<std::string> lines{""};
  std::size_t row = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = text.find_first_not_of("0123456789", i + 2);
    if (text.compare(i, 2, "\x1b[") == 0 && end != std::string::npos && end > i + 2 && text[end] == 'A') {
      row -= std::stoul(text.substr(i + 2, end - i - 2));
      i = end;
    } else if (text.compare(i, 3, "\x1b[J") == 0) {
      lines.resize(row + 1);
      lines[row].clear();
      i += 2;
    } else if (text[i] == '\r') {
      continue;
    } else if (text[i] == '\n') {
      if (++row == lines.size()) lines.emplace_back();
    } else {
      lines[row] += text[i];
    }
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("what goes on stands below what has been said") {
  CommandFixture fixture;
  fixture.clock = &fixture.fake_clock;
  fixture.err.terminal = true;
  fixture.home.environment["NO_COLOR"] = "1";
  Context context = fixture.context();
  {
    Progress progress(context);
    progress.begin("train");
    progress.begin("test");
    progress.write(context.err, "one\n");
    progress.end("train");
  }
  CHECK(screen(fixture.err.text) == Lines{"one"});
  CHECK(fixture.err.text.find("  train  ") != std::string::npos);
  CHECK(fixture.err.text.find("  test  ") != std::string::npos);
}

TEST_CASE("many things become a few lines") {
  CommandFixture fixture;
  fixture.clock = &fixture.fake_clock;
  fixture.err.terminal = true;
  Context context = fixture.context();
  Progress progress(context);
  for (int i = 0; i < 20; ++i) progress.begin("step" + std::to_string(i));
  CHECK(screen(fixture.err.text).size() == 8);
  CHECK(screen(fixture.err.text).back().find("and 13 more") != std::string::npos);
}

TEST_CASE("nothing is drawn on pipes, on dumb terminals, or with --quiet") {
  struct Row {
    bool terminal;
    std::string term;
    Verbosity verbosity;
  };
  for (const Row& row : {Row{false, "xterm", Verbosity::kNormal}, Row{true, "dumb", Verbosity::kNormal},
                         Row{true, "xterm", Verbosity::kQuiet}}) {
    CommandFixture fixture;
    fixture.err.terminal = row.terminal;
    fixture.home.environment["TERM"] = row.term;
    Context context = fixture.context();
    context.options.verbosity = row.verbosity;
    Progress progress(context);
    progress.begin("train");
    progress.write(context.out, "text\n");
    progress.end("train");
    CHECK(fixture.err.text.empty());
    CHECK(fixture.out.text == "text\n");
  }
}

}  // namespace
}  // namespace qflow
