#include "cli/log_printer.h"

#include <doctest/doctest.h>

#include <fstream>

#include "cli/command_fixture.h"
#include "cli/log_reader.h"
#include "qflow/model/step_state.h"
#include "support/temporary_folder.h"

namespace qflow {
namespace {

Attempt attempt_of(const std::string& step, std::optional<std::int64_t> index, int number) {
  Attempt attempt;
  attempt.step = *StepId::parse(step);
  attempt.index = index;
  attempt.number = number;
  return attempt;
}

// What the log's lines become.
std::string printed(const std::vector<std::string>& lines, LogForm form, const Attempt& attempt) {
  StringOutput out;
  LogPrinter printer(out, Painter(Painter::Colors::kOff), attempt, form);
  for (const std::string& line : lines) printer.print(*parse_log_record(line));
  printer.finish();
  return out.text;
}

const std::vector<std::string> kLines{
    "2026-11-20T10:00:00.000Z out one",     "2026-11-20T10:00:00.001Z err two",
    "2026-11-20T10:00:00.002Z out+ long ",  "2026-11-20T10:00:00.003Z out line",
    "2026-11-20T10:00:00.004Z out+ broken", "2026-11-20T10:00:00.005Z err by another",
    "2026-11-20T10:00:00.006Z out ",
};

TEST_CASE("a log is printed as text, with the step or without") {
  CHECK(printed(kLines, LogForm::kPlain, attempt_of("a", {}, 1)) == "one\ntwo\nlong line\nbroken\nby another\n\n");
  CHECK(printed(kLines, LogForm::kPrefixed, attempt_of("a", {}, 1)) ==
        "a | one\na | two\na | long line\na | broken\na | by another\na | \n");
  CHECK(printed({kLines[0]}, LogForm::kPrefixed, attempt_of("a", 3, 1)) == "a[3] | one\n");
  CHECK(printed({kLines[0]}, LogForm::kPrefixed, attempt_of("a", {}, 2)) == "a#2 | one\n");
  CHECK(printed({kLines[2]}, LogForm::kPlain, attempt_of("a", {}, 1)) == "long \n");
}

TEST_CASE("a log is printed as JSON, a line each") {
  CHECK(printed({kLines[1]}, LogForm::kJson, attempt_of("a", 0, 1)) ==
        R"({"attempt":1,"index":0,"step":"a","stream":"err","text":"two","time":"2026-11-20T10:00:00.001Z"})"
        "\n");
  CHECK(printed({kLines[2], kLines[1], kLines[3]}, LogForm::kJson, attempt_of("a", {}, 2)) ==
        R"({"attempt":2,"index":null,"step":"a","stream":"err","text":"two","time":"2026-11-20T10:00:00.001Z"})"
        "\n"
        R"({"attempt":2,"index":null,"step":"a","stream":"out","text":"long line","time":"2026-11-20T10:00:00.003Z"})"
        "\n");
}

TEST_CASE("a log that grows is read on, and half a record is waited for") {
  TemporaryFolder folder;
  PosixFileSystem files;
  LogReader reader(files, folder / "log");
  std::vector<std::string> texts;
  const auto read = [&] {
    texts.clear();
    REQUIRE(reader.read_new([&](const LogRecord& record) { texts.emplace_back(record.text); }));
    return texts;
  };
  using Texts = std::vector<std::string>;
  CHECK(read().empty());
  std::ofstream log(folder / "log");
  log << "2026-11-20T10:00:00.000Z out one\n2026-11-20T10:00:00.000Z out tw" << std::flush;
  CHECK(read() == Texts{"one"});
  CHECK(read().empty());
  log << "o\nno record\n2026-11-20T10:00:00.000Z err three\n" << std::flush;
  CHECK(read() == Texts{"two", "three"});
}

}  // namespace
}  // namespace qflow
