#include "os/child_start.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "qflow/os/process_journal.h"

// The child runs on a stack that the sanitizers do not know.
#define QFLOW_NOT_SANITIZED __attribute__((no_sanitize("address", "thread", "undefined")))

#if defined(__SANITIZE_THREAD__)
extern "C" int __clone(int (*body)(void*), void* stack, int flags, void* argument, ...);
#endif

namespace qflow {
namespace {

// ThreadSanitizer takes clone(2) for a fork: the child would change the bookkeeping that it shares with this thread.
#if defined(__SANITIZE_THREAD__)
constexpr auto* kClone = &__clone;
#else
constexpr auto* kClone = &clone;
#endif

constexpr std::size_t kStackSize = 64 * 1024;
constexpr int kFirstOtherDescriptor = 3;
constexpr std::size_t kKernelSignalSetSize = 8;

// The layout of the kernel's struct sigaction (x86-64, AArch64: handler, flags, restorer, mask); zeros mean SIG_DFL.
struct KernelSignalAction {
  unsigned long words[4] = {0, 0, 0, 0};
};

struct ChildState {
  const ChildPlan* plan = nullptr;
  ChildStep failed_step = ChildStep::kNone;
  int error = 0;
};

// System calls are made bare: the wrappers of the sanitizers would take the child for this process.
template <class... Arguments>
QFLOW_NOT_SANITIZED long system_call(long number, Arguments... arguments) {
  return syscall(number, arguments...);
}

QFLOW_NOT_SANITIZED void reset_signals(const ChangedSignals& signals) {
  KernelSignalAction action;
  for (int i = 0; i < signals.count; ++i) {
    system_call(SYS_rt_sigaction, signals.numbers.data()[i], &action, nullptr, kKernelSignalSetSize);
  }
}

QFLOW_NOT_SANITIZED void unblock_signals() {
  unsigned long none = 0;
  system_call(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, kKernelSignalSetSize);
}

// A descriptor from kFirstOtherDescriptor on, so that no dup2 onto 0, 1 or 2 destroys a source; -1 on failure.
QFLOW_NOT_SANITIZED int source_descriptor(int wanted, int target) {
  if (wanted < 0) {
    int null = static_cast<int>(system_call(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0));
    if (null < 0 || null >= kFirstOtherDescriptor || null == target) return null;
    wanted = null;
  }
  if (wanted >= kFirstOtherDescriptor || wanted == target) return wanted;
  return static_cast<int>(system_call(SYS_fcntl, wanted, F_DUPFD_CLOEXEC, kFirstOtherDescriptor));
}

QFLOW_NOT_SANITIZED bool place_descriptors(const ChildPlan& plan) {
  int sources[3];
  for (int target = 0; target < 3; ++target) {
    sources[target] = source_descriptor(plan.descriptors[target], target);
    if (sources[target] < 0) return false;
  }
  for (int target = 0; target < 3; ++target) {
    // dup3 refuses equal descriptors and the new one must not be close-on-exec: so either clear the flag or duplicate.
    bool in_place = sources[target] == target;
    long done =
        in_place ? system_call(SYS_fcntl, target, F_SETFD, 0) : system_call(SYS_dup3, sources[target], target, 0);
    if (done < 0) return false;
  }
  return true;
}

// From the last digit backwards; the field is wide enough for every value.
QFLOW_NOT_SANITIZED void fill_digits(char* field, std::size_t width, unsigned long number) {
  for (std::size_t i = width; i > 0; --i, number /= 10) field[i - 1] = static_cast<char>('0' + number % 10);
}

QFLOW_NOT_SANITIZED bool note_in_journal(const ChildPlan& plan) {
  timespec now{};
  system_call(SYS_clock_gettime, CLOCK_BOOTTIME, &now);
  const auto microseconds =
      static_cast<unsigned long>(now.tv_sec) * 1'000'000 + static_cast<unsigned long>(now.tv_nsec) / 1000;
  fill_digits(plan.journal_line, kJournalIdDigits, static_cast<unsigned long>(system_call(SYS_getpid)));
  fill_digits(plan.journal_line + kJournalIdDigits + 1, kJournalTimeDigits, microseconds);
  return system_call(SYS_write, plan.journal, plan.journal_line, plan.journal_line_size) ==
         static_cast<long>(plan.journal_line_size);
}

// A parent that ended before the request leaves a child that would live on; one that ends after the note is known to
// whoever reads the journal.
QFLOW_NOT_SANITIZED bool bind_to_parent(const ChildPlan& plan) {
  if (plan.dies_with_parent && system_call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return false;
  if (plan.journal >= 0 && !note_in_journal(plan)) return false;
  return !plan.dies_with_parent || system_call(SYS_getppid) == plan.parent;
}

QFLOW_NOT_SANITIZED ChildStep prepare_child(const ChildPlan& plan) {
  reset_signals(*plan.signals);
  if (plan.new_session) {
    if (system_call(SYS_setsid) < 0) return ChildStep::kProcess;
  } else if (system_call(SYS_setpgid, 0, 0) < 0) {
    return ChildStep::kProcess;
  }
  if (!bind_to_parent(plan)) return ChildStep::kProcess;
  if (!place_descriptors(plan)) return ChildStep::kDescriptors;
  if (plan.folder != nullptr && system_call(SYS_chdir, plan.folder) < 0) return ChildStep::kFolder;
  // Kernels before 5.11 do not know the flag; every descriptor of qflow's own is close-on-exec anyway.
  system_call(SYS_close_range, kFirstOtherDescriptor, ~0U, CLOSE_RANGE_CLOEXEC);
  unblock_signals();
  system_call(SYS_execve, plan.program, plan.arguments, plan.environment);
  return ChildStep::kProgram;
}

QFLOW_NOT_SANITIZED int run_child(void* argument) {
  auto* state = static_cast<ChildState*>(argument);
  state->failed_step = prepare_child(*state->plan);
  state->error = errno;
  system_call(SYS_exit_group, 127);
  return 127;
}

void reap(pid_t process) {
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// The stack of a child. Free again as soon as the child has started its program, so one is enough for a thread.
class ChildStack {
 public:
  ChildStack() : memory_(mmap(nullptr, kStackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {}
  ~ChildStack() {
    if (*this) munmap(memory_, kStackSize);
  }
  ChildStack(const ChildStack&) = delete;
  ChildStack& operator=(const ChildStack&) = delete;
  explicit operator bool() const { return memory_ != MAP_FAILED; }
  void* top() const { return static_cast<char*>(memory_) + kStackSize; }

 private:
  void* memory_;
};

}  // namespace

// Asked of the kernel, because the C library hides the signals that it keeps for itself.
ChangedSignals changed_signals() {
  ChangedSignals signals;
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    KernelSignalAction action;
    if (system_call(SYS_rt_sigaction, signal, nullptr, &action, kKernelSignalSetSize) != 0) continue;
    const bool is_default = action.words[0] == 0;
    if (!is_default) signals.numbers[static_cast<std::size_t>(signals.count++)] = signal;
  }
  return signals;
}

ChildStart start_child(const ChildPlan& plan) {
  ChildStart start;
  ChildState state;
  state.plan = &plan;
  static thread_local const ChildStack stack;
  sigset_t all, before;
  sigfillset(&all);
  // No handler of this process may run in the child, which shares its memory.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  if (stack) {
    start.process =
        kClone(run_child, stack.top(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &state, &start.pidfd);
  }
  start.error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (start.process < 0) {
    start.failed_step = ChildStep::kProcess;
  } else if (state.failed_step != ChildStep::kNone) {
    reap(start.process);
    close(start.pidfd);
    start = {-1, -1, state.failed_step, state.error};
  }
  return start;
}

}  // namespace qflow
