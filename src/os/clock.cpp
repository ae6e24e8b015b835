#include "qflow/os/clock.h"

namespace qflow {

Instant PosixClock::now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::microseconds PosixClock::monotonic() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

Instant ShiftedClock::now() {
  return clock_.now() + shift_;
}

std::chrono::microseconds ShiftedClock::monotonic() {
  return clock_.monotonic();
}

}  // namespace qflow
