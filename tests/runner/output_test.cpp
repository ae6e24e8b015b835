#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "qflow/runner/log_record.h"
#include "runner/attempt_log.h"
#include "runner/line_splitter.h"
#include "runner/step_events.h"

namespace qflow {
namespace {

std::vector<std::string> split(const std::vector<std::string>& reads) {
  std::vector<std::string> pieces;
  const auto sink = [&](std::string_view text, bool goes_on) {
    pieces.push_back(std::string(text) + (goes_on ? "…" : ""));
  };
  LineSplitter lines;
  for (const std::string& read : reads) lines.feed(read, sink);
  lines.finish(sink);
  return pieces;
}

TEST_CASE("lines are cut at newlines, wherever the reads end") {
  struct Row {
    std::vector<std::string> reads;
    std::vector<std::string> lines;
  };
  const std::string longest(LineSplitter::kLongestPiece, 'x');
  const std::vector<Row> rows{
      {{}, {}},
      {{"a\n"}, {"a"}},
      {{"a\nb\n"}, {"a", "b"}},
      {{"a\n\nb\n"}, {"a", "", "b"}},
      {{"no newline"}, {"no newline"}},
      {{"ha", "lf\nre", "st"}, {"half", "rest"}},
      {{"a", "\n", "\n"}, {"a", ""}},
      {{std::string("nul\0bin\xff\n", 9)}, {std::string("nul\0bin\xff", 8)}},
      {{longest + "\n"}, {longest}},
      {{longest, "\n"}, {longest}},
      {{longest + "y\n"}, {longest + "…", "y"}},
      {{longest, longest, "z"}, {longest + "…", longest + "…", "z"}},
  };
  for (const Row& row : rows) CHECK(split(row.reads) == row.lines);
}

TEST_CASE("log records are parsed back") {
  struct Row {
    std::string line;
    bool good;
    TaskStream stream;
    bool goes_on;
    std::string text;
  };
  const std::string at = "2026-11-20T10:00:00.123Z";
  const std::vector<Row> rows{
      {at + " out hello", true, TaskStream::kOut, false, "hello"},
      {at + " err  two spaces", true, TaskStream::kErr, false, " two spaces"},
      {at + " out ", true, TaskStream::kOut, false, ""},
      {at + " out+ piece", true, TaskStream::kOut, true, "piece"},
      {at + " out out+ x", true, TaskStream::kOut, false, "out+ x"},
      {at + " in hello", false, {}, {}, {}},
      {at, false, {}, {}, {}},
      {"", false, {}, {}, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const auto record = parse_log_record(row.line);
    REQUIRE(record.has_value() == row.good);
    if (!record) continue;
    CHECK(record->time == at);
    CHECK(record->stream == row.stream);
    CHECK(record->goes_on == row.goes_on);
    CHECK(record->text == row.text);
  }
}

TEST_CASE("a log is made with its first record, and cut at its limit with a note") {
  std::string folder = (std::filesystem::temp_directory_path() / "qflow-log-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  PosixFileSystem files;
  PosixClock clock;
  const Path path = Path(folder) / "log";
  AttemptLog log(
      files, clock, [path] { return path; }, 100);
  REQUIRE(log.flush());
  CHECK_FALSE(*exists(files, path));
  log.add(TaskStream::kOut, "first", AttemptLog::Piece::kWholeLine);
  log.add(TaskStream::kErr, "second", AttemptLog::Piece::kGoesOn);
  for (int i = 0; i < 10; ++i) log.add(TaskStream::kOut, std::string(20, 'x'), AttemptLog::Piece::kWholeLine);
  REQUIRE(log.flush());
  const std::string text = read_file(files, path).value();
  const std::string_view all = text;
  CHECK(parse_log_record(all.substr(0, all.find('\n')))->text == "first");
  CHECK(all.find(" err+ second\n") != std::string::npos);
  CHECK(all.find("the log is cut here, at 100 bytes\n") != std::string::npos);
  CHECK(text.size() < 200);
  std::filesystem::remove_all(folder);
}

TEST_CASE("signals have their names") {
  CHECK(signal_text(9) == "SIGKILL");
  CHECK(signal_text(15) == "SIGTERM");
}

}  // namespace
}  // namespace qflow
