#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "qflow/time/schedule.h"

namespace qflow {

struct ComingInstant {
  Instant due;
  std::size_t schedule = 0;  // its place among those asked

  friend auto operator<=>(const ComingInstant&, const ComingInstant&) = default;
};

// The first `count` instants later than `after` of all the schedules together, by time, those of one time in the order
// of the schedules. Fewer where no more come.
std::vector<ComingInstant> coming_instants(std::span<const Schedule* const> schedules, Instant after,
                                           std::size_t count);

}  // namespace qflow
