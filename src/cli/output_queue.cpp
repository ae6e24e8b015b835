#include "cli/output_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "cli/blocking_descriptor.h"
#include "cli/signal_free_thread.h"
#include "qflow/os/file_system.h"

namespace qflow {

namespace {

constexpr std::size_t kPiece = 4096;  // what a slow reader is seen to move by

// A way to the same pipe or terminal whose writes never wait: the flag belongs to the open file description, and that
// of the descriptor is shared with others. Nothing where there is no such way (a socket, somebody else's pipe, the
// master of a pseudo-terminal: to open it again makes another pair).
FileHandle open_without_waiting(int descriptor) {
  unsigned pair = 0;
  if (ioctl(descriptor, TIOCGPTN, &pair) == 0) return FileHandle();
  return FileHandle(
      open(fmt::format("/proc/self/fd/{}", descriptor).c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

struct OutputQueue::State {
  int descriptor = -1;
  FileHandle without_waiting;
  std::mutex mutex;
  std::condition_variable changed;
  std::string kept;        // that the thread has not begun with
  std::size_t unread = 0;  // with what the thread is writing
  int error = 0;
  bool closed = false;
  bool has_thread = false;

  void drop(int why) {
    error = why;
    kept.clear();
    unread = 0;
  }

  // Takes off what the reader takes now.
  void write_at_once(std::string_view& text) {
    while (without_waiting && !text.empty()) {
      const ssize_t written = ::write(without_waiting.descriptor(), text.data(), text.size());
      if (written >= 0) {
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {
        return;
      } else if (errno != EINTR) {
        return drop(errno);
      }
    }
  }
};

bool has_reader(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || isatty(descriptor) == 1;
}

OutputQueue::OutputQueue(int descriptor) : state_(std::make_shared<State>()) {
  state_->descriptor = descriptor;
  state_->without_waiting = open_without_waiting(descriptor);
}

OutputQueue::~OutputQueue() {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
  state_->changed.notify_all();
}

void OutputQueue::put(std::string_view text) {
  const std::lock_guard lock(state_->mutex);
  if (state_->error != 0 || state_->closed) return;
  if (state_->unread == 0) state_->write_at_once(text);
  if (text.empty() || state_->error != 0) return;
  state_->kept += text;
  state_->unread += text.size();
  if (!state_->has_thread) start_thread();
  state_->changed.notify_all();
}

// Where there can be no further thread, this one waits.
void OutputQueue::start_thread() {
  try {
    start_without_signals([state = state_] { write_kept(*state); }).detach();
    state_->has_thread = true;
  } catch (const std::system_error&) {
    state_->drop(write_fully(state_->descriptor, state_->kept));
  }
}

void OutputQueue::write_kept(State& state) {
  std::unique_lock lock(state.mutex);
  while (true) {
    state.changed.wait(lock, [&] { return !state.kept.empty() || state.closed; });
    const std::string text = std::exchange(state.kept, {});
    for (std::size_t at = 0; at < text.size() && !state.closed; at += kPiece) {
      const std::string_view piece = std::string_view(text).substr(at, kPiece);
      lock.unlock();
      const int error = write_fully(state.descriptor, piece);
      lock.lock();
      if (state.closed) return;
      state.unread -= piece.size();
      if (error != 0) state.drop(error);
      state.changed.notify_all();
      if (error != 0) return;
    }
    if (state.closed) return;
  }
}

std::size_t OutputQueue::unread() const {
  const std::lock_guard lock(state_->mutex);
  return state_->unread;
}

int OutputQueue::error() const {
  const std::lock_guard lock(state_->mutex);
  return state_->error;
}

void OutputQueue::settle(std::optional<std::chrono::milliseconds> patience) {
  std::unique_lock lock(state_->mutex);
  for (std::size_t before = state_->unread; before > 0; before = state_->unread) {
    const auto has_moved = [&] { return state_->unread != before; };
    if (!patience) {
      state_->changed.wait(lock, has_moved);
      // wait_for would wait by pthread_cond_clockwait, which g++ 12's ThreadSanitizer does not know.
    } else if (!state_->changed.wait_until(lock, std::chrono::system_clock::now() + *patience, has_moved)) {
      state_->closed = true;
      state_->drop(0);
    }
  }
}

}  // namespace qflow
