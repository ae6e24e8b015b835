#include "service/due_schedules.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "qflow/engine/due_instants.h"
#include "qflow/trigger/trigger_registry.h"
#include "service/schedule_keeping.h"

namespace qflow {

namespace {

// Others can write in between.
constexpr std::int64_t kSchedulesAtOnce = 1000;
constexpr std::size_t kInstantsOfOne = 1000;
constexpr std::size_t kInstantsAtOnce = 10'000;

}  // namespace

// One instant of one schedule.
struct DueSchedules::DueInstant {
  Instant at;
  std::shared_ptr<const DeployedFlow> flow;
  const Trigger* trigger = nullptr;
  std::ptrdiff_t place = 0;  // of the trigger in its flow

  bool operator<(const DueInstant& other) const {
    return std::tie(at, flow->key, place) < std::tie(other.at, other.flow->key, other.place);
  }
};

Status DueSchedules::collect_instants(LedgerWriter& writer, const DueSchedule& due, Instant now,
                                      std::vector<DueInstant>& instants) {
  QFLOW_ASSIGN(const auto flow, intake_.flows().find_readable(due.deployment));
  if (!flow) {
    ++stuck_;
    return {};
  }
  const TriggerList& all = flow->triggers;
  const auto found_at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one->id() == due.trigger; });
  const Trigger* trigger = found_at != all.end() ? found_at->get() : nullptr;
  const ScheduleSubscription* schedule = trigger != nullptr ? schedule_of(*trigger) : nullptr;
  if (schedule == nullptr) return ledger_.triggers().save_schedule(due.deployment, due.trigger, std::nullopt);
  const DueInstants found = due_instants(*schedule, due.due, now, kInstantsOfOne);
  QFLOW_TRY(ledger_.triggers().move_schedule(due.deployment, due.trigger, found.next));
  if (found.missed) {
    QFLOW_TRY(record_missed(ledger_, writer, *flow, *trigger, *found.missed, catchup_reason(*schedule), now));
  }
  for (const Instant at : found.firing) instants.push_back({at, flow, trigger, found_at - all.begin()});
  return {};
}

Result<int> DueSchedules::take(LedgerWriter& writer, Instant now) {
  const std::int64_t known = std::exchange(stuck_, 0);
  QFLOW_ASSIGN(const auto due, ledger_.triggers().due_schedules(now, kSchedulesAtOnce + known));
  std::vector<DueInstant> instants;
  std::size_t looked_at = 0;
  while (looked_at < due.size() && instants.size() < kInstantsAtOnce) {
    QFLOW_TRY(collect_instants(writer, due[looked_at++], now, instants));
  }
  std::stable_sort(instants.begin(), instants.end());
  std::vector<JudgedEvent> events;
  events.reserve(instants.size());
  for (const DueInstant& instant : instants) {
    OwnEvent event{.event = due_event(*instant.flow, *instant.trigger, instant.at, now), .timestamp_given = true};
    QFLOW_ASSIGN(events.emplace_back(), intake_.judge_own(*instant.flow, std::move(event)));
  }
  QFLOW_TRY(intake_.record(writer, events, [](std::size_t, Error error) { return error; }));
  const int fresh = static_cast<int>(looked_at) - static_cast<int>(known);
  return std::max(instants.empty() ? 0 : 1, fresh);
}

}  // namespace qflow
