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

// A schedule that is asked for its instants later than `after`.
struct AskedSchedule {
  const Schedule* schedule = nullptr;
  Instant after;
};

// The first `count` instants of all the schedules together, by time, those of one time in the order of the schedules.
// Fewer where no more come.
std::vector<ComingInstant> coming_instants(std::span<const AskedSchedule> asked, std::size_t count);

}  // namespace qflow
