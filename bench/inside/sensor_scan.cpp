// One look of a directory sensor at a folder where nothing has changed, against the least that could find that out: a
// loop of readdir and fstatat. Both in turns in one process, which the product's library is linked to:
//
//   sensor_scan FOLDER FILES PAIRS
//
// Makes the files in FOLDER, which is empty. Prints one line per pair, "FLOOR LOOK" in nanoseconds; on stderr the
// medians, their ratio, and the size of the cursor. Three pairs before the first are not counted.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "qflow/sensor/look.h"
#include "sensor/sensor_kinds.h"

using namespace qflow;

namespace {

constexpr int kWarmUps = 3;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "sensor_scan: %s\n", why.c_str());
  std::exit(1);
}

void make_files(const Path& folder, int count) {
  for (int i = 0; i < count; ++i) {
    const Path path = folder / ("orders-" + std::to_string(1'000'000 + i * 7) + ".csv");
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (file < 0 || write(file, "a,b\n", 4) != 4 || close(file) != 0) give_up("can't write " + path.native());
  }
}

// The bytes of all files, so that no look at them can be left out.
long long floor_of(const Path& folder) {
  DIR* const stream = opendir(folder.c_str());
  if (stream == nullptr) give_up("can't list " + folder.native());
  long long bytes = 0;
  while (const dirent* entry = readdir(stream)) {
    struct stat status {};
    if (fstatat(dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) give_up("can't look at a file");
    if (S_ISREG(status.st_mode)) bytes += status.st_size;
  }
  closedir(stream);
  return bytes;
}

// A directory sensor with a pattern, and all that it needs.
class Sensor {
 public:
  explicit Sensor(const Path& folder) {
    FileSensor watched;
    watched.directory = true;
    watched.path = folder.native();
    watched.pattern = "*.csv";
    rules_.watched = watched;
    look();
  }

  void look() {
    const Look now{rules_, cursor_, "/", clock_.now(), environment_, {}, files_, launcher_, clock_};
    const Result<Sighting> sighting = look_at(std::get<FileSensor>(rules_.watched), now);
    if (!sighting) give_up(to_text(sighting.error()));
    if (!sighting->changes.empty() || (cursor_ && sighting->cursor != *cursor_)) give_up("something has changed");
    cursor_ = sighting->cursor;
  }
  std::size_t cursor_size() const { return cursor_->size(); }

 private:
  SensorRules rules_;
  std::optional<std::string> cursor_;
  Environment environment_;
  PosixFileSystem files_;
  PosixProcessLauncher launcher_;
  PosixClock clock_;
};

template <class Work>
long long time_of(Work work) {
  const auto started = std::chrono::steady_clock::now();
  work();
  return std::chrono::nanoseconds(std::chrono::steady_clock::now() - started).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: sensor_scan FOLDER FILES PAIRS\n");
    return 2;
  }
  const Path folder = argv[1];
  const int count = std::atoi(argv[2]), pairs = std::atoi(argv[3]);
  make_files(folder, count);
  Sensor sensor(folder);
  std::vector<double> floors, looks, ratios;
  for (int pair = -kWarmUps; pair < pairs; ++pair) {
    const long long floor = time_of([&] {
      if (floor_of(folder) != 4LL * count) give_up("not all files are there");
    });
    const long long look = time_of([&] { sensor.look(); });
    if (pair < 0) continue;
    std::printf("%lld %lld\n", floor, look);
    floors.push_back(static_cast<double>(floor));
    looks.push_back(static_cast<double>(look));
    ratios.push_back(static_cast<double>(look) / static_cast<double>(floor));
  }
  std::fprintf(stderr, "floor %.1f ms, look %.1f ms, ratio %.2f, cursor %zu bytes\n", median(floors) / 1e6,
               median(looks) / 1e6, median(ratios), sensor.cursor_size());
}
