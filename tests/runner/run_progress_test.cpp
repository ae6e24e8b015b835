#include "qflow/runner/run_progress.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "support/steps.h"

namespace qflow {
namespace {

// The steps a, b, c, d by letter; `needs` such as "b:a c:a d:bc".
StepGraph graph_of(std::size_t size, const std::string& needs) {
  std::vector<StepRow> rows;
  for (std::size_t i = 0; i < size; ++i) rows.push_back({std::string(1, static_cast<char>('a' + i)), {}});
  std::istringstream words(needs);
  for (std::string word; words >> word;) {
    for (const char needed : word.substr(2))
      rows[static_cast<std::size_t>(word[0] - 'a')].needs.emplace_back(1, needed);
  }
  return StepGraph(make_steps(rows));
}

std::string letters(const std::vector<std::size_t>& steps) {
  std::string text;
  for (const std::size_t step : steps) text += static_cast<char>('a' + step);
  return text;
}

// Plays ends such as "+a" (succeeded), "-a" (skipped), "!a" (failed), "~a" (failed, allowed), "." (stop).
void play(RunProgress& progress, const std::string& ends) {
  std::istringstream words(ends);
  for (std::string word; words >> word;) {
    const auto step = static_cast<std::size_t>(word.size() > 1 ? word[1] - 'a' : 0);
    if (word[0] == '+') progress.succeed(step);
    if (word[0] == '-') progress.skip(step);
    if (word[0] == '!') progress.fail(step, RunProgress::FailureAllowed::kNo);
    if (word[0] == '~') progress.fail(step, RunProgress::FailureAllowed::kYes);
    if (word[0] == '.') progress.stop();
  }
}

struct Row {
  std::string what;
  std::size_t size;
  std::string needs;
  std::string first;    // ready at the start
  std::string ends;     // what then happens
  std::string ready;    // ready after it
  std::string skipped;  // skipped by it
};

TEST_CASE("which steps may start, by what has ended") {
  const std::vector<Row> rows{
      {"no steps", 0, "", "", "", "", ""},
      {"independent steps start at once, in the order of the file", 3, "", "abc", "", "", ""},
      {"a chain goes on", 3, "b:a c:b", "a", "+a", "b", ""},
      {"a chain ends", 2, "b:a", "a", "+a +b", "", ""},
      {"ends of an earlier process, in any order", 4, "b:a c:b d:c", "a", "+b +a", "c", ""},
      {"skips of an earlier process, in any order", 3, "b:a c:b", "a", "-b -a", "", "c"},
      {"what was ready and is told to have failed", 2, "", "ab", "!a", "", ""},
      {"a join waits for both", 3, "c:ab", "ab", "+a", "", ""},
      {"a join starts after both", 3, "c:ab", "ab", "+b +a", "c", ""},
      {"a diamond opens", 4, "b:a c:a d:bc", "a", "+a", "bc", ""},
      {"after a failure nothing new starts", 3, "c:a", "ab", "!b +a", "", ""},
      {"an allowed failure counts as done", 2, "b:a", "a", "~a", "b", ""},
      {"after a stop nothing new starts", 2, "b:a", "a", ". +a", "", ""},
      {"skipped for good when all that it needs was", 2, "b:a", "a", "-a", "", "b"},
      {"skipping goes down the chain", 4, "b:a c:b d:c", "a", "-a", "", "bcd"},
      {"one needed step that ran is enough", 3, "c:ab", "ab", "-a +b", "c", ""},
      {"one that failed but was allowed to is enough", 3, "c:ab", "ab", "-a ~b", "c", ""},
      {"all skipped, in any order", 3, "c:ab", "ab", "-b -a", "", "c"},
      {"the same step needed twice", 2, "b:aa", "a", "+a", "b", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const StepGraph graph = graph_of(row.size, row.needs);
    RunProgress progress(graph);
    CHECK(letters(progress.take_ready()) == row.first);
    play(progress, row.ends);
    CHECK(progress.has_ready() == !row.ready.empty());
    CHECK(letters(progress.take_ready()) == row.ready);
    CHECK(letters(progress.take_skipped()) == row.skipped);
    CHECK(progress.take_ready().empty());
  }
}

TEST_CASE("a chain of 100,000 skipped steps needs no deep stack") {
  std::vector<StepRow> rows{{"s0", {}}};
  for (int i = 1; i < 100'000; ++i) rows.push_back({"s" + std::to_string(i), {"s" + std::to_string(i - 1)}});
  const StepGraph graph(make_steps(rows));
  RunProgress progress(graph);
  progress.skip(0);
  CHECK(progress.take_skipped().size() == 99'999);
}

}  // namespace
}  // namespace qflow
