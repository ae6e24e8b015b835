#include "sensor/file_changes.h"

#include <doctest/doctest.h>

#include <map>
#include <sstream>
#include <vector>

#include "sensor/file_snapshot.h"

using namespace qflow;

namespace {

constexpr auto kAll = ChangeKind::kAll;
constexpr auto kCreated = ChangeKind::kCreated;
constexpr auto kModified = ChangeKind::kModified;
constexpr auto kDeleted = ChangeKind::kDeleted;
constexpr auto kIgnore = SensorBaseline::kIgnore;
constexpr auto kFire = SensorBaseline::kFire;
constexpr Duration k5s = std::chrono::seconds(5);
constexpr Duration k0s = std::chrono::seconds(0);

// "a:3@7#1": the file a of 3 bytes, modified in second 7, with inode 1; "a.ok@8": its marker; "!x": x can't be read.
struct World {
  FolderListing listing;
  std::map<std::string, std::int64_t, std::less<>> markers;
};

World world(const std::string& text) {
  World world;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t size = word.find(':'), time = word.find('@'), inode = word.find('#');
    if (word[0] == '!') {
      world.listing.add_unread(word.substr(1));
    } else if (size == std::string::npos) {
      world.markers[word.substr(0, word.find(".ok@"))] = std::stoll(word.substr(time + 1));
    } else {
      world.listing.add(word.substr(0, size), {std::stoull(word.substr(size + 1)), std::stoll(word.substr(time + 1)),
                                               std::stoull(word.substr(inode + 1))});
    }
  }
  world.listing.sort();
  return world;
}

// "+a" created, "~a" modified, "-a" deleted, "!" after a replaced one.
std::string text_of(const FileChange& change) {
  const char sign = change.event == kCreated ? '+' : change.event == kModified ? '~' : '-';
  return sign + std::string(change.path) + (change.replaced ? "!" : "");
}

// The changes, then "(5s)" when something has to settle.
struct Seen {
  int at;             // seconds
  std::string there;  // what World says
  std::string expected;
};

struct Story {
  std::string name;
  ChangeKind reported;
  Duration settle;
  SensorBaseline baseline;
  std::vector<Seen> looks;
};

enum class Markers { kNone, kWanted };

void play(const Story& story, Markers markers) {
  std::optional<std::string> snapshot;
  for (const Seen& look : story.looks) {
    CAPTURE(story.name);
    CAPTURE(look.at);
    const World now = world(look.there);
    FileChangeRules rules{story.reported, story.settle, story.baseline};
    if (markers == Markers::kWanted) {
      rules.marker = [&](std::string_view path) -> Result<std::optional<std::int64_t>> {
        const auto found = now.markers.find(path);
        return found == now.markers.end() ? std::nullopt : std::optional(found->second);
      };
    }
    std::string seen;
    const auto sink = [&](const FileChange& change) {
      seen += (seen.empty() ? "" : " ") + text_of(change);
      return true;
    };
    const auto comparison = compare_files(snapshot, now.listing, rules, Instant(std::chrono::seconds(look.at)), sink);
    REQUIRE(comparison);
    CHECK(!comparison->more);
    if (comparison->unsettled) seen += (seen.empty() ? "(" : " (") + format_duration(*comparison->unsettled) + ")";
    CHECK(seen == look.expected);
    snapshot = comparison->snapshot;
  }
}

}  // namespace

