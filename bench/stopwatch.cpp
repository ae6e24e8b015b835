// Times two commands in turns, without the noise of an interpreter between them:
//
//   stopwatch PAIRS FLOOR-COMMAND… -- COMMAND…
//
// Prints one line per pair, "FLOOR COMMAND" in nanoseconds, and stops with status 1 when a command fails. What the
// commands print on stdout is dropped. Three pairs before the first are not counted.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern char** environ;

namespace {

constexpr int kWarmUps = 3;

// Nanoseconds from the start of the command to its end; ends the program when the command fails.
long long time_command(char* const* command, const posix_spawn_file_actions_t* actions) {
  const auto started = std::chrono::steady_clock::now();
  pid_t child = 0;
  int status = 0;
  const int problem = posix_spawnp(&child, command[0], actions, nullptr, command, environ);
  if (problem != 0) {
    std::fprintf(stderr, "stopwatch: %s: %s\n", command[0], std::strerror(problem));
    std::exit(1);
  }
  waitpid(child, &status, 0);
  const auto ended = std::chrono::steady_clock::now();
  if (status != 0) {
    std::fprintf(stderr, "stopwatch: %s ended with wait status %d\n", command[0], status);
    std::exit(1);
  }
  return std::chrono::duration_cast<std::chrono::nanoseconds>(ended - started).count();
}

}  // namespace

int main(int argc, char** argv) {
  char** const end = argv + argc;
  char** const divider = std::find_if(argv, end, [](const char* word) { return std::strcmp(word, "--") == 0; });
  if (argc < 5 || divider - argv < 3 || end - divider < 2) {
    std::fprintf(stderr, "usage: stopwatch PAIRS FLOOR-COMMAND... -- COMMAND...\n");
    return 2;
  }
  *divider = nullptr;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int pair = -kWarmUps; pair < std::atoi(argv[1]); ++pair) {
    const long long floor = time_command(argv + 2, &actions);
    const long long command = time_command(divider + 1, &actions);
    if (pair >= 0) std::printf("%lld %lld\n", floor, command);
  }
}
