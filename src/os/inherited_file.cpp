#include "qflow/os/inherited_file.h"

#include <fcntl.h>
#include <unistd.h>

namespace qflow {

void reserve_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) != -1) continue;
    // The lowest that is free: the descriptor itself.
    (void)open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

FileHandle take_standard_input() {
  constexpr int kFirstOther = 3;
  FileHandle taken(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, kFirstOther));
  const FileHandle nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing) dup2(nothing.descriptor(), STDIN_FILENO);
  return taken;
}

}  // namespace qflow