TEST_CASE("which changes of files fire") {
  const Story stories[] = {
      {"the baseline is ignored", kAll, k0s, kIgnore, {{0, "a:1@1#1 b:1@1#2", ""}, {9, "a:1@1#1 b:1@1#2", ""}}},
      {"the baseline fires", kCreated, k0s, kFire, {{0, "a:1@1#1 b:1@1#2", "+a +b"}, {9, "a:1@1#1 b:1@1#2", ""}}},
      {"the baseline settles before it fires", kCreated, k5s, kFire, {{0, "a:1@1#1", "(5s)"}, {5, "a:1@1#1", "+a"}}},
      {"new", kCreated, k0s, kIgnore, {{0, "", ""}, {1, "a:1@1#1", "+a"}, {2, "a:1@1#1 b:0@1#2", "+b"}}},
      {"more bytes", kModified, k0s, kIgnore, {{0, "a:1@1#1", ""}, {1, "a:2@1#1", "~a"}, {2, "a:2@1#1", ""}}},
      {"fewer bytes", kModified, k0s, kIgnore, {{0, "a:2@1#1", ""}, {1, "a:0@1#1", "~a"}}},
      {"an older mtime", kModified, k0s, kIgnore, {{0, "a:1@5#1", ""}, {1, "a:1@4#1", "~a"}}},
      {"changed is not created", kCreated, k0s, kIgnore, {{0, "a:1@1#1", ""}, {1, "a:2@2#1", ""}}},
      {"new is not modified", kModified, k0s, kIgnore, {{0, "", ""}, {1, "a:1@1#1", ""}, {2, "a:2@1#1", "~a"}}},
      {"replaced is created", kCreated, k0s, kIgnore, {{0, "a:1@1#1", ""}, {1, "a:2@2#2", "+a!"}}},
      {"replaced is modified", kModified, k0s, kIgnore, {{0, "a:1@1#1", ""}, {1, "a:2@2#2", "~a!"}}},
      {"replaced is one change", kAll, k0s, kIgnore, {{0, "a:1@1#1", ""}, {1, "a:2@2#2", "~a!"}, {2, "a:2@2#2", ""}}},
      {"replaced, all else equal", kAll, k0s, kIgnore, {{0, "a:1@1#1", ""}, {1, "a:1@1#2", "~a!"}}},
      {"replaced is not deleted", kDeleted, k0s, kIgnore, {{0, "a:1@1#1", ""}, {1, "a:1@1#2", ""}}},
      {"gone", kDeleted, k0s, kIgnore, {{0, "a:1@1#1 b:1@1#2", ""}, {1, "b:1@1#2", "-a"}, {2, "b:1@1#2", ""}}},
      {"gone is not created", kCreated, k0s, kIgnore, {{0, "a:1@1#1", ""}, {1, "", ""}}},
      {"gone and back is created", kCreated, k0s, kIgnore, {{0, "a:1@1#1", ""}, {1, "", ""}, {2, "a:1@1#1", "+a"}}},
      {"a rename", kAll, k0s, kIgnore, {{0, "b:1@1#1", ""}, {1, "a:1@1#1", "+a -b"}}},
      {"a renamed one settles",
       kAll,
       k5s,
       kIgnore,
       {{0, "b:1@1#1", ""}, {1, "a:1@1#1", "-b (5s)"}, {6, "a:1@1#1", "+a"}}},
      {"the order is that of the bytes",
       kAll,
       k0s,
       kIgnore,
       {{0, "a/b:1@1#1 a-b:1@1#2", ""}, {1, "a/c:1@1#3 B:1@1#4 \xff:1@1#5 z:1@1#6", "+B -a-b -a/b +a/c +z +\xff"}}},
  };
  for (const Story& story : stories) play(story, Markers::kNone);
}

