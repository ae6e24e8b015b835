#include "sensor/file_selection.h"

#include <doctest/doctest.h>

#include "qflow/os/file_system.h"

using namespace qflow;

TEST_CASE("which names count") {
  struct Row {
    std::optional<std::string> pattern;
    std::string path;
    bool counts;
  };
  const Row rows[] = {
      {std::nullopt, "a", true},
      {std::nullopt, "d/a", false},
      {"*.csv", "a.csv", true},
      {"*.csv", "a.txt", false},
      {"*.csv", "d/a.csv", false},
      {"**/*.csv", "d/a.csv", true},
      {"in/*.csv", "in/a.csv", true},
      // names of files that are being written
      {std::nullopt, ".a", false},
      {std::nullopt, "a.tmp", false},
      {std::nullopt, "a.part", false},
      {std::nullopt, "a.filepart", false},
      {std::nullopt, "a~", false},
      {std::nullopt, "a.tmp.csv", true},
      {std::nullopt, "atmp", true},
      {"**", "d/.a", false},
      {"**", "d/a.part", false},
      // named by the pattern
      {".*", ".a", true},
      {"*.tmp", "a.tmp", true},
      {"*.part", "a.part", true},
      {"*.part", "a.filepart", false},
      {"*.filepart", "a.filepart", true},
      {"*~", "a~", true},
      {"a.tmp", "a.tmp", true},
      {".a", ".a", true},
      {"a*", "a.tmp", false},
      {"*.tmp", ".a.tmp", false},
      {".*", ".a.tmp", false},
      {".*.tmp", ".a.tmp", true},
      {"**/.*", "d/.a", true},
      {".d/*", ".d/.a", false},
      {"*.tmp/*", "d.tmp/a", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern.value_or("(none)"));
    CAPTURE(row.path);
    CHECK(FileSelection(row.pattern, nullptr).counts(row.path) == row.counts);
  }
}

TEST_CASE("which folders are entered") {
  struct Row {
    std::optional<std::string> pattern;
    std::string folder;
    bool enters;
  };
  const Row rows[] = {
      {std::nullopt, "d", false}, {"*.csv", "d", false},         {"**/*.csv", "d", true},   {"**", "d/e", true},
      {"d/*", "d", true},         {"d/*", "e", false},           {"**/*.csv", ".d", false}, {"**", "d/.git", false},
      {".d/*", ".d", true},       {"**/.d/*.csv", "e/.d", true}, {"**/.d/*", ".e", false},  {".*/*", ".e", true},
      {"**/.a", ".d", false},     {".d/**", ".d/e", true},       {".d/**", ".d/.e", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern.value_or("(none)"));
    CAPTURE(row.folder);
    CHECK(FileSelection(row.pattern, nullptr).enters(row.folder) == row.enters);
  }
}

TEST_CASE("where done markers lie, and that they are no files themselves") {
  struct Row {
    std::string marker, file;
    std::string path;  // of the file's marker
  };
  const Row rows[] = {
      {"{name}.ok", "a.csv", "a.csv.ok"},       {"{name}.ok", "d/a.csv", "d/a.csv.ok"},
      {"./{name}.ok", "a", "./a.ok"},           {"{stem}.done", "d/a.b.csv", "d/a.b.done"},
      {"{stem}.done", "a", "a.done"},           {".{name}.done", "a", ".a.done"},
      {"_SUCCESS", "d/a", "d/_SUCCESS"},        {"ok/{name}", "d/a", "d/ok/a"},
      {"../ok/{name}.x", "d/a", "d/../ok/a.x"}, {"{stem}-{name}[1]*", "a.b", "a-a.b[1]*"},
      {"{what}.ok", "a", "{what}.ok"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.marker);
    CAPTURE(row.file);
    const auto marker = DoneMarker::parse(row.marker);
    REQUIRE(marker);
    CHECK(marker->path_for(row.file) == row.path);
    const std::string listed = Path(row.path).lexically_normal().native();
    CHECK(marker->is_marker(listed));
    CHECK(!marker->is_marker(row.file));
    CHECK(!FileSelection("**/*", &*marker).counts(listed));
    CHECK(FileSelection("**/*", &*marker).counts(row.file));
  }
}

TEST_CASE("done markers that can be none") {
  for (const char* text : {"", "/ok/{name}.ok", "{name}", "{stem}", "{name}{stem}", "../{name}", "./{name}"}) {
    CAPTURE(text);
    const auto marker = DoneMarker::parse(text);
    REQUIRE(!marker);
    CHECK(marker.error().kind == ErrorKind::kInvalid);
  }
}
