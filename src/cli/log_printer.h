#pragma once

#include <optional>
#include <string>

#include "cli/terminal.h"
#include "qflow/model/run.h"
#include "qflow/model/step_state.h"
#include "qflow/runner/log_record.h"

namespace qflow {

enum class LogForm { kPlain, kPrefixed, kJson };

// Prints the records of one attempt: "step | text", the text alone, or JSON objects. A line that goes on in the next
// record is put together again.
class LogPrinter {
 public:
  LogPrinter(OutputStream& out, Painter painter, const Attempt& attempt, LogForm form);

  void print(const LogRecord& record);
  // Ends a line that was left open, so that another attempt can print.
  void finish();

 private:
  void print_text(const LogRecord& record);
  void print_object(const LogRecord& record);

  OutputStream& out_;
  Attempt attempt_;
  LogForm form_;
  std::string prefix_;
  std::optional<TaskStream> open_;  // the stream whose line is not ended yet
  std::string begun_[2];            // of JSON: what has come of a line, by stream
};

}  // namespace qflow