TEST_CASE("a file settles before it fires") {
  const Story stories[] = {
      {"seen twice",
       kCreated,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "a:1@1#1", "(5s)"}, {6, "a:1@1#1", "+a"}, {9, "a:1@1#1", ""}}},
      {"an old mtime proves nothing", kCreated, k5s, kIgnore, {{999, "", ""}, {1000, "a:1@1#1", "(5s)"}}},
      {"seen too soon",
       kCreated,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "a:1@1#1", "(5s)"}, {4, "a:1@1#1", "(2s)"}, {6, "a:1@1#1", "+a"}}},
      {"still growing",
       kCreated,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "a:1@1#1", "(5s)"}, {7, "a:2@1#1", "(5s)"}, {13, "a:2@2#1", "(5s)"}, {18, "a:2@2#1", "+a"}}},
      {"replaced meanwhile",
       kCreated,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "a:1@1#1", "(5s)"}, {7, "a:1@1#2", "(5s)"}, {12, "a:1@1#2", "+a"}}},
      {"the first of several",
       kCreated,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "a:1@1#1", "(5s)"}, {3, "a:1@1#1 b:1@1#2", "(3s)"}, {7, "a:1@1#1 b:1@1#2", "+a (1s)"}}},
      {"vanished before it settled", kAll, k5s, kIgnore, {{0, "", ""}, {1, "a:1@1#1", "(5s)"}, {7, "", ""}}},
      {"a change settles too",
       kModified,
       k5s,
       kIgnore,
       {{0, "a:1@1#1", ""}, {1, "a:2@1#1", "(5s)"}, {6, "a:2@1#1", "~a"}}},
      {"a change taken back",
       kModified,
       k5s,
       kIgnore,
       {{0, "a:1@1#1", ""}, {1, "a:2@1#1", "(5s)"}, {3, "a:1@1#1", ""}, {9, "a:1@1#1", ""}}},
      {"deleted while it changes", kAll, k5s, kIgnore, {{0, "a:1@1#1", ""}, {1, "a:2@1#1", "(5s)"}, {3, "", "-a"}}},
      {"replaced, then changed in its place",
       kCreated,
       k5s,
       kIgnore,
       {{0, "a:1@1#1", ""}, {1, "a:1@1#2", "(5s)"}, {3, "a:2@1#2", "(5s)"}, {8, "a:2@1#2", "+a!"}}},
      {"nobody waits for what is not reported",
       kCreated,
       k5s,
       kIgnore,
       {{0, "a:1@1#1", ""}, {1, "a:2@1#1", ""}, {6, "a:2@1#1", ""}}},
      {"the clock went back",
       kCreated,
       k5s,
       kIgnore,
       {{90, "", ""},
        {100, "a:1@1#1", "(5s)"},
        {50, "a:1@1#1", "(5s)"},
        {54, "a:1@1#1", "(1s)"},
        {55, "a:1@1#1", "+a"}}},
      {"written to at the baseline",
       kAll,
       k5s,
       kIgnore,
       {{0, "a:1@1#1", ""}, {1, "a:2@2#1", "(5s)"}, {6, "a:2@2#1", "~a"}}},
      {"written to at the baseline, created",
       kCreated,
       k5s,
       kIgnore,
       {{0, "a:1@1#1", ""}, {1, "a:2@2#1", ""}, {6, "a:2@2#1", ""}}},
      {"written to at the baseline that fires",
       kAll,
       k5s,
       kFire,
       {{0, "a:1@1#1", "(5s)"}, {1, "a:2@2#1", "(5s)"}, {6, "a:2@2#1", "+a"}}},
      {"gone and back before it settled",
       kAll,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "a:1@1#1", "(5s)"}, {2, "", ""}, {6, "a:1@1#1", "(5s)"}}},
  };
  for (const Story& story : stories) play(story, Markers::kNone);
}

TEST_CASE("a file counts once its done marker is there") {
  const Story stories[] = {
      {"no settling with a marker",
       kCreated,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "a:1@1#1 a.ok@1", "+a"}, {2, "a:1@1#1 a.ok@1", ""}}},
      {"a marker that comes later",
       kCreated,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "a:1@1#1", ""}, {99, "a:1@1#1", ""}, {100, "a:1@1#1 a.ok@9", "+a"}}},
      {"a marker after the baseline",
       kCreated,
       k5s,
       kIgnore,
       {{0, "a:1@1#1 b:1@1#2 b.ok@1", ""}, {1, "a:1@1#1 a.ok@9 b:1@1#2 b.ok@1", "+a"}}},
      {"the baseline fires", kCreated, k5s, kFire, {{0, "a:1@1#1 b:1@1#2 b.ok@1", "+b"}}},
      {"a marker left over",
       kCreated,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "a:1@5#1 a.ok@4", "(5s)"}, {6, "a:1@5#1 a.ok@4", "+a"}}},
      {"changed, the marker renewed",
       kModified,
       k5s,
       kIgnore,
       {{0, "a:1@1#1 a.ok@1", ""}, {1, "a:2@3#1 a.ok@1", "(5s)"}, {2, "a:2@3#1 a.ok@3", "~a"}}},
      {"changed, the marker as it was",
       kModified,
       k5s,
       kIgnore,
       {{0, "a:1@1#1 a.ok@1", ""}, {1, "a:2@3#1 a.ok@1", "(5s)"}, {6, "a:2@3#1 a.ok@1", "~a"}}},
      {"changed, the marker taken away",
       kModified,
       k5s,
       kIgnore,
       {{0, "a:1@1#1 a.ok@1", ""}, {1, "a:2@3#1", ""}, {9, "a:2@3#1", ""}, {10, "a:2@3#1 a.ok@9", "~a"}}},
      {"a marker that goes is no change",
       kAll,
       k5s,
       kIgnore,
       {{0, "a:1@1#1 a.ok@1", ""}, {1, "a:1@1#1", ""}, {2, "a:1@1#1 a.ok@2", ""}}},
      {"deleted without its marker", kAll, k5s, kIgnore, {{0, "a:1@1#1 a.ok@1", ""}, {1, "a.ok@1", "-a"}}},
      {"one that never was complete", kAll, k5s, kIgnore, {{0, "", ""}, {1, "a:1@1#1", ""}, {2, "", ""}}},
  };
  for (const Story& story : stories) play(story, Markers::kWanted);
}

