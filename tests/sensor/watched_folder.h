#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <string>
#include <string_view>

#include "sensor/sensor_kinds.h"
#include "support/fake_clock.h"
#include "support/fake_process_launcher.h"
#include "support/faulty_file_system.h"
#include "support/temporary_folder.h"

namespace qflow {

// A real folder and a sensor that watches it, whose cursor is kept from look to look. Unless a test says otherwise all
// changes fire at once, and what is there at first does not.
class WatchedFolder {
 public:
  WatchedFolder() {
    watched.directory = true;
    watched.path = ".";
    watched.settle = Duration(0);
    rules.change = ChangeKind::kAll;
  }

  Path operator/(const std::string& name) const { return folder / name; }

  // Each version of a file has an mtime of its own, whatever the system's clock can tell apart.
  void write(const std::string& name, std::string_view text = "x") {
    REQUIRE(write_file(disk, folder / name, text));
    const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, timespec{++second_, 0}};
    REQUIRE(utimensat(AT_FDCWD, (folder / name).c_str(), times.data(), 0) == 0);
  }
  // The same under a new inode.
  void replace(const std::string& name, std::string_view text = "x") {
    write(name + ".tmp", text);
    REQUIRE(disk.rename(folder / (name + ".tmp"), folder / name));
  }
  // Another name of the same file: far less work for the system than a new one.
  void name_again(const std::string& name, const std::string& also) {
    std::filesystem::create_hard_link(folder / name, folder / also);
  }
  void make_folder(const std::string& name) { REQUIRE(make_folders(disk, folder / name)); }
  void link(const std::string& target, const std::string& name) { REQUIRE(disk.make_symlink(target, folder / name)); }
  void remove(const std::string& name) { REQUIRE(remove_tree(disk, folder / name)); }

  Result<Sighting> look() {
    Look look{rules, cursor, folder.path(), clock->now(), environment, {}, files, launcher, *clock};
    auto sighting = look_at(watched, look);
    if (sighting) cursor = sighting->cursor;
    return sighting;
  }

  // What a look found: "+a" created, "~d/b" modified, "-c" deleted, "!" after a replaced one; or the error.
  std::string found() {
    const auto sighting = look();
    return sighting ? text_of(*sighting) : to_text(sighting.error());
  }
  // What a look says for people.
  std::string seen() { return look()->seen; }

  std::string text_of(const Sighting& sighting) const {
    std::string text;
    for (const SensedChange& change : sighting.changes) {
      const std::string event = change.payload.at("event_type");
      const std::string path = change.payload.at("path");
      text += (text.empty() ? "" : " ") + std::string(event == "created" ? "+" : event == "modified" ? "~" : "-");
      text += path.substr(folder.path().native().size() + 1) + (change.payload.at("replaced") ? "!" : "");
    }
    return text;
  }

  TemporaryFolder folder;
  PosixFileSystem disk;
  FaultyFileSystem files{disk};
  FakeClock fake_clock;
  Clock* clock = &fake_clock;
  FakeProcessLauncher launcher;
  Environment environment;
  SensorRules rules;
  FileSensor watched;
  std::optional<std::string> cursor;

 private:
  std::int64_t second_ = 1'000'000'000;
};

}  // namespace qflow
