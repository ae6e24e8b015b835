#pragma once

#include <span>
#include <string_view>

#include "qflow/error/error.h"

namespace qflow {

// The exit statuses of every command; scripts rely on the numbers.
enum class ExitStatus {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kNotFound = 3,
  kNothingMatched = 4,
  kBusy = 5,
  kTimedOut = 6,
  kStore = 7,
  kHangup = 129,
  kInterrupted = 130,
  kBrokenPipe = 141,
  kTerminated = 143,
};

struct ExitStatusMeaning {
  ExitStatus status;
  std::string_view meaning;
};

// Every status with its meaning, in order of number: the text of `qflow help exit-status` and the man page.
std::span<const ExitStatusMeaning> exit_statuses();

ExitStatus exit_status_of(ErrorKind kind);

}  // namespace qflow
