#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "qflow/cli/context.h"
#include "qflow/error/exit_status.h"
#include "qflow/os/file_system.h"

namespace qflow {

class OutputQueue;

// Writes to a descriptor of this process. Text is collected and written in large pieces, on a terminal line by line;
// `before`, if given, is flushed first, so that two streams on one terminal keep their order.
class PosixOutput final : public OutputStream {
 public:
  enum class Buffering { kLarge, kNone };

  PosixOutput(int descriptor, Buffering buffering, PosixOutput* before = nullptr);

  void write(std::string_view text) override;
  void flush() override;
  bool is_terminal() const override { return terminal_; }
  int width() const override;
  bool failed() const override { return error() != 0; }
  void keep_unread() override;
  std::size_t unread() const override;
  void settle(std::optional<std::chrono::milliseconds> patience) override;

  int error() const;  // errno of the first write that failed, or 0

 private:
  int descriptor_;
  Buffering buffering_;
  PosixOutput* before_;
  bool terminal_;
  int error_ = 0;
  std::string pending_;
  std::shared_ptr<OutputQueue> queue_;  // one for both streams that have the same reader
};

// Reads a descriptor of this process to its end.
class PosixInput final : public InputStream {
 public:
  explicit PosixInput(int descriptor) : descriptor_(descriptor) {}
  Result<std::string> read_all() override;

 private:
  int descriptor_;
};

// From here on a reader that goes away is an error of the write (EPIPE), not the end of this process.
void ignore_broken_pipes();

Path working_folder();  // empty when it no longer exists
Path own_program();     // empty when the system does not say

// Waits until all of both streams is written, and gives the exit status of the process. When the reader of stdout went
// away, a command that succeeded ends as other tools do, by SIGPIPE; another failed write is reported and makes success
// a failure.
int finish_process(ExitStatus status, PosixOutput& out, PosixOutput& err);

}  // namespace qflow
