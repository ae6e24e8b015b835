#include "qflow/os/stop_signals.h"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace qflow {

namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, kCancelSignal, kReplaceSignal}) {
    if (!is_ignored(signal)) sigaddset(&set, signal);
  }
  return set;
}

sigset_t set_for_runs() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, kCancelSignal);
  sigaddset(&set, kReplaceSignal);
  return set;
}

void drop_waiting(const sigset_t& signals) {
  const timespec at_once{};
  while (sigtimedwait(&signals, nullptr, &at_once) > 0) {
  }
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
  drop_waiting(set_for_runs());
  file_ = FileHandle(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

StopSignals::~StopSignals() {
  sigaddset(&before_, kCancelSignal);
  sigaddset(&before_, kReplaceSignal);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> StopSignals::take() {
  signalfd_siginfo info{};
  if (read(file_.descriptor(), &info, sizeof info) != sizeof info) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

std::optional<int> StopSignals::take_for_process() {
  while (const auto signal = take()) {
    if (!is_for_run(*signal)) return signal;
  }
  return std::nullopt;
}

}  // namespace qflow
