#pragma once

#include <doctest/doctest.h>

#include <map>
#include <sstream>
#include <vector>

#include "sensor/file_changes.h"

// Tests of what fires, without any file.
namespace qflow::file_stories {

inline constexpr auto kAll = ChangeKind::kAll;
inline constexpr auto kCreated = ChangeKind::kCreated;
inline constexpr auto kModified = ChangeKind::kModified;
inline constexpr auto kDeleted = ChangeKind::kDeleted;
inline constexpr auto kIgnore = SensorBaseline::kIgnore;
inline constexpr auto kFire = SensorBaseline::kFire;
inline constexpr Duration k5s = std::chrono::seconds(5);
inline constexpr Duration k0s = std::chrono::seconds(0);

// "a:3@7#1": the file a of 3 bytes, modified in second 7, with inode 1; "a.ok@8": its marker; "!x": x can't be read.
struct World {
  FolderListing listing;
  std::map<std::string, std::int64_t, std::less<>> markers;
};

inline World world(const std::string& text) {
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
inline std::string text_of(const FileChange& change) {
  const char sign = change.event == kCreated ? '+' : change.event == kModified ? '~' : '-';
  return sign + std::string(change.path) + (change.replaced ? "!" : "");
}

// The changes, then "(5s)" when something has to settle.
struct Seen {
  int at;             // seconds
  std::string there;  // what World says
  std::string expected;
};

// The looks of one sensor.
struct Story {
  std::string name;
  ChangeKind reported;
  Duration settle;
  SensorBaseline baseline;
  std::vector<Seen> looks;
};

enum class Markers { kNone, kWanted };

// Plays it from its first look to the last.
inline void play(const Story& story, Markers markers) {
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

}  // namespace qflow::file_stories
