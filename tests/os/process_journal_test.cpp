#include "qflow/os/process_journal.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

// "4711@5 note 42@6 other", of the processes in the text.
std::string parsed(std::string_view text) {
  std::string result;
  for (const JournaledProcess& process : parse_journal(text)) {
    if (!result.empty()) result += "; ";
    result += std::to_string(process.id) + "@" + std::to_string(process.at.count()) + " " + process.note;
  }
  return result;
}

TEST_CASE("whole lines of a journal are read, all others are passed over") {
  struct Row {
    std::string text;
    std::string expected;
  };
  const std::string line = "0000004711 0000000000000005 train/1\n";
  const std::vector<Row> rows{
      {"", ""},
      {line, "4711@5 train/1"},
      {line + line, "4711@5 train/1; 4711@5 train/1"},
      {"0000000042 9999999999999999 two words\n", "42@9999999999999999 two words"},
      {"0000000042 0000000000000006 \n", "42@6 "},
      {"torn before its end: 00000047", ""},
      {line.substr(0, line.size() - 1), ""},
      {line + line.substr(0, 20), "4711@5 train/1"},
      {line.substr(0, 20) + line, ""},
      {"0000004711 0000\n" + line, "4711@5 train/1"},
      {journal_line("train/1"), ""},
      {"000000471x 0000000000000005 train/1\n", ""},
      {"-000004711 0000000000000005 train/1\n", ""},
      {"executor 4711 5 boot\n" + line, "4711@5 train/1"},
      {std::string("\0\0\0\n\n\xff\n", 7) + line, "4711@5 train/1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(parsed(row.text) == row.expected);
  }
}

}  // namespace
}  // namespace qflow
