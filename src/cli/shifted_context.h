#pragma once

#include <optional>

#include "qflow/cli/context.h"
#include "qflow/time/duration.h"

namespace qflow {

// A context in which it is another time: for who uses it, and by QFLOW_CLOCK_SHIFT of the environment (microseconds)
// for the processes that are started from it, and theirs. The first context outlives it.
class ShiftedContext {
 public:
  ShiftedContext(Context& context, Duration shift);
  ShiftedContext(const ShiftedContext&) = delete;
  ShiftedContext& operator=(const ShiftedContext&) = delete;

  Context& context() { return context_; }

 private:
  ShiftedClock clock_;
  Context context_;
};

// What this process was started with, if it was started from a shifted context; kUsage when it is no number.
Result<std::optional<Duration>> inherited_shift(const Environment& environment);

}  // namespace qflow
