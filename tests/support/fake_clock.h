#pragma once

#include <atomic>

#include "qflow/os/clock.h"

namespace qflow {

// A clock that stands still until somebody moves it.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant now = Instant(std::chrono::seconds(1'700'000'000))) : now_(now.time_since_epoch()) {}

  Instant now() override { return Instant(now_.load()); }
  std::chrono::microseconds monotonic() override { return monotonic_.load(); }

  // Time passes.
  void advance(std::chrono::microseconds by) {
    now_ = now_.load() + by;
    monotonic_ = monotonic_.load() + by;
  }
  // Somebody sets the wall clock; no time passes.
  void set(Instant now) { now_ = now.time_since_epoch(); }

 private:
  std::atomic<std::chrono::microseconds> now_;
  std::atomic<std::chrono::microseconds> monotonic_{std::chrono::microseconds{0}};
};

}  // namespace qflow
