// The floor of runs that do nothing else: a static program that starts `sh -c :` again and again.
//
//   spawn STARTS AT-ONCE
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>

extern char** environ;

namespace {

bool start() {
  const char* const arguments[] = {"sh", "-c", ":", nullptr};
  pid_t child = 0;
  return posix_spawn(&child, "/bin/sh", nullptr, nullptr, const_cast<char**>(arguments), environ) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int starts = std::atoi(argv[1]), at_once = std::atoi(argv[2]);
  for (int started = 0, ended = 0; ended < starts; ++ended) {
    for (; started < starts && started - ended < at_once; ++started) {
      if (!start()) return 1;
    }
    int status = 0;
    if (waitpid(-1, &status, 0) < 0 || status != 0) return 1;
  }
}
