#include <doctest/doctest.h>

#include <map>
#include <random>

#include "sensor/file_version.h"
#include "watched_folder.h"

using namespace qflow;

namespace {

using Files = std::map<std::string, FileVersion>;

Files files_of(const Path& folder) {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    struct statx status {};
    REQUIRE(statx(AT_FDCWD, entry.path().c_str(), 0, STATX_BASIC_STATS | STATX_BTIME, &status) == 0);
    const auto nanoseconds = [](const struct statx_timestamp& time) {
      return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
    };
    // An inode that is used again has another time of birth, as far as the file system tells.
    const auto born = static_cast<std::uint64_t>(nanoseconds(status.stx_btime));
    files[entry.path().filename()] = {status.stx_size, nanoseconds(status.stx_mtime), status.stx_ino * 31 + born};
  }
  return files;
}

// What should fire, by the plainest means: what each name last fired as, and since when it looks as it does.
class ReferenceModel {
 public:
  ReferenceModel(ChangeKind reported, Duration settle, SensorBaseline baseline)
      : reported_(reported), settle_(settle), ignores_first_(baseline == SensorBaseline::kIgnore) {}

  std::string look(const Files& files, Instant now) {
    std::map<std::string, std::string> changes;
    if (ignores_first_) fired_ = files;
    ignores_first_ = false;
    for (const auto& [name, version] : Files(fired_)) {
      if (files.contains(name)) continue;
      fired_.erase(name);
      if (wants(ChangeKind::kDeleted)) changes[name] = "-" + name;
    }
    std::map<std::string, std::pair<FileVersion, Instant>> seen;
    for (const auto& [name, version] : files) {
      const auto before = seen_.find(name);
      const bool same = before != seen_.end() && before->second.first == version && before->second.second <= now;
      const Instant since = same ? before->second.second : now;
      const auto last = fired_.find(name);
      if (last != fired_.end() && last->second == version) continue;
      seen[name] = {version, since};
      if (now - since < settle_) continue;
      const std::string text = change_of(name, last == fired_.end() ? nullptr : &last->second, version);
      if (!text.empty()) changes[name] = text;
      fired_[name] = version;
    }
    seen_ = seen;
    std::string text;
    for (const auto& [name, change] : changes) text += (text.empty() ? "" : " ") + change;
    return text;
  }

 private:
  bool wants(ChangeKind kind) const { return reported_ == ChangeKind::kAll || reported_ == kind; }

  std::string change_of(const std::string& name, const FileVersion* last, const FileVersion& version) const {
    if (last == nullptr) return wants(ChangeKind::kCreated) ? "+" + name : "";
    const bool replaced = last->inode != version.inode;
    if (wants(ChangeKind::kModified)) return "~" + name + (replaced ? "!" : "");
    return replaced && wants(ChangeKind::kCreated) ? "+" + name + "!" : "";
  }

  ChangeKind reported_;
  Duration settle_;
  bool ignores_first_;
  Files fired_;
  std::map<std::string, std::pair<FileVersion, Instant>> seen_;  // of what has not fired as it is
};

class RandomWorld {
 public:
  explicit RandomWorld(unsigned seed) : random_(seed) {}

  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  void change_something(WatchedFolder& world) {
    const std::string name = any_name(), other = any_name();
    const bool there = *exists(world.disk, world / name);
    switch (below(8)) {
      case 0:
      case 1:
        return world.write(name, std::string(static_cast<std::size_t>(below(4)), 'x'));
      case 2:
        return world.replace(name, "xx");
      case 3:
        if (there) world.remove(name);
        return;
      case 4:
        if (there) REQUIRE(world.disk.rename(world / name, world / other));
        return;
      case 5:
        if (there) REQUIRE(world.disk.touch(world / name));
        return;
      case 6:
        return world.fake_clock.advance(std::chrono::seconds(below(6)));
      default:
        if (below(8) == 0) world.fake_clock.set(world.fake_clock.now() - std::chrono::seconds(below(20)));
    }
  }

 private:
  std::string any_name() { return std::string(1, static_cast<char>('a' + below(5))); }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("any stream of changes fires each settled version once") {
  for (unsigned seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    RandomWorld chance(seed);
    WatchedFolder world;
    world.rules.change = static_cast<ChangeKind>(chance.below(4));
    world.rules.baseline = static_cast<SensorBaseline>(chance.below(2));
    world.watched.settle = std::chrono::seconds(chance.below(3) * 3);
    ReferenceModel model(world.rules.change, world.watched.settle, world.rules.baseline);
    for (int i = 0; i < 5; ++i) chance.change_something(world);
    for (int look = 0; look < 40; ++look) {
      CAPTURE(look);
      const std::string expected = model.look(files_of(world.folder.path()), world.fake_clock.now());
      REQUIRE(world.found() == expected);
      for (int changes = chance.below(5); changes > 0; --changes) chance.change_something(world);
    }
  }
}