TEST_CASE("what can't be read stays as it was") {
  const Story stories[] = {
      {"a folder",
       kAll,
       k0s,
       kIgnore,
       {{0, "d/a:1@1#1 e:1@1#2", ""}, {1, "!d f:1@1#3", "-e +f"}, {2, "d/a:1@1#1 f:1@1#3", ""}}},
      {"what changed meanwhile",
       kAll,
       k0s,
       kIgnore,
       {{0, "d/a:1@1#1 d/b:1@1#2", ""}, {1, "!d", ""}, {2, "d/a:2@2#1 d/c:1@1#3", "~d/a -d/b +d/c"}}},
      {"folders of folders",
       kAll,
       k0s,
       kIgnore,
       {{0, "d-/a:1@1#1 d/e/a:1@1#2", ""}, {1, "!d", "-d-/a"}, {2, "!d/e", ""}, {3, "", "-d/e/a"}}},
      {"a file", kAll, k0s, kIgnore, {{0, "a:1@1#1 ab:1@1#2", ""}, {1, "!a", "-ab"}, {2, "a:1@1#1", ""}}},
      {"one that settles",
       kAll,
       k5s,
       kIgnore,
       {{0, "", ""}, {1, "d/a:1@1#1", "(5s)"}, {3, "!d", ""}, {6, "d/a:1@1#1", "+d/a"}}},
      {"the baseline of a folder comes later",
       kAll,
       k0s,
       kIgnore,
       {{0, "!d a:1@1#1", ""},
        {1, "!d a:1@1#1", ""},
        {2, "d/a:1@1#1 a:1@1#1 d-:1@1#3", "+d-"},
        {3, "d/a:1@1#1 d/b:1@1#4 a:1@1#1 d-:1@1#3", "+d/b"}}},
      {"the baseline of a part of it, then of the rest",
       kAll,
       k0s,
       kIgnore,
       {{0, "!d", ""},
        {1, "!d/e d/a:1@1#1", ""},
        {2, "d/e/b:1@1#2 d/a:1@1#1 d/c:1@1#3", "+d/c"},
        {3, "d/e/c:1@1#4 d/e/b:1@1#2 d/a:1@1#1 d/c:1@1#3", "+d/e/c"}}},
      {"the folder around it can't be read either",
       kAll,
       k0s,
       kIgnore,
       {{0, "!d/e", ""}, {1, "!d", ""}, {2, "d/e/b:1@1#2 d/a:1@1#1", "+d/a"}}},
      {"a baseline that fires", kAll, k0s, kFire, {{0, "!d", ""}, {1, "d/a:1@1#1", "+d/a"}}},
  };
  for (const Story& story : stories) play(story, Markers::kNone);
}

