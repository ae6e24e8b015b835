#include "cli/signal_free_thread.h"

#include <pthread.h>

#include <csignal>

namespace qflow {

namespace {

class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

std::thread start_without_signals(const std::function<void()>& body) {
  const BlockedSignals blocked;
  return std::thread(body);
}

}  // namespace qflow
