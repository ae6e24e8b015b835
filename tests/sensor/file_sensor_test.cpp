#include <doctest/doctest.h>

#include <algorithm>

#include "sensor/file_payload.h"
#include "watched_folder.h"

using namespace qflow;

namespace {

// A clock on which every question takes a second.
class SlowClock final : public Clock {
 public:
  Instant now() override { return {}; }
  std::chrono::microseconds monotonic() override { return time_ += std::chrono::seconds(1); }

 private:
  std::chrono::microseconds time_{0};
};

}  // namespace

TEST_CASE("a change of a file tells all that is known of it") {
  WatchedFolder world;
  REQUIRE(world.look());
  world.write("a.csv", "four");
  auto sighting = world.look();
  REQUIRE(sighting->changes.size() == 1);
  CHECK(sighting->changes[0].payload == Json{{"path", (world / "a.csv").native()},
                                             {"name", "a.csv"},
                                             {"size", 4},
                                             {"mtime", "2001-09-09T01:46:41Z"},
                                             {"event_type", "created"},
                                             {"replaced", false}});
  CHECK(!sighting->changes[0].idempotency_key);
  world.remove("a.csv");
  sighting = world.look();
  REQUIRE(sighting->changes.size() == 1);
  CHECK(sighting->changes[0].payload == Json{{"path", (world / "a.csv").native()},
                                             {"name", "a.csv"},
                                             {"size", 4},
                                             {"mtime", "2001-09-09T01:46:41Z"},
                                             {"event_type", "deleted"},
                                             {"replaced", false}});
}

