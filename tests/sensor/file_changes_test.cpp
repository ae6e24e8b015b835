#include "sensor/file_changes.h"

#include <doctest/doctest.h>

#include "file_stories.h"

using namespace qflow;
using namespace qflow::file_stories;

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
      {"several folders", kAll, k0s, kIgnore, {{0, "a/x:1@1#1 b/x:1@1#2 z/x:1@1#3", ""}, {1, "!z !b !a", ""}}},
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

TEST_CASE("a file that was listed twice is one") {
  const World there = world("b:1@1#1 a:1@1#2 b:1@1#1");
  CHECK(there.listing.size() == 2);
  CHECK(there.listing[0].path == "a");
  CHECK(there.listing[1].path == "b");
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
