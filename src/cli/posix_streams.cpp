#include "qflow/cli/posix_streams.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "cli/blocking_descriptor.h"
#include "cli/output_queue.h"

namespace qflow {

namespace {

constexpr std::size_t kBufferSize = 64 * 1024;

bool is_same_file(int one, int other) {
  struct stat first {
  }, second{};
  if (fstat(one, &first) != 0 || fstat(other, &second) != 0) return false;
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
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
  if (queue_) {
    queue_->put(pending_);
  } else {
    error_ = write_fully(descriptor_, pending_);
  }
  pending_.clear();
}

void PosixOutput::keep_unread() {
  if (queue_ || !has_reader(descriptor_)) return;
  flush();
  // What comes to one reader keeps its order.
  const bool shared = before_ != nullptr && before_->queue_ && is_same_file(before_->descriptor_, descriptor_);
  queue_ = shared ? before_->queue_ : std::make_shared<OutputQueue>(descriptor_);
}

std::size_t PosixOutput::unread() const {
  return queue_ ? queue_->unread() : 0;
}

void PosixOutput::settle(std::optional<std::chrono::milliseconds> patience) {
  flush();
  if (queue_) queue_->settle(patience);
}

int PosixOutput::error() const {
  return error_ == 0 && queue_ ? queue_->error() : error_;
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
  out.settle(std::nullopt);
  if (out.failed() && out.error() != EPIPE) {
    err.write("qflow: error: can't write to standard output: " + std::string(std::strerror(out.error())) + "\n");
    if (status == ExitStatus::kOk) status = ExitStatus::kFailed;
  }
  err.settle(std::nullopt);
  if (out.error() == EPIPE && status == ExitStatus::kOk) end_by_broken_pipe();
  return static_cast<int>(status);
}

}  // namespace qflow
