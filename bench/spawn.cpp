// The floor of a run of two steps: a static program that starts `sh -c :` twice, one after the other.
#include <spawn.h>
#include <sys/wait.h>

extern char** environ;

int main() {
  const char* const arguments[] = {"sh", "-c", ":", nullptr};
  for (int start = 0; start < 2; ++start) {
    pid_t child = 0;
    int status = 0;
    if (posix_spawn(&child, "/bin/sh", nullptr, nullptr, const_cast<char**>(arguments), environ) != 0) return 1;
    if (waitpid(child, &status, 0) != child || status != 0) return 1;
  }
}
