#include "qflow/os/pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "os/system_error.h"

namespace qflow {

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return fail(ErrorKind::kFailed, std::string("can't make a pipe: ").append(system_reason(errno)));
  }
  Pipe pipe{FileHandle(ends[0]), FileHandle(ends[1])};
  // Only our end: the flag would be shared with the child through the write end, and its writes must block.
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return pipe;
}

PipeRead read_pipe(const FileHandle& read_end, char* buffer, std::size_t size) {
  while (true) {
    const ssize_t count = read(read_end.descriptor(), buffer, size);
    if (count > 0) return {PipeState::kData, static_cast<std::size_t>(count)};
    if (count == 0) return {PipeState::kClosed, 0};
    if (errno == EINTR) continue;
    return {errno == EAGAIN ? PipeState::kEmpty : PipeState::kClosed, 0};
  }
}

std::vector<bool> wait_readable(const std::vector<int>& descriptors, std::optional<std::chrono::microseconds> limit) {
  std::vector<pollfd> entries;
  entries.reserve(descriptors.size());
  for (const int descriptor : descriptors) entries.push_back({descriptor, POLLIN, 0});
  timespec time{};
  if (limit) {
    const auto positive = std::max(*limit, std::chrono::microseconds(0));
    time.tv_sec = positive.count() / 1'000'000;
    time.tv_nsec = (positive.count() % 1'000'000) * 1000;
  }
  std::vector<bool> readable(descriptors.size(), false);
  if (ppoll(entries.data(), entries.size(), limit ? &time : nullptr, nullptr) <= 0) return readable;
  for (std::size_t i = 0; i < entries.size(); ++i) readable[i] = entries[i].revents != 0;
  return readable;
}

}  // namespace qflow
