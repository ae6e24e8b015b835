#include <fmt/format.h>

#include "qflow/time/schedule.h"

namespace qflow {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_seconds;
using std::chrono::seconds;

namespace {

std::string day_of(local_seconds local) {
  const std::chrono::year_month_day date{floor<days>(local)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string time_of(local_seconds local) {
  const auto second = (local - floor<days>(local)).count();
  const std::string text = fmt::format("{:02}:{:02}", second / 3600, second / 60 % 60);
  return second % 60 == 0 ? text : text + fmt::format(":{:02}", second % 60);
}

}  // namespace

// What comes every hour misses nothing in a gap.
bool Schedule::skips_gaps() const {
  constexpr std::uint64_t kEveryHour = (1U << 24U) - 1;
  if (cron()->follows_elapsed_time()) return cron()->fields().hour.values != kEveryHour;
  return rules_.dst_gap == DstGap::kSkip;
}

// What the gaps since the due instant before this one have swallowed.
std::string Schedule::skipped_before(Second due) const {
  const auto previous = previous_before(due);
  for (Second at = due;;) {
    const ZonePeriod period = rules_.zone->period_at(at);
    const bool since = previous ? period.begin > *previous : at == due && period.begin > kZoneBegin;
    if (!since) return {};
    if (const auto local = swallowed(period)) {
      return fmt::format("{} does not exist on {}: skipped", time_of(*local), day_of(*local));
    }
    at = period.begin - seconds{1};
  }
}

std::string Schedule::note(Instant due) const {
  if (cron() == nullptr) return {};
  const Second second = floor<seconds>(due);
  const ZonePeriod period = rules_.zone->period_at(second);
  const Local local = to_local(second, period.offset);
  if (second == period.begin && rules_.dst_gap == DstGap::kShift) {
    if (const auto swallowed = missing(period)) {
      const bool same_day = floor<days>(*swallowed) == floor<days>(local);
      const std::string where = same_day ? "this night" : day_of(*swallowed);
      const bool regular = cron()->first_in(local, local + seconds{1}).has_value();
      return fmt::format("{} does not exist on {}: due {}", time_of(*swallowed), where,
                         regular ? "with " + time_of(local) : "right after the gap");
    }
  }
  if (local < to_local(period.begin, period.offset_before)) {
    return fmt::format("{} comes twice on this night: the second one", time_of(local));
  }
  if (local >= to_local(period.end, period.offset_after)) {
    return fmt::format("{} comes twice on this night: the first one", time_of(local));
  }
  return skips_gaps() ? skipped_before(second) : std::string();
}

}  // namespace qflow
