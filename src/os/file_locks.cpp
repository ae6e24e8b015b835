#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "os/system_error.h"
#include "os/system_text.h"
#include "qflow/os/decimal.h"
#include "qflow/os/file_system.h"

namespace qflow {
namespace {

// Whether the lock was taken; an error of the system but "somebody has it" is returned as its errno.
int flock_uninterrupted(int descriptor, int operation) {
  while (flock(descriptor, operation) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

std::string holder_text(long process) {
  std::string name = system_text(fmt::format("/proc/{}/comm", process));
  if (name.empty()) return fmt::format("process {}", process);
  return fmt::format("process {} ({})", process, first_line(name));
}

struct Holder {
  long process = 0;  // 0: none, or the system hides it
  bool alone = false;
};

// The holder in a line of /proc/locks (proc(5)): "1: FLOCK  ADVISORY  WRITE 4711 fd:00:1234 0 EOF"; a line of a waiter
// has "->" as its second word.
Holder holder_in(std::string_view line, std::string_view file) {
  std::vector<std::string_view> words = words_of(line);
  if (words.size() < 6 || words[1] == "->" || words[5] != file) return {};
  const long process = parse_decimal<long>(words[4]).value_or(0);
  return {process == getpid() ? 0 : process, words[3] == "WRITE"};
}

// Whoever holds it alone, if anybody does: others may share parts of the file meanwhile, as SQLite's readers do.
std::string find_holder(const struct stat& status) {
  std::string file =
      fmt::format("{:02x}:{:02x}:{}", major(status.st_dev), minor(status.st_dev), std::uint64_t{status.st_ino});
  std::string locks = system_text("/proc/locks");
  long found = 0;
  for (std::string_view rest = locks; !rest.empty();) {
    std::string_view line = first_line(rest);
    const Holder holder = holder_in(line, file);
    if (holder.process > 0 && holder.alone) return holder_text(holder.process);
    if (holder.process > 0) found = holder.process;
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return found > 0 ? holder_text(found) : "";
}

tl::unexpected<Error> locked_by_other(const FileHandle& file) {
  struct stat status {};
  std::string holder = fstat(file.descriptor(), &status) == 0 ? find_holder(status) : "";
  if (holder.empty()) holder = "another process";
  return fail(ErrorKind::kBusy, fmt::format("{} is locked by {}", path_of(file), holder));
}

// One waiter in flock(2), which knows no time limit: the thread that asked stops waiting when the limit has passed, and
// the waiter, when it is served after all, gives the lock back. So that this takes no lock away that the asker has got
// since, the waiter locks a file that it has opened itself.
struct Waiter {
  std::mutex mutex;
  std::condition_variable done;
  FileHandle file;
  bool finished = false;
  bool abandoned = false;
  int error = 0;
};

void wait_for_lock(const std::shared_ptr<Waiter>& waiter) {
  int error = flock_uninterrupted(waiter->file.descriptor(), LOCK_EX);
  std::lock_guard guard(waiter->mutex);
  waiter->error = error;
  waiter->finished = true;
  if (waiter->abandoned) waiter->file = FileHandle();
  waiter->done.notify_one();
}

// The same file opened once more, in the same way: locks tell the two apart, as flock(2) says.
FileHandle reopened(const FileHandle& file) {
  int flags = fcntl(file.descriptor(), F_GETFL) & (O_ACCMODE | O_APPEND);
  return FileHandle(open(fmt::format("/proc/self/fd/{}", file.descriptor()).c_str(), flags | O_CLOEXEC));
}

// Signals stay with the threads that expect them.
void start_waiter(const std::shared_ptr<Waiter>& waiter) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread(wait_for_lock, waiter).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

Status PosixFileSystem::try_lock(const FileHandle& file) {
  int error = flock_uninterrupted(file.descriptor(), LOCK_EX | LOCK_NB);
  if (error == EWOULDBLOCK) return locked_by_other(file);
  if (error != 0) return system_failure("lock", file, error);
  return {};
}

Status PosixFileSystem::lock_within(const FileHandle& file, std::chrono::milliseconds limit) {
  int error = flock_uninterrupted(file.descriptor(), LOCK_EX | LOCK_NB);
  if (error == 0) return {};
  if (error != EWOULDBLOCK) return system_failure("lock", file, error);
  auto waiter = std::make_shared<Waiter>();
  waiter->file = reopened(file);
  if (!waiter->file) return system_failure("lock", file, errno);
  start_waiter(waiter);
  std::unique_lock guard(waiter->mutex);
  if (!waiter->done.wait_for(guard, limit, [&] { return waiter->finished; })) {
    waiter->abandoned = true;
    return locked_by_other(file);
  }
  if (waiter->error != 0) return system_failure("lock", file, waiter->error);
  // From now on `file`, and nothing else, is what the waiter has opened and locked: its thread may not have ended yet.
  const FileHandle locked = std::move(waiter->file);
  if (dup3(locked.descriptor(), file.descriptor(), O_CLOEXEC) < 0) return system_failure("lock", file, errno);
  return {};
}

Status PosixFileSystem::lock_shared(const FileHandle& file) {
  const int error = flock_uninterrupted(file.descriptor(), LOCK_SH);
  if (error != 0) return system_failure("lock", file, error);
  return {};
}

void PosixFileSystem::unlock(const FileHandle& file) {
  flock(file.descriptor(), LOCK_UN);
}

Result<bool> PosixFileSystem::is_locked(const FileHandle& file) {
  // A shared lock, so that two who ask at once do not take each other for the holder.
  int error = flock_uninterrupted(file.descriptor(), LOCK_SH | LOCK_NB);
  if (error == EWOULDBLOCK) return true;
  if (error != 0) return system_failure("lock", file, error);
  flock(file.descriptor(), LOCK_UN);
  return false;
}

std::string PosixFileSystem::lock_holder(const Path& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? find_holder(status) : "";
}

}  // namespace qflow