TEST_CASE("names of any bytes are carried unharmed") {
  struct Row {
    std::string name, shown;
  };
  const Row rows[] = {
      {"a \"quoted\" $(rm -rf x) 'name'\n\t\\", "a \"quoted\" $(rm -rf x) 'name'\n\t\\"},
      {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd"},
      {"*?[a]", "*?[a]"},
  };
  WatchedFolder world;
  world.watched.done_marker = "{name}.ok";
  REQUIRE(world.look());
  for (const Row& row : rows) {
    const auto look = [&] {
      const auto sighting = world.look();
      REQUIRE(sighting->changes.size() == 1);
      const Json& payload = sighting->changes[0].payload;
      CHECK(payload.at("name") == row.shown);
      CHECK(payload.at("path") == (world.folder.path() / row.shown).native());
      return payload.at("event_type");
    };
    world.write(row.name);
    world.write(row.name + ".ok");
    CHECK(look() == "created");
    world.write(row.name, "longer");
    world.write(row.name + ".ok");
    CHECK(look() == "modified");
    world.remove(row.name);
    CHECK(look() == "deleted");
  }
}

TEST_CASE("a path that is not UTF-8 has its bytes beside it") {
  struct Row {
    std::string path, shown, encoded;
  };
  const Row rows[] = {
      {"\xff", "/\xef\xbf\xbd", "L/8="},
      {"\xff\xfe", "/\xef\xbf\xbd\xef\xbf\xbd", "L//+"},
      {"a\xe2\x82z", "/a\xef\xbf\xbd\xef\xbf\xbdz", "L2Higno="},
      {"d\xff/b", "/d\xef\xbf\xbd/b", "L2T/L2I="},
  };
  for (const Row& row : rows) {
    const Json payload = file_payload("/", {ChangeKind::kCreated, row.path, {}});
    CHECK(payload.at("path") == row.shown);
    CHECK(payload.at("path_base64") == row.encoded);
  }
  CHECK(!file_payload("/", {ChangeKind::kCreated, "gr\xc3\xbc\xc3\x9f", {}}).contains("path_base64"));
}

TEST_CASE("a batch is one change") {
  WatchedFolder world;
  world.rules.per = SensorBatching::kBatch;
  world.write("b");
  CHECK(world.look()->changes.empty());
  world.write("c", "22");
  world.write("a", "333");
  const auto sighting = world.look();
  REQUIRE(sighting->changes.size() == 1);
  const Json& payload = sighting->changes[0].payload;
  CHECK(payload.size() == 2);
  CHECK(payload.at("count") == 2);
  REQUIRE(payload.at("files").size() == 2);
  CHECK(payload.at("files")[0].at("name") == "a");
  CHECK(payload.at("files")[1].at("size") == 2);
  CHECK(world.look()->changes.empty());
}

TEST_CASE("what a person has to mend") {
  WatchedFolder world;
  world.write("file");
  world.make_folder("folder");
  const std::string here = world.folder.path().native();
  struct Row {
    bool directory;
    std::string path;
    ErrorKind kind;
    std::string message;
  };
  const Row rows[] = {
      {true, "absent", ErrorKind::kNotFound,
       "can't look at " + here + "/absent: No such file or directory; make the folder, or mend `path`"},
      {true, "file", ErrorKind::kInvalid, here + "/file is no folder; for one file write sensor_type = \"file\""},
      {false, "folder", ErrorKind::kInvalid, here + "/folder is a folder; write sensor_type = \"directory\""},
      {false, "folder/", ErrorKind::kInvalid, here + "/folder is a folder; write sensor_type = \"directory\""},
      {false, "absent/file", ErrorKind::kNotFound,
       "can't look at " + here + "/absent: No such file or directory; make the folder, or mend `path`"},
      {false, "file/file", ErrorKind::kInvalid, here + "/file is no folder; mend `path`"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    world.watched.directory = row.directory;
    world.watched.path = row.path;
    const auto sighting = world.look();
    REQUIRE(!sighting);
    CHECK(sighting.error().kind == row.kind);
    CHECK(to_text(sighting.error()) == row.message);
  }
}

TEST_CASE("a cursor of something else is an error that says the way out") {
  WatchedFolder world;
  world.cursor = "{\"etag\": 1}";
  const auto sighting = world.look();
  REQUIRE(!sighting);
  CHECK(sighting.error().kind == ErrorKind::kStore);
  CHECK(sighting.error().advice.find("qflow sensor reset") != std::string::npos);
}

TEST_CASE("a done marker is looked for beside the file") {
  WatchedFolder world;
  world.watched.pattern = "**";
  world.watched.done_marker = "{name}.ok";
  world.watched.settle = std::chrono::hours(1);
  REQUIRE(world.look());
  world.make_folder("d");
  world.write("d/a");
  world.write("b");
  world.write("b.ok");
  auto sighting = world.look();
  CHECK(world.text_of(*sighting) == "+b");
  CHECK(sighting->seen == "2 files, 1 without its done marker");
  world.write("d/a.ok");
  CHECK(world.found() == "+d/a");
  // A name so long that no marker can be.
  world.write(std::string(255, 'n'));
  CHECK(world.found() == "");
  world.watched.done_marker = "{name}";
  CHECK(world.found() ==
        "the done_marker '{name}' makes every file a marker; add something to the name: \"{name}.ok\"");
}

TEST_CASE("settling follows the clock") {
  WatchedFolder world;
  world.watched.settle = std::chrono::seconds(5);
  REQUIRE(world.look());
  world.write("a");
  world.write("b");
  auto sighting = world.look();
  CHECK(sighting->changes.empty());
  CHECK(sighting->unsettled == std::chrono::seconds(5));
  CHECK(sighting->seen == "2 files, 2 of them still changing");
  world.fake_clock.advance(std::chrono::seconds(3));
  world.write("b", "more");
  CHECK(world.look()->unsettled == std::chrono::seconds(2));
  world.fake_clock.advance(std::chrono::seconds(2));
  sighting = world.look();
  CHECK(world.text_of(*sighting) == "+a");
  CHECK(sighting->unsettled == std::chrono::seconds(3));
  world.fake_clock.advance(std::chrono::seconds(3));
  sighting = world.look();
  CHECK(world.text_of(*sighting) == "+b");
  CHECK(!sighting->unsettled);
  CHECK(sighting->seen == "2 files");
}

TEST_CASE("a look that takes too long is an error, and nothing was learnt") {
  WatchedFolder world;
  world.write("a");
  REQUIRE(world.look());
  for (int i = 0; i < 40; ++i) world.write("new" + std::to_string(i));
  const auto cursor = world.cursor;
  SlowClock slow;
  world.clock = &slow;
  const auto sighting = world.look();
  REQUIRE(!sighting);
  CHECK(sighting.error().kind == ErrorKind::kFailed);
  CHECK(sighting.error().message == "looking at " + world.folder.path().native() + " took longer than 30s");
  world.clock = &world.fake_clock;
  CHECK(world.cursor == cursor);
  CHECK(world.look()->changes.size() == 40);
}

TEST_CASE("the time for a look counts below the folder and for markers too") {
  WatchedFolder world;
  world.watched.pattern = "**";
  world.make_folder("d");
  for (int i = 0; i < 40; ++i) world.write("d/" + std::to_string(i));
  SlowClock slow;
  world.clock = &slow;
  CHECK(world.found().find("took longer than 30s") != std::string::npos);
  for (int i = 20; i < 40; ++i) world.remove("d/" + std::to_string(i));
  REQUIRE(world.found() == "");
  world.cursor.reset();
  world.watched.done_marker = "{name}.ok";
  CHECK(world.found().find("took longer than 30s") != std::string::npos);
}

TEST_CASE("very many changes come in parts") {
  constexpr int kFiles = 10'000;
  WatchedFolder world;
  world.watched.settle = std::chrono::seconds(5);
  world.rules.change = ChangeKind::kCreated;
  REQUIRE(world.look());
  world.write("0");
  for (int i = 1; i < kFiles; ++i) world.name_again("0", std::to_string(i));
  CHECK(world.look()->changes.empty());
  world.fake_clock.advance(world.watched.settle);
  std::vector<std::string> names;
  for (bool more = true; more;) {
    const auto sighting = world.look();
    REQUIRE(sighting);
    CHECK(sighting->changes.size() == kChangesAtOnce);
    for (const SensedChange& change : sighting->changes) names.push_back(change.payload.at("name"));
    more = sighting->more;
    REQUIRE(names.size() <= kFiles);
  }
  CHECK(names.size() == kFiles);
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  CHECK(world.look()->changes.empty());
}

TEST_CASE("a batch stays within half a MiB") {
  constexpr std::size_t kFiles = 2'000;
  WatchedFolder world;
  world.rules.per = SensorBatching::kBatch;
  REQUIRE(world.look());
  world.write("a");
  for (std::size_t i = 1; i < kFiles; ++i) world.name_again("a", std::to_string(10'000 + i) + std::string(200, 'n'));
  std::size_t count = 0, batches = 0;
  for (bool more = true; more; ++batches) {
    const auto sighting = world.look();
    REQUIRE(sighting->changes.size() == 1);
    const Json& payload = sighting->changes[0].payload;
    CHECK(to_compact(payload).size() <= (512 << 10) + 100);
    CHECK(payload.at("files").size() == payload.at("count"));
    count += payload.at("files").size();
    more = sighting->more;
    if (more) CHECK(to_compact(payload).size() > 500 << 10);
  }
  CHECK(count == kFiles);
  CHECK(batches == 3);
}
