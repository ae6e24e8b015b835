#include "qflow/error/exit_status.h"

namespace qflow {
namespace {

constexpr ExitStatusMeaning kMeanings[] = {
    {ExitStatus::kOk, "ok"},
    {ExitStatus::kFailed, "the run, a test, fsck or an evaluation failed, or the run was cancelled from elsewhere"},
    {ExitStatus::kUsage, "wrong usage, or invalid input: flow file, JSON, expression, name"},
    {ExitStatus::kNotFound, "not found: file, flow, run, step, artifact, field"},
    {ExitStatus::kNothingMatched, "nothing matched, filtered, or refused by policy"},
    {ExitStatus::kBusy, "busy: locked, the run has not ended, or refused because of skip"},
    {ExitStatus::kTimedOut, "a wait timed out"},
    {ExitStatus::kStore, "the store can't be used"},
    {ExitStatus::kHangup, "ended by HUP"},
    {ExitStatus::kInterrupted, "ended by INT (Ctrl-C)"},
    {ExitStatus::kBrokenPipe, "ended by PIPE: who reads the output went away, as head does"},
    {ExitStatus::kTerminated, "ended by TERM"},
};

}  // namespace

std::span<const ExitStatusMeaning> exit_statuses() {
  return kMeanings;
}

ExitStatus exit_status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
    case ErrorKind::kInvalid:
      return ExitStatus::kUsage;
    case ErrorKind::kNotFound:
      return ExitStatus::kNotFound;
    case ErrorKind::kRefused:
      return ExitStatus::kNothingMatched;
    case ErrorKind::kBusy:
      return ExitStatus::kBusy;
    case ErrorKind::kTimedOut:
      return ExitStatus::kTimedOut;
    case ErrorKind::kStore:
      return ExitStatus::kStore;
    case ErrorKind::kFailed:
      return ExitStatus::kFailed;
  }
  return ExitStatus::kFailed;
}

}  // namespace qflow
