#pragma once

#include <cstddef>

#include "qflow/error/error.h"

namespace qflow {

// What one evaluation may cost. A step is a node of the syntax tree evaluated, an element of a list or object touched,
// or so many bytes of text read or made: so time and memory are bounded whatever the expression says.
class Meter {
 public:
  static constexpr std::size_t kMaxSteps = 1'000'000;
  static constexpr std::size_t kBytesPerStep = 16;

  explicit Meter(std::size_t steps = kMaxSteps) : left_(steps) {}

  // False when the steps are used up, and from then on.
  bool spend(std::size_t steps) {
    if (steps > left_) {
      left_ = 0;
      exhausted_ = true;
    }
    if (exhausted_) return false;
    left_ -= steps;
    return true;
  }
  bool spend_bytes(std::size_t bytes) { return spend(bytes / kBytesPerStep); }

  // An exhausted evaluation ends: its error is absorbed by nothing.
  bool exhausted() const { return exhausted_; }

  // Whether a message may look for the nearest name: only the first ones of an evaluation, since all but the first
  // error are dropped.
  bool may_suggest() { return suggestions_ < kMaxSuggestions && ++suggestions_ > 0; }

  static tl::unexpected<Error> error() {
    return fail(ErrorKind::kFailed, "the evaluation takes more than 1,000,000 steps",
                "work on smaller lists and texts, or compute the value in a step");
  }

 private:
  static constexpr int kMaxSuggestions = 16;

  std::size_t left_;
  int suggestions_ = 0;
  bool exhausted_ = false;
};

}  // namespace qflow
