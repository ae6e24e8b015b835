#pragma once

#include <chrono>

#include "qflow/time/duration.h"
#include "qflow/time/instant.h"

namespace qflow {

// The only place that knows what time it is. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock, UTC.
  virtual Instant now() = 0;
  // Never goes back; for time-outs. Its zero means nothing.
  virtual std::chrono::microseconds monotonic() = 0;
};

class PosixClock final : public Clock {
 public:
  Instant now() override;
  std::chrono::microseconds monotonic() override;
};

// Another clock, so much ahead of it or (negative) behind. The other one outlives it.
class ShiftedClock final : public Clock {
 public:
  ShiftedClock(Clock& clock, Duration shift) : clock_(clock), shift_(shift) {}
  Instant now() override;
  std::chrono::microseconds monotonic() override;

 private:
  Clock& clock_;
  Duration shift_;
};

}  // namespace qflow
