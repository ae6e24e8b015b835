#include "qflow/engine/due_instants.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "qflow/model/event_names.h"
#include "qflow/trigger/source_filter.h"

namespace qflow {

namespace {

// The instants of a schedule that are due, cut into those that fire and those that do not.
class CatchUp {
 public:
  CatchUp(const ScheduleSubscription& schedule, Instant due, Instant now)
      : subscription_(schedule), schedule_(*schedule.schedule), due_(due), now_(now) {}

  // The first instant that fires; later than `now` when none does.
  std::optional<Instant> first_firing() const {
    const Instant on_time = now_ - kOnTime;
    const auto punctual = first_from(on_time);
    const bool any_punctual = punctual && *punctual <= now_;
    if (subscription_.catchup == Catchup::kNone) return punctual;
    if (subscription_.catchup == Catchup::kLast && any_punctual) return punctual;
    const Instant oldest = std::min(now_ - subscription_.catchup_window, on_time);
    if (subscription_.catchup == Catchup::kAll) return first_from(oldest);
    const auto newest = schedule_.previous_before(on_time);
    return newest && *newest >= std::max(due_, oldest) ? newest : punctual;
  }

 private:
  std::optional<Instant> first_from(Instant t) const {
    if (due_ >= t) return due_;
    return schedule_.next_after(t - kInstantStep);
  }

  const ScheduleSubscription& subscription_;
  const Schedule& schedule_;
  Instant due_;
  Instant now_;
};

// Those from `due` on that come before `until`; at least one.
MissedInstants count_missed(const Schedule& schedule, Instant due, Instant until) {
  MissedInstants missed{1, due, schedule.previous_before(until).value_or(due)};
  for (auto t = schedule.next_after(due); t && *t < until && missed.count < kCountedMissed;
       t = schedule.next_after(*t)) {
    ++missed.count;
  }
  return missed;
}

std::string_view to_text(Catchup catchup) {
  if (catchup == Catchup::kNone) return "none";
  return catchup == Catchup::kLast ? "last" : "all";
}

}  // namespace

DueInstants due_instants(const ScheduleSubscription& schedule, Instant due, Instant now, std::size_t limit) {
  DueInstants instants;
  const CatchUp catch_up(schedule, due, now);
  instants.next = catch_up.first_firing();
  const Instant until = std::min(instants.next.value_or(Instant::max()), now + kInstantStep);
  if (due < until) instants.missed = count_missed(*schedule.schedule, due, until);
  while (instants.next && *instants.next <= now && instants.firing.size() < limit) {
    instants.firing.push_back(*instants.next);
    instants.next = schedule.schedule->next_after(*instants.next);
  }
  return instants;
}

MissedInstants all_missed(const Schedule& schedule, Instant due, Instant now) {
  return count_missed(schedule, due, now + kInstantStep);
}

std::string catchup_reason(const ScheduleSubscription& schedule) {
  return fmt::format("no tick came in time, and catchup is \"{}\" within {}", to_text(schedule.catchup),
                     format_duration(schedule.catchup_window));
}

std::optional<Instant> due_instant(const Event& event) {
  return event.name.starts_with(kDueInstants) ? std::optional(event.timestamp) : std::nullopt;
}

Event due_event(const DeployedFlow& flow, const Trigger& schedule, Instant due, Instant now) {
  Event event;
  event.name = listened_name(schedule, schedule.subscriptions().front(), "");
  event.type = "schedule";
  event.name_space = event_namespace(flow);
  event.timestamp = due;
  event.recorded_at = now;
  return event;
}

Json to_json(const MissedInstants& missed) {
  return {{"count", missed.count}, {"first", format_instant(missed.first)}, {"last", format_instant(missed.last)}};
}

Event missed_event(const DeployedFlow& flow, const Trigger& schedule, const MissedInstants& missed, Instant now) {
  Event event = due_event(flow, schedule, missed.last, now);
  event.payload = to_json(missed);
  return event;
}

std::string missed_span(const MissedInstants& missed) {
  const std::string first = format_instant(missed.first);
  if (missed.count == 1) return first;
  const std::string count =
      missed.count < kCountedMissed ? std::to_string(missed.count) : fmt::format("{} or more", kCountedMissed);
  return fmt::format("{} instants from {} to {}", count, first, format_instant(missed.last));
}

EventOutcome missed_outcome(const MissedInstants& missed, std::string_view why) {
  return {Outcome::kExpired, fmt::format("missed {}: {}", missed_span(missed), why)};
}

}  // namespace qflow