TEST_CASE("what is reported can change without a new baseline") {
  std::optional<std::string> snapshot;
  const auto look = [&](ChangeKind reported, const std::string& there) {
    std::string seen;
    const auto sink = [&](const FileChange& change) { return seen += text_of(change), true; };
    const auto comparison = compare_files(snapshot, world(there).listing, {reported}, Instant(), sink);
    REQUIRE(comparison);
    snapshot = comparison->snapshot;
    return seen;
  };
  CHECK(look(kCreated, "a:1@1#1 b:1@1#2 c:1@1#3") == "");
  CHECK(look(kCreated, "a:2@1#1 c:1@1#3 d:1@1#4") == "+d");
  CHECK(look(kAll, "a:2@1#1 c:1@1#3 d:1@1#4") == "");
  CHECK(look(kDeleted, "a:3@1#1 c:1@1#3 e:1@1#5") == "-d");
  CHECK(look(kAll, "a:3@1#1 c:1@1#3 e:1@1#5") == "");
}

TEST_CASE("what the sink has no room for is found again") {
  const std::string before = "b:1@1#1 d:1@1#2 x:1@1#9", after = "a:1@1#3 b:2@1#1 c:1@1#4 x:1@1#9";
  for (const Duration settle : {k0s, k5s}) {
    const FileChangeRules rules{kAll, settle};
    const auto refuse = [](const FileChange&) { return false; };
    auto comparison = compare_files(std::nullopt, world(before).listing, rules, Instant(), refuse);
    REQUIRE(comparison);
    CHECK(!comparison->more);
    comparison = compare_files(comparison->snapshot, world(after).listing, rules, Instant(), refuse);
    REQUIRE(comparison);
    std::string seen;
    int looks = 0;
    for (bool more = true; more; ++looks) {
      int room = 1;
      const auto sink = [&](const FileChange& change) {
        if (room-- == 0) return false;
        seen += text_of(change);
        return true;
      };
      comparison = compare_files(comparison->snapshot, world(after).listing, rules, Instant(settle), sink);
      REQUIRE(comparison);
      more = comparison->more;
    }
    CHECK(seen == "+a~b+c-d");
    CHECK(looks == 4);
  }
}

TEST_CASE("a deleted file is told as it last counted") {
  auto first = compare_files(std::nullopt, world("a:3@7#1").listing, {kAll, k5s}, Instant(), {});
  REQUIRE(first);
  auto growing = compare_files(first->snapshot, world("a:9@9#1").listing, {kAll, k5s}, Instant(), {});
  REQUIRE(growing);
  CHECK(growing->unsettled_files == 1);
  FileVersion told;
  const auto sink = [&](const FileChange& change) { return told = change.version, true; };
  REQUIRE(compare_files(growing->snapshot, world("").listing, {kAll, k5s}, Instant(), sink));
  CHECK(told == FileVersion{3, 7, 1});
}

TEST_CASE("an error of the marker ends the comparison") {
  FileChangeRules rules{kAll};
  rules.marker = [](std::string_view) { return fail(ErrorKind::kFailed, "too late"); };
  const auto comparison = compare_files(std::nullopt, world("a:1@1#1").listing, rules, Instant(), {});
  REQUIRE(!comparison);
  CHECK(comparison.error().message == "too late");
}

TEST_CASE("nothing to store while nothing changes") {
  const World there = world("a:1@1#1 b/c:0@-7#2 b/d:123456789012@99#18446744073709551615");
  const FileChangeRules rules{kCreated, k5s, kFire};
  const auto sink = [](const FileChange&) { return true; };
  auto first = compare_files(std::nullopt, there.listing, rules, Instant(k0s), sink);
  REQUIRE(first);
  auto pending = compare_files(first->snapshot, there.listing, rules, Instant(k5s / 2), sink);
  REQUIRE(pending);
  CHECK(pending->snapshot == first->snapshot);
  auto settled = compare_files(pending->snapshot, there.listing, rules, Instant(k5s), sink);
  REQUIRE(settled);
  CHECK(settled->snapshot != first->snapshot);
  auto again = compare_files(settled->snapshot, there.listing, rules, Instant(k5s * 9), sink);
  REQUIRE(again);
  CHECK(again->snapshot == settled->snapshot);
}
