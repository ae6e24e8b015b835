#include "qflow/os/inherited_file.h"

#include <fcntl.h>
#include <unistd.h>

namespace qflow {

FileHandle take_standard_input() {
  constexpr int kFirstOther = 3;
  FileHandle taken(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, kFirstOther));
  const FileHandle nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing) dup2(nothing.descriptor(), STDIN_FILENO);
  return taken;
}

}  // namespace qflow
