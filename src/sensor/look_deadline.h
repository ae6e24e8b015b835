#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "qflow/sensor/look.h"

namespace qflow {

// The end of the time that one look may take, counted from the making of this.
class LookDeadline {
 public:
  // `watched` is what messages call it.
  LookDeadline(const Look& look, std::string watched)
      : clock_(look.clock),
        limit_(look.rules.timeout),
        end_(look.clock.monotonic() + look.rules.timeout),
        watched_(std::move(watched)) {}

  // The whole timeout, for messages.
  Duration limit() const { return limit_; }
  // Never negative.
  Duration left() const { return std::max(end_ - clock_.monotonic(), Duration(0)); }
  bool is_over() const { return left() == Duration(0); }

  // kFailed once the time has passed.
  Status check() const {
    if (!is_over()) return {};
    return fail(ErrorKind::kFailed, "looking at " + watched_ + " took longer than " + format_duration(limit_),
                "raise the sensor's `timeout`, or let it watch less");
  }

 private:
  Clock& clock_;
  Duration limit_;
  std::chrono::microseconds end_;
  std::string watched_;
};

}  // namespace qflow
