#include "qflow/cli/posix_streams.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace qflow {

namespace {

constexpr std::size_t kBufferSize = 64 * 1024;

// Waits until a descriptor that somebody made non-blocking is ready; false when it has really failed.
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

void end_by_broken_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
}

}  // namespace

PosixOutput::PosixOutput(int descriptor, Buffering buffering, PosixOutput* before)
    : descriptor_(descriptor), buffering_(buffering), before_(before), terminal_(isatty(descriptor) == 1) {}

void PosixOutput::write(std::string_view text) {
  if (text.empty() || failed()) return;
  pending_ += text;
  const bool line_ended = terminal_ && text.find('\n') != std::string_view::npos;
  if (buffering_ == Buffering::kNone || line_ended || pending_.size() >= kBufferSize) flush();
}

void PosixOutput::flush() {
  if (before_ != nullptr) before_->flush();
  if (pending_.empty() || failed()) return;
  error_ = write_fully(descriptor_, pending_);
  pending_.clear();
}

int PosixOutput::width() const {
  winsize size{};
  if (terminal_ && ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

Result<std::string> PosixInput::read_all() {
  std::string text;
  char buffer[kBufferSize];
  while (text.size() <= kLongestInput) {
    const ssize_t count = ::read(descriptor_, buffer, sizeof buffer);
    if (count == 0) return text;
    if (count > 0) {
      text.append(buffer, static_cast<std::size_t>(count));
    } else if (!can_try_again(descriptor_, POLLIN, errno)) {
      return fail(ErrorKind::kInvalid, std::string("can't read standard input: ") + std::strerror(errno));
    }
  }
  return fail(ErrorKind::kInvalid, "standard input is longer than 256 MiB", "give it in parts");
}

void ignore_broken_pipes() {
  std::signal(SIGPIPE, SIG_IGN);
}

Path working_folder() {
  char buffer[PATH_MAX];
  return getcwd(buffer, sizeof buffer) == nullptr ? Path() : Path(buffer);
}

Path own_program() {
  char buffer[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", buffer, sizeof buffer);
  return length <= 0 ? Path() : Path(std::string(buffer, static_cast<std::size_t>(length)));
}

int finish_process(ExitStatus status, PosixOutput& out, PosixOutput& err) {
  out.flush();
  if (out.failed() && out.error() != EPIPE) {
    err.write("qflow: error: can't write to standard output: " + std::string(std::strerror(out.error())) + "\n");
    if (status == ExitStatus::kOk) status = ExitStatus::kFailed;
  }
  err.flush();
  if (out.error() == EPIPE && status == ExitStatus::kOk) end_by_broken_pipe();
  return static_cast<int>(status);
}

}  // namespace qflow
