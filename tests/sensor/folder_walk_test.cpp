#include <doctest/doctest.h>

#include "sensor/real_path.h"
#include "watched_folder.h"

using namespace qflow;

namespace {

// A clock on which something happens in the world when it is asked.
class HookedClock final : public Clock {
 public:
  void at_question(int number, std::function<void()> action) { left_ = number, action_ = std::move(action); }

  Instant now() override { return {}; }
  std::chrono::microseconds monotonic() override {
    if (--left_ == 0) action_();
    return {};
  }

 private:
  int left_ = 0;
  std::function<void()> action_;
};

}  // namespace

TEST_CASE("a link counts where it leads to a place inside the watched folder") {
  struct Row {
    std::string name, target, pattern;
    std::string found;
  };
  WatchedFolder outside;
  outside.write("secret.csv");
  outside.make_folder("d");
  outside.write("d/far.csv");
  const std::string elsewhere = outside.folder.path().native();
  const Row rows[] = {
      {"l.csv", "sub/a.csv", "*.csv", "+l.csv"},
      {"l.csv", "../NAME/sub/a.csv", "*.csv", "+l.csv"},
      {"l.csv", "HERE/sub/a.csv", "*.csv", "+l.csv"},
      {"l.csv", "sub/../sub/./a.csv", "*.csv", "+l.csv"},
      {"l.csv", "sub/link.csv", "*.csv", "+l.csv"},
      {"l.csv", elsewhere + "/secret.csv", "*.csv", ""},
      {"l.csv", "HEREx/secret.csv", "*.csv", ""},
      {"l.csv", "sub/out/secret.csv", "*.csv", ""},
      {"l.csv", "nowhere.csv", "*.csv", ""},
      {"l.csv", "l.csv", "*.csv", ""},
      {"l.csv", "sub", "*.csv", ""},
      {"l", "sub/a.csv", "*.csv", ""},
      {"l", "sub", "l/*.csv", "+l/a.csv +l/link.csv"},
      {"l", "sub", "*.csv", ""},
      {"l", elsewhere + "/d", "l/*.csv", ""},
      {"l", ".", "**/*.csv", "+sub/a.csv +sub/link.csv"},
      {"l", "HERE", "l/*.csv", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CAPTURE(row.target);
    CAPTURE(row.pattern);
    WatchedFolder world;
    world.rules.baseline = SensorBaseline::kFire;
    world.watched.pattern = row.pattern;
    world.make_folder("sub");
    world.write("sub/a.csv");
    world.link("a.csv", "sub/link.csv");
    world.link(elsewhere, "sub/out");
    std::string target = row.target;
    if (const auto at = target.find("HERE"); at != std::string::npos)
      target.replace(at, 4, world.folder.path().native());
    if (const auto at = target.find("NAME"); at != std::string::npos) {
      target.replace(at, 4, world.folder.path().filename().native());
    }
    world.link(target, row.name);
    CHECK(world.found() == row.found);
  }
}

TEST_CASE("a link is as what it leads to") {
  WatchedFolder world;
  world.watched.pattern = "*.csv";
  world.make_folder("v");
  world.write("v/1", "one");
  world.write("v/2", "two");
  world.link("v/1", "current.csv");
  REQUIRE(world.look());
  world.write("v/1", "longer");
  CHECK(world.found() == "~current.csv");
  world.remove("current.csv");
  world.link("v/2", "current.csv");
  CHECK(world.found() == "~current.csv!");
  world.remove("current.csv");
  world.link("/dev/null", "current.csv");
  const auto sighting = world.look();
  CHECK(world.text_of(*sighting) == "-current.csv");
  CHECK(sighting->seen == "0 files, 1 link leads elsewhere and is ignored");
}

TEST_CASE("loops of links end") {
  WatchedFolder world;
  world.rules.baseline = SensorBaseline::kFire;
  world.watched.pattern = "**/*.csv";
  world.make_folder("a/b");
  world.make_folder("c");
  world.write("a/b/1.csv");
  world.link("..", "a/b/up");
  world.link("../..", "a/b/top");
  world.link("../c", "a/across");
  world.link("../a", "c/back");
  world.link("x", "y");
  world.link("y", "x");
  CHECK(world.found() == "+a/b/1.csv +c/back/b/1.csv");
}

TEST_CASE("only regular files count, and only those of the pattern's folders") {
  WatchedFolder world;
  world.rules.baseline = SensorBaseline::kFire;
  REQUIRE(mkfifo((world / "fifo").c_str(), 0600) == 0);
  world.make_folder("d/e");
  world.make_folder(".hidden");
  world.make_folder("d.csv");
  for (const char* name : {"a.csv", "d/b.csv", "d/e/c.csv", ".hidden/h.csv", "d/.x.csv", "d.csv/n.csv", "a.csv.tmp"}) {
    world.write(name);
  }
  struct Row {
    std::optional<std::string> pattern;
    std::string found;
  };
  const Row rows[] = {
      {std::nullopt, "+a.csv"},
      {"*", "+a.csv"},
      {"*.tmp", "+a.csv.tmp"},
      {"*/*.csv", "+d.csv/n.csv +d/b.csv"},
      {"**", "+a.csv +d.csv/n.csv +d/b.csv +d/e/c.csv"},
      {"d/**", "+d/b.csv +d/e/c.csv"},
      {"**/.*", "+d/.x.csv"},
      {".hidden/*", "+.hidden/h.csv"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern.value_or("(none)"));
    world.watched.pattern = row.pattern;
    world.cursor.reset();
    CHECK(world.found() == row.found);
  }
}

TEST_CASE("folders that the pattern does not reach are not listed") {
  WatchedFolder world;
  world.watched.pattern = "in/*.csv";
  world.make_folder("in/deep");
  world.make_folder("out");
  world.files.fail_call(0);
  REQUIRE(world.look());
  std::string visits;
  for (const std::string& call : world.files.calls()) {
    if (call.starts_with("visit ")) visits += call.substr(6 + world.folder.path().native().size()) + " ";
  }
  CHECK(visits == " /in ");
}

TEST_CASE("a folder that is gone is an error, and misses nothing when it is back") {
  for (const bool directory : {true, false}) {
    CAPTURE(directory);
    WatchedFolder world;
    world.make_folder("in");
    world.write("in/a");
    world.write("in/b");
    world.watched.directory = directory;
    world.watched.path = directory ? "in" : "in/a";
    REQUIRE(world.look());
    REQUIRE(world.disk.rename(world / "in", world / "away"));
    CHECK(world.found().find("No such file or directory") != std::string::npos);
    world.write("away/a", "changed");
    REQUIRE(world.disk.remove(world / "away" / "b"));
    world.write("away/c");
    REQUIRE(world.disk.rename(world / "away", world / "in"));
    CHECK(world.found() == (directory ? "~in/a -in/b +in/c" : "~in/a"));
    CHECK(world.found() == "");
  }
}

TEST_CASE("a folder that goes while it is looked at is an error") {
  struct Row {
    bool leaves_another;
    std::string message;
  };
  for (const Row& row : {Row{false, "No such file or directory"}, Row{true, "became another folder"}}) {
    WatchedFolder world;
    world.watched.path = "in";
    world.watched.pattern = "**";
    world.make_folder("in/d");
    world.write("in/d/a");
    REQUIRE(world.look());
    HookedClock clock;
    world.clock = &clock;
    // The first question is for the beginning, the second for the entry d.
    clock.at_question(2, [&] {
      REQUIRE(world.disk.rename(world / "in", world / "away"));
      if (row.leaves_another) world.make_folder("in");
    });
    CHECK(world.found().find(row.message) != std::string::npos);
    world.clock = &world.fake_clock;
    if (row.leaves_another) world.remove("in");
    REQUIRE(world.disk.rename(world / "away", world / "in"));
    CHECK(world.found() == "");
  }
}

TEST_CASE("a folder that can't be read is an error") {
  WatchedFolder world;
  world.write("a");
  REQUIRE(world.look());
  world.files.fail_every("visit " + world.folder.path().native(), "Permission denied");
  const auto sighting = world.look();
  REQUIRE(!sighting);
  CHECK(sighting.error().message.find("Permission denied") != std::string::npos);
  world.files.fail_call(0);
  CHECK(world.found() == "");
}

TEST_CASE("what can't be read below the folder hides no other change, and is no deletion") {
  struct Row {
    std::string failing, reason;
    std::string found;
    std::string seen;
  };
  const Row rows[] = {
      {"visit HERE/d", "Permission denied", "-a +b", "1 file, 1 entry could not be read"},
      {"info HERE/d/x", "Input/output error", "-a +b", "2 files, 1 entry could not be read"},
      {"info HERE/d/", "Permission denied", "-a +b", "1 file, 2 entries could not be read"},
      {"info HERE/d", "Permission denied", "-a +b", "1 file, 1 entry could not be read"},
      {"info HERE/d/x", "No such file or directory", "-a +b -d/x", "2 files"},
      {"visit HERE/d", "No such file or directory", "-a +b -d/x -d/y", "1 file"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.failing);
    CAPTURE(row.reason);
    WatchedFolder world;
    world.watched.pattern = "**";
    world.make_folder("d");
    for (const char* name : {"a", "d/x", "d/y"}) world.write(name);
    REQUIRE(world.look());
    world.remove("a");
    world.write("b");
    std::string failing = row.failing;
    world.files.fail_every(failing.replace(failing.find("HERE"), 4, world.folder.path().native()), row.reason);
    const auto sighting = world.look();
    REQUIRE(sighting);
    CHECK(world.text_of(*sighting) == row.found);
    CHECK(sighting->seen == row.seen);
  }
}

TEST_CASE("a sensor of one file") {
  WatchedFolder world;
  world.watched.directory = false;
  world.watched.path = "in/.data.tmp";
  world.make_folder("in");
  CHECK(world.found() == "");
  CHECK(world.seen() == "0 files");
  world.write("in/.data.tmp");
  world.write("in/other");
  CHECK(world.found() == "+in/.data.tmp");
  world.replace("in/.data.tmp");
  CHECK(world.found() == "~in/.data.tmp!");
  world.remove("in/.data.tmp");
  CHECK(world.found() == "-in/.data.tmp");
  world.write("linked");
  world.link("../linked", "in/.data.tmp");
  CHECK(world.seen() == "0 files, 1 link leads elsewhere and is ignored");
  world.remove("in/.data.tmp");
  world.link("other", "in/.data.tmp");
  CHECK(world.found() == "+in/.data.tmp");
  world.watched.pattern = "*.csv";
  CHECK(world.seen() == "0 files");
  world.watched.pattern = ".*.tmp";
  CHECK(world.seen() == "1 file");
}

TEST_CASE("real paths") {
  WatchedFolder world;
  world.make_folder("d/e");
  world.write("d/e/f");
  world.link("d/e", "l");
  world.link("l/../e/f", "m");
  world.link(".", "d/self");
  const auto at = real_path(world.disk, world.folder.path());
  REQUIRE(at);
  struct Row {
    std::string path, real;
  };
  const Row rows[] = {
      {"", ""},         {"/d/e/f", "/d/e/f"}, {"//d//e/", "/d/e"},          {"/l/f", "/d/e/f"},
      {"/m", "/d/e/f"}, {"/l/..", "/d"},      {"/d/self/./self/e", "/d/e"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CHECK(real_path(world.disk, at->native() + row.path) == Path(at->native() + row.real));
  }
  CHECK(real_path(world.disk, "/..") == Path("/"));
  CHECK(real_path(world.disk, "/../tmp/..") == Path("/"));
  CHECK(real_path(world.disk, world / "absent/x").error().kind == ErrorKind::kNotFound);
  world.link("loop", "loop");
  CHECK(real_path(world.disk, world / "loop").error().kind == ErrorKind::kStore);
  CHECK(is_inside("/a/b", "/a"));
  CHECK(is_inside("/a", "/a"));
  CHECK(is_inside("/a", "/"));
  CHECK(!is_inside("/ab", "/a"));
  CHECK(!is_inside("/", "/a"));
}
