#pragma once

#include <string>
#include <utility>

#include "qflow/error/error.h"
#include "qflow/os/clock.h"
#include "qflow/time/duration.h"

namespace qflow {

// The end of the time that one look may take. The clock outlives it.
class LookDeadline {
 public:
  LookDeadline(Clock& clock, Duration timeout, std::string watched)
      : clock_(clock), timeout_(timeout), end_(clock.monotonic() + timeout), watched_(std::move(watched)) {}

  // kFailed once the time has passed.
  Status check() const {
    if (clock_.monotonic() <= end_) return {};
    return fail(ErrorKind::kFailed, "looking at " + watched_ + " took longer than " + format_duration(timeout_),
                "raise the sensor's `timeout`, or let it watch less");
  }

 private:
  Clock& clock_;
  Duration timeout_;
  Duration end_;
  std::string watched_;
};

}  // namespace qflow
