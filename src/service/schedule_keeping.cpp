#include "service/schedule_keeping.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "qflow/os/random.h"

namespace qflow {

namespace {

// Whatever makes other instants of it.
std::string rhythm_text(const ScheduleSubscription& subscription) {
  const ScheduleRules& rules = subscription.schedule->rules();
  const auto* cron = std::get_if<CronExpression>(&rules.rhythm);
  std::string text = cron != nullptr ? cron->canonical() : "every " + format_duration(std::get<Duration>(rules.rhythm));
  text += fmt::format(" {} {} {}", rules.zone->name(), static_cast<int>(rules.dst_gap),
                      static_cast<int>(rules.dst_overlap));
  if (rules.start) text += " from " + format_instant(*rules.start);
  if (rules.end) text += " until " + format_instant(*rules.end);
  for (const std::chrono::year_month_day& day : rules.exclude) {
    text += fmt::format(" not {}", std::chrono::sys_days(day).time_since_epoch().count());
  }
  return text;
}

struct Rhythm {
  std::string text;
  bool paused = false;

  bool is_that_of(const KnownSchedule& known) const { return known.rhythm == text && known.paused == paused; }
};

class ScheduleRenewal {
 public:
  ScheduleRenewal(Ledger& ledger, LedgerWriter& writer, const DeploymentChange& change, Instant now)
      : ledger_(ledger), writer_(writer), change_(change), now_(now) {
    if (change.after == nullptr) return;
    for (const auto& trigger : change.after->triggers) {
      const ScheduleSubscription* subscription = schedule_of(*trigger);
      if (subscription == nullptr) continue;
      rhythms_.emplace(trigger->id(), Rhythm{rhythm_text(*subscription), !is_enabled(*change.after, *trigger)});
    }
  }

  Status end_former() {
    if (change_.before == nullptr) return {};
    for (const auto& trigger : change_.before->triggers) QFLOW_TRY(end(*trigger));
    return {};
  }

  std::vector<MissedBySchedule> take_missed() { return std::move(missed_); }

  Status begin_new() {
    if (change_.after == nullptr) return {};
    for (const auto& trigger : change_.after->triggers) QFLOW_TRY(begin(*trigger));
    return {};
  }

 private:
  Status end(const Trigger& trigger) {
    const DeployedFlow& flow = *change_.before;
    QFLOW_ASSIGN(const auto known, ledger_.triggers().schedule(flow.key, trigger.id()));
    const auto rhythm = rhythms_.find(trigger.id());
    if (!known || (rhythm != rhythms_.end() && rhythm->second.is_that_of(*known))) return {};
    const ScheduleSubscription* subscription = schedule_of(trigger);
    if (subscription != nullptr && known->due <= now_) {
      const MissedInstants missed = all_missed(*subscription->schedule, known->due, now_);
      const std::string why = known->paused ? "disabled" : change_.reason + " before a tick took them";
      QFLOW_TRY(record_missed(ledger_, writer_, flow, trigger, missed, why, now_));
      missed_.push_back({trigger.id(), missed});
    }
    return ledger_.triggers().save_schedule(flow.key, trigger.id(), std::nullopt);
  }

  Status begin(const Trigger& trigger) {
    const DeployedFlow& flow = *change_.after;
    const auto rhythm = rhythms_.find(trigger.id());
    if (rhythm == rhythms_.end()) return {};
    QFLOW_ASSIGN(const auto known, ledger_.triggers().schedule(flow.key, trigger.id()));
    if (known && rhythm->second.is_that_of(*known)) return {};
    const auto due = schedule_of(trigger)->schedule->next_after(now_);
    std::optional<KnownSchedule> next;
    if (due) next = KnownSchedule{rhythm->second.text, *due, rhythm->second.paused};
    return ledger_.triggers().save_schedule(flow.key, trigger.id(), next);
  }

  Ledger& ledger_;
  LedgerWriter& writer_;
  const DeploymentChange& change_;
  Instant now_;
  std::map<TriggerId, Rhythm> rhythms_;  // from now on
  std::vector<MissedBySchedule> missed_;
};

}  // namespace

Result<std::vector<MissedBySchedule>> renew_schedules(Ledger& ledger, LedgerWriter& writer,
                                                      const DeploymentChange& change, Instant now) {
  ScheduleRenewal renewal(ledger, writer, change, now);
  QFLOW_TRY(renewal.end_former());
  QFLOW_TRY(renewal.begin_new());
  return renewal.take_missed();
}

Status record_missed(Ledger& ledger, LedgerWriter& writer, const DeployedFlow& flow, const Trigger& trigger,
                     const MissedInstants& missed, const std::string& why, Instant now) {
  Event event = missed_event(flow, trigger, missed, now);
  event.id = make_event_id(now, random_bytes());
  QFLOW_ASSIGN(const std::int64_t order, writer.insert_event(event));
  return ledger.triggers().set_outcome(order, flow.key, trigger.id(), missed_outcome(missed, why));
}

}  // namespace qflow
