#pragma once

#include <csignal>
#include <optional>

#include "qflow/os/file_system.h"

namespace qflow {

// What `qflow cancel` sends to the process that executes a run.
inline constexpr int kCancelSignal = SIGUSR1;
// What says that its run may have been replaced: the ledger knows. However often it comes, it asks once.
inline constexpr int kReplaceSignal = SIGUSR2;

// Whether it is sent because of a run, and not to the process whatever that executes.
constexpr bool is_for_run(int signal) {
  return signal == kCancelSignal || signal == kReplaceSignal;
}

// While one lives, SIGINT, SIGTERM, SIGHUP and the two above to this process arrive here instead of ending it. Those
// that whoever started this process had it ignore (nohup, a shell's background job) are ignored still. Who asks a run
// to end may be too late: the two above never end a process that once had one of these, and the next one does not hear
// them. Children start with the signal mask cleared (process_launcher.h).
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  int descriptor() const { return file_.descriptor(); }  // readable when a signal waits; -1 where there is none
  std::optional<int> take();
  // The same without those for a run, which are dropped: while this process waits, or between two runs.
  std::optional<int> take_for_process();

 private:
  sigset_t before_;
  FileHandle file_;
};

}  // namespace qflow
