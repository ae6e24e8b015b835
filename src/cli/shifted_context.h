#pragma once

#include <optional>

#include "qflow/cli/context.h"
#include "qflow/time/duration.h"

namespace qflow {

// A context in which it is another time: for who uses it by its clock, which `shift` turns further than the first
// context's, and for the processes that are started from it, and theirs, by QFLOW_CLOCK_SHIFT of `environment`
// (microseconds from the time of the system). The first context outlives it.
class ShiftedContext {
 public:
  ShiftedContext(Context& context, Duration shift, Environment environment);
  ShiftedContext(const ShiftedContext&) = delete;
  ShiftedContext& operator=(const ShiftedContext&) = delete;

  Context& context() { return context_; }

 private:
  ShiftedClock clock_;
  Context context_;
};

// What this process was started with, if it was started from a shifted context; kUsage when it is no number.
Result<std::optional<Duration>> inherited_shift(const Environment& environment);

// For processes whose clock is turned further than this one's, which may be turned already; errors as above.
Result<Environment> with_further_shift(Environment environment, Duration further);

}  // namespace qflow
