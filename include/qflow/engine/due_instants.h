#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/engine/deployed_flow.h"
#include "qflow/model/event.h"
#include "qflow/model/event_outcome.h"
#include "qflow/time/duration.h"
#include "qflow/time/instant.h"
#include "qflow/trigger/trigger.h"

namespace qflow {

// An instant is on time up to so much after it; later it was missed, and `catchup` decides.
inline constexpr Duration kOnTime = std::chrono::minutes(2);

// Due instants that start nothing.
struct MissedInstants {
  std::int64_t count = 0;  // at most kCountedMissed: there may be more
  Instant first;
  Instant last;
};
inline constexpr std::int64_t kCountedMissed = 10'000;

// Of one of a flow's schedules.
struct MissedBySchedule {
  TriggerId schedule;
  MissedInstants instants;
};

// What becomes of the instants of one schedule that are due.
struct DueInstants {
  std::vector<Instant> firing = {};           // in order
  std::optional<MissedInstants> missed = {};  // dropped, as `catchup` and its window say
  std::optional<Instant> next = {};           // due after those; not later than now when there were too many
};

// Why catch-up drops instants: "no tick came in time, and catchup is "last" within 1d".
std::string catchup_reason(const ScheduleSubscription& schedule);

// The instants from `due` (one of the schedule's) up to `now`. Those on time fire, all of them. Of those that were
// missed within `catchup_window`, `all` fires each, `last` the newest unless an instant is on time, `none` nothing.
// At most `limit` fire in one go, and the rest is left for a call with `next` as `due`.
DueInstants due_instants(const ScheduleSubscription& schedule, Instant due, Instant now, std::size_t limit);

// All that are due from `due` up to `now`, when none of them may fire.
MissedInstants all_missed(const Schedule& schedule, Instant due, Instant now);

// The event of an instant that was due, noticed at `now`; its id is left empty.
Event due_event(const DeployedFlow& flow, const Trigger& schedule, Instant due, Instant now);

// Of a schedule's event the instant that was due, which a chain of runs passes on; nothing of other events.
std::optional<Instant> due_instant(const Event& event);

Json to_json(const MissedInstants& missed);  // {count, first, last}

// The event of instants that start nothing, with them as its payload. Its outcome is expired.
Event missed_event(const DeployedFlow& flow, const Trigger& schedule, const MissedInstants& missed, Instant now);
std::string missed_span(const MissedInstants& missed);  // "3 instants from … to …"
EventOutcome missed_outcome(const MissedInstants& missed, std::string_view why);

}  // namespace qflow
