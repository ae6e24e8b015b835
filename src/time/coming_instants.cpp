#include "qflow/time/coming_instants.h"

#include <functional>
#include <queue>

namespace qflow {

std::vector<ComingInstant> coming_instants(std::span<const AskedSchedule> asked, std::size_t count) {
  std::priority_queue<ComingInstant, std::vector<ComingInstant>, std::greater<>> next;
  const auto add_next = [&](std::size_t schedule, Instant t) {
    if (const auto due = asked[schedule].schedule->next_after(t)) next.push({*due, schedule});
  };
  for (std::size_t i = 0; i < asked.size(); ++i) add_next(i, asked[i].after);
  std::vector<ComingInstant> coming;
  while (coming.size() < count && !next.empty()) {
    coming.push_back(next.top());
    next.pop();
    add_next(coming.back().schedule, coming.back().due);
  }
  return coming;
}

}  // namespace qflow
