#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qflow/os/clock.h"
#include "qflow/os/pipe.h"
#include "qflow/os/process_launcher.h"
#include "qflow/runner/run_reporter.h"
#include "runner/attempt_log.h"
#include "runner/line_splitter.h"
#include "runner/secret_mask.h"

namespace qflow {

// The process group of one attempt, from its start until nothing of it is left. Its first process may end before others
// that it started: those get SIGTERM, and SIGKILL kLeftoverTime later; what end() has asked already keeps its grace.
class TaskProcess {
 public:
  static constexpr std::chrono::seconds kLeftoverTime{1};

  // Starts the program of `spec`, whose descriptors this sets. `label` is the task's name for the observer; `mask` is
  // what its output goes through.
  static Result<std::unique_ptr<TaskProcess>> start(ProcessLauncher& launcher, Clock& clock, ProcessSpec spec,
                                                    std::string label, AttemptLog log, const SecretMask& mask,
                                                    RunObserver& observer);
  ~TaskProcess();  // ends what is left of the group at once

  // Descriptors to wait for, always three: stdout, stderr, the end of the process; -1 where there is nothing to wait
  // for.
  std::array<int, 3> descriptors() const;
  // When to look again without any descriptor being ready, on the monotonic clock.
  std::optional<std::chrono::microseconds> wake_at() const;
  // Reads what has come, and moves on. An error is one of writing the log.
  Status advance();
  // SIGTERM to the group now, SIGKILL after `grace`; a second call with a smaller grace brings SIGKILL forward.
  void end(std::chrono::microseconds grace);

  // Whether the first process has ended; then how.
  bool exited() const { return collected_; }
  const ProcessExit& exit() const { return exit_; }
  // Whether its group is gone too.
  bool finished() const { return finished_; }

 private:
  struct Stream {
    TaskStream kind;
    FileHandle pipe;
    SecretMask mask;
    LineSplitter lines;
  };

  TaskProcess(ProcessLauncher& launcher, Clock& clock, std::string label, AttemptLog log, RunObserver& observer);
  void read(Stream& stream, std::size_t limit);
  void take(Stream& stream, std::string_view bytes);
  void add_line(TaskStream kind, std::string_view text, bool goes_on);
  Status collect();
  Status finish();

  ProcessLauncher& launcher_;
  Clock& clock_;
  RunObserver& observer_;
  std::string label_;
  AttemptLog log_;
  std::array<Stream, 2> streams_;
  ChildProcess child_;
  bool held_up_ = false;  // by the observer: the pipes are not read
  bool collected_ = false;
  bool finished_ = false;
  ProcessExit exit_;
  std::optional<std::chrono::microseconds> kill_at_;
  std::chrono::microseconds look_again_{500};
};

}  // namespace qflow
