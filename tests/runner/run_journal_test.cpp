#include "qflow/runner/run_journal.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace qflow {
namespace {

using std::chrono::microseconds;

// "executor 7@5; train[3]#1 = 42@6 (boot)", of what a journal tells.
std::string told(std::string_view text) {
  const RunJournal journal = parse_run_journal(text);
  std::string result = "nobody";
  if (journal.executor) {
    result =
        "executor " + std::to_string(journal.executor->id) + "@" + std::to_string(journal.executor->started.count());
  }
  for (const JournaledTask& task : journal.tasks) {
    result += "; " + task.step.text() + (task.index ? "[" + std::to_string(*task.index) + "]" : "") + "#" +
              std::to_string(task.attempt) + " = " + std::to_string(task.process.id) + "@" +
              std::to_string(task.process.at.count()) + " (" + task.origin + ")";
  }
  for (const JournaledHook& hook : journal.hooks) {
    result += "; hook = " + std::to_string(hook.process.id) + "@" + std::to_string(hook.process.at.count()) + " (" +
              hook.origin + ")";
  }
  return result;
}

TEST_CASE("a run's journal tells who executed it and what they started") {
  struct Row {
    std::string text;
    std::string expected;
  };
  const std::string first = executor_line({7, 1, 7, microseconds(5)}, "boot-1");
  const std::string second = executor_line({8, 1, 8, microseconds(9)}, "boot-2");
  const std::string task = "0000000042 0000000000000006 train/1\n";
  const std::vector<Row> rows{
      {"", "nobody"},
      {first, "executor 7@5"},
      {first + task, "executor 7@5; train#1 = 42@6 (boot-1)"},
      {first + task + second, "executor 8@9; train#1 = 42@6 (boot-1)"},
      {first + second + task, "executor 8@9; train#1 = 42@6 (boot-2)"},
      {task + first, "executor 7@5; train#1 = 42@6 ()"},
      {first + "0000000042 0000000000000006 train/3/2\n", "executor 7@5; train[3]#2 = 42@6 (boot-1)"},
      {first + "0000000042 0000000000000006 " + attempt_note(StepId::parse("a_b").value(), 0, 12) + "\n",
       "executor 7@5; a_b[0]#12 = 42@6 (boot-1)"},
      {first + task + "0000000043 0000000000000007 hook\n",
       "executor 7@5; train#1 = 42@6 (boot-1); hook = 43@7 (boot-1)"},
      // Torn, foreign or impossible lines.
      {first + task.substr(0, task.size() - 1), "executor 7@5"},
      {first + task.substr(0, 15) + second + task, "executor 7@5; train#1 = 42@6 (boot-1)"},
      {first + second.substr(0, second.size() - 3), "executor 7@5"},
      {"executor \n" + task, "nobody; train#1 = 42@6 ()"},
      {"executor x 5 boot\nexecutor 7 y boot\n", "nobody"},
      {first + "0000000042 0000000000000006 train\n", "executor 7@5"},
      {first + "0000000042 0000000000000006 /1\n", "executor 7@5"},
      {first + "0000000042 0000000000000006 no name/1\n", "executor 7@5"},
      {first + "0000000042 0000000000000006 train/1x\n", "executor 7@5"},
      {std::string("\0\xff\n\n", 4) + first, "executor 7@5"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(told(row.text) == row.expected);
  }
}

}  // namespace
}  // namespace qflow
