// Times commands in turns, without the noise of an interpreter between them:
//
//   stopwatch WARM-UPS ROUNDS COMMAND… [-- COMMAND…]…
//
// Each round runs every command once, in their order. Prints one line per round with one "NANOSECONDS:KILOBYTES" per
// command, the second being the most memory that it or a process it waited for had; rounds that warm up are not
// printed. What the commands print on stdout is dropped. Stops with status 1 when a command fails.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

extern char** environ;

namespace {

struct Usage {
  long long nanoseconds = 0;
  long kilobytes = 0;
};

[[noreturn]] void give_up(const char* command, const char* why) {
  std::fprintf(stderr, "stopwatch: %s: %s\n", command, why);
  std::exit(1);
}

Usage run(char* const* command, const posix_spawn_file_actions_t* actions) {
  const auto started = std::chrono::steady_clock::now();
  pid_t child = 0;
  const int problem = posix_spawnp(&child, command[0], actions, nullptr, command, environ);
  if (problem != 0) give_up(command[0], std::strerror(problem));
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  const auto ended = std::chrono::steady_clock::now();
  if (status != 0) give_up(command[0], "it failed");
  return {std::chrono::nanoseconds(ended - started).count(), used.ru_maxrss};
}

// The commands between the dividers, which end up null, as the end of argv is.
std::vector<char**> split(char** word, char** end) {
  std::vector<char**> commands{word};
  for (; word != end; ++word) {
    if (std::strcmp(*word, "--") != 0) continue;
    *word = nullptr;
    commands.push_back(word + 1);
  }
  return commands;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: stopwatch WARM-UPS ROUNDS COMMAND... [-- COMMAND...]...\n");
    return 2;
  }
  const std::vector<char**> commands = split(argv + 3, argv + argc);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int round = -std::atoi(argv[1]); round < std::atoi(argv[2]); ++round) {
    for (char** const command : commands) {
      const Usage usage = run(command, &actions);
      if (round >= 0) std::printf("%lld:%ld ", usage.nanoseconds, usage.kilobytes);
    }
    if (round >= 0) std::printf("\n");
  }
}
