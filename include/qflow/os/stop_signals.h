#pragma once

#include <csignal>
#include <optional>

#include "qflow/os/file_system.h"

namespace qflow {

// What `qflow cancel` sends to the process that executes a run.
inline constexpr int kCancelSignal = SIGUSR1;
// What says that its run may have been replaced: the ledger knows. However often it comes, it asks once.
inline constexpr int kReplaceSignal = SIGUSR2;

// While one lives, SIGINT, SIGTERM, SIGHUP and the two above to this process arrive here instead of ending it. Those
// that whoever started this process had it ignore (nohup, a shell's background job) are ignored still. Children start
// with the signal mask cleared (process_launcher.h).
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  int descriptor() const { return file_.descriptor(); }  // readable when a signal waits; -1 where there is none
  std::optional<int> take();

 private:
  sigset_t before_;
  FileHandle file_;
};

}  // namespace qflow
