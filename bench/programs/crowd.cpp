// Keeps a number of processes of one command going, and says how they fared:
//
//   crowd AT-ONCE SECONDS COMMAND…
//
// As soon as one ends, the next one starts. Prints one line "COUNT P99 WORST": how many ended, and the 99th percentile
// and the greatest of their times in nanoseconds, from start to end. Stops with status 1 when a command fails.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

extern char** environ;

namespace {

using Clock = std::chrono::steady_clock;

class Crowd {
 public:
  explicit Crowd(char** command) : command_(command) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, 1, "/dev/null", O_WRONLY, 0);
  }

  void start() {
    const auto now = Clock::now();
    pid_t child = 0;
    if (posix_spawnp(&child, command_[0], &actions_, nullptr, command_, environ) != 0) give_up("it does not start");
    started_[child] = now;
  }

  void await() {
    int status = 0;
    const pid_t child = waitpid(-1, &status, 0);
    const auto now = Clock::now();
    if (child < 0 || status != 0) give_up("it failed");
    times_.push_back(std::chrono::nanoseconds(now - started_.at(child)).count());
    started_.erase(child);
  }

  bool alone() const { return started_.empty(); }

  void report() {
    std::sort(times_.begin(), times_.end());
    std::printf("%zu %lld %lld\n", times_.size(), times_[times_.size() * 99 / 100], times_.back());
  }

 private:
  [[noreturn]] void give_up(const char* why) const {
    std::fprintf(stderr, "crowd: %s: %s\n", command_[0], why);
    std::exit(1);
  }

  char** command_;
  posix_spawn_file_actions_t actions_;
  std::map<pid_t, Clock::time_point> started_;
  std::vector<long long> times_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: crowd AT-ONCE SECONDS COMMAND...\n");
    return 2;
  }
  Crowd crowd(argv + 3);
  const auto end = Clock::now() + std::chrono::seconds(std::atoi(argv[2]));
  for (int i = 0; i < std::atoi(argv[1]); ++i) crowd.start();
  while (!crowd.alone()) {
    crowd.await();
    if (Clock::now() < end) crowd.start();
  }
  crowd.report();
}
