#include "cli/blocking_descriptor.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace qflow {

bool can_try_again(int descriptor, short events, int error) {
  if (error == EINTR) return true;
  if (error != EAGAIN) return false;
  pollfd waiting{descriptor, events, 0};
  poll(&waiting, 1, -1);
  return true;
}

int write_fully(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (!can_try_again(descriptor, POLLOUT, errno)) {
      return errno;
    }
  }
  return 0;
}

}  // namespace qflow
