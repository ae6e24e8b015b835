#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/model/deployment.h"
#include "qflow/model/event.h"
#include "qflow/model/event_outcome.h"
#include "qflow/model/run.h"
#include "qflow/model/trigger_state.h"

namespace qflow {

class SqliteConnection;

// What one event came to for one trigger.
struct TriggerOutcome {
  std::string event;  // id
  FlowId flow;
  std::string name_space;
  TriggerId trigger;
  EventOutcome outcome;
  std::int64_t order = 0;  // of the event in the ledger
};

// How many events of one day came to one outcome for a trigger, whose outcomes one by one gc has given up.
struct DailyCount {
  std::chrono::sys_days day;  // of recorded_at, UTC
  Outcome outcome = Outcome::kFired;
  std::int64_t events = 0;
};

// The join state of one correlation value.
struct CorrelatedState {
  std::string correlation;
  TriggerState state;
};

// A debounce that is over.
struct DueDebounce {
  std::int64_t deployment = 0;
  TriggerId trigger;
  std::string correlation;
  Instant due;
};

// A schedule whose next instant has come.
struct DueSchedule {
  std::int64_t deployment = 0;
  TriggerId trigger;
  Instant due;
};

// What the ledger keeps of a schedule: its rhythm as text, and the instant that is due next.
struct KnownSchedule {
  std::string rhythm;
  Instant due;
  bool paused = false;  // disabled: then this is the first instant that it misses
};

// A sensor that is to be looked at: its instant has come, or was set by a clock that was ahead.
struct DueSensor {
  std::int64_t key = 0;  // of its row, the same as long as the trigger is deployed
  std::int64_t deployment = 0;
  TriggerId trigger;
};

// What the ledger keeps of a sensor, but for its cursor.
struct KnownSensor {
  std::string watched;                   // what it looks at, as text; of something else the cursor means nothing
  std::optional<Instant> due;            // the next look; none while it is disabled
  std::optional<Instant> set_at;         // when that was decided: one that lies ahead was decided by a wrong clock
  std::optional<Instant> looked_at;      // the last look that worked
  std::string seen;                      // what that one saw, for people
  std::int64_t failures = 0;             // looks that have failed since
  std::optional<Instant> failing_since;  // the first of them
  std::string error;                     // of the last of them
  bool baselined = false;                // it was looked at before: what is there now is not new
  std::int64_t revision = 0;             // counts up with everything that makes a look that is under way void
};

// An idempotency key that was used.
struct UsedKey {
  std::string event;    // id
  std::string content;  // of that event, as the publisher gave it
};

// Which events a listing wants; newest first.
struct EventFilter {
  std::optional<std::string> name;
  std::optional<std::string> context;
  std::optional<Instant> since;  // recorded at or after
  std::optional<Instant> until;  // recorded before
  bool with_ends = true;         // of runs and steps
  std::optional<std::int64_t> limit;
};

// The part of the ledger that is about what is deployed and what waits. Got from Ledger::triggers(); what changes
// something is for inside of Ledger::write and rehearse alone. Errors as there.
class TriggerLedger {
 public:
  explicit TriggerLedger(SqliteConnection& database) : database_(database) {}

  // Counts up with everything that changes what an event means: deploy, undeploy, enable, disable.
  Result<std::int64_t> generation();

  // Deployments.
  Result<std::vector<std::int64_t>> listeners(std::string_view event_name);  // keys, in the order of their first deploy
  Result<std::vector<std::string>> awaited_events();  // published ones that some deployed flow listens to, sorted
  // Those of them that stand next to the name in the alphabet, a few on either side: whatever is deployed, it costs the
  // same.
  Result<std::vector<std::string>> awaited_events_beside(std::string_view name);
  Result<Deployment> deployment(std::int64_t key);
  Result<std::vector<Deployment>> deployments(const std::optional<FlowId>& flow = std::nullopt);  // by flow, namespace
  // Inserts (key 0) or replaces, with version and triggers as given; `event_names` are what it listens to from now on.
  // The key.
  Result<std::int64_t> save_deployment(const Deployment& deployment, const std::vector<std::string>& event_names);
  // No events any more; the row stays, for outcomes and versions.
  Status remove_deployment(std::int64_t key, Instant at);
  // Of the flow, or of one of its triggers.
  Status set_enabled(std::int64_t deployment, const std::optional<TriggerId>& trigger, bool enabled,
                     std::string_view reason);
  // The flow's in the namespace, live or not; nothing if it never was deployed there.
  Result<std::optional<Deployment>> find_deployed(const FlowId& flow, const std::string& name_space);

  // Join state.
  Result<TriggerState> state(std::int64_t deployment, const TriggerId& joining, const std::string& correlation,
                             StatePart part = StatePart::kWhole);
  Result<std::vector<CorrelatedState>> states(std::int64_t deployment, const TriggerId& joining);
  // The correlation value under which the event that `heard` has heard waits, if it does.
  Result<std::optional<std::string>> waiting_under(std::int64_t deployment, const TriggerId& joining,
                                                   std::int64_t event, const TriggerId& heard);
  // `before` is what the ledger has, of the part that `after` is of.
  Status change_state(std::int64_t deployment, const TriggerId& joining, const std::string& correlation,
                      const TriggerState& before, const TriggerState& after);
  Result<std::vector<DueDebounce>> due_debounces(Instant now);  // by instant
  // Those of the deployments. However many of others are over, and however many of theirs are not, it costs little.
  Result<std::vector<DueDebounce>> due_debounces(Instant now, const std::set<std::int64_t>& deployments);

  // Whether a tick may have something to do with debounces, schedules, sensors, or runs that are queued or asked to
  // end.
  Result<bool> has_due(Instant now);
  // The first instant at which a debounce, a schedule or a sensor will be due; nothing when none is known.
  Result<std::optional<Instant>> next_due();

  // Schedules: those that have a next instant. What is paused is never due.
  Result<std::vector<DueSchedule>> due_schedules(Instant now, std::int64_t limit);  // by instant; limit -1: all
  Result<std::optional<KnownSchedule>> schedule(std::int64_t deployment, const TriggerId& trigger);
  Status save_schedule(std::int64_t deployment, const TriggerId& trigger, const std::optional<KnownSchedule>& schedule);
  // Its next instant; nothing more is due without one.
  Status move_schedule(std::int64_t deployment, const TriggerId& trigger, const std::optional<Instant>& due);

  // Sensors.
  Result<std::vector<DueSensor>> due_sensors(Instant now);  // by instant
  // By instant: those whose instant came at `since` or before, and was not met. That a clock was ahead when it was set
  // makes a sensor due, but not overdue.
  Result<std::vector<DueSensor>> overdue_sensors(Instant since);
  Result<std::vector<DueSensor>> sensors(std::int64_t deployment);                 // those that have a row
  Result<std::vector<DueSensor>> sensors_without_cursor(std::int64_t deployment);  // of those that are enabled
  Result<std::optional<KnownSensor>> sensor(std::int64_t deployment, const TriggerId& trigger);
  Result<std::optional<std::string>> sensor_cursor(std::int64_t deployment, const TriggerId& trigger);
  // Keeps the cursor of one that is known.
  Status save_sensor(std::int64_t deployment, const TriggerId& trigger, const KnownSensor& sensor);
  Status forget_sensor(std::int64_t key);  // its row; of a trigger that is none any more
  Status save_sensor_cursor(std::int64_t deployment, const TriggerId& trigger,
                            const std::optional<std::string>& cursor);

  // Events and outcomes.
  Result<Event> event_at(std::int64_t order);
  Result<std::int64_t> order_of(std::string_view event_id);  // kNotFound
  Result<std::vector<Event>> events(const EventFilter& filter);
  Result<std::vector<std::string>> recorded_events();  // names, sorted; without the ends of steps
  Status set_outcome(std::int64_t event, std::int64_t deployment, const TriggerId& trigger,
                     const EventOutcome& outcome);
  Result<std::vector<TriggerOutcome>> outcomes_of_event(std::string_view event_id);  // by flow, namespace, trigger
  // Newest first.
  Result<std::vector<TriggerOutcome>> outcomes_of_trigger(std::int64_t deployment, const TriggerId& trigger,
                                                          std::int64_t limit);
  Result<std::vector<DailyCount>> daily_counts(std::int64_t deployment, const TriggerId& trigger);  // by day, outcome
  // When gc gave up its outcomes, if it did.
  Result<std::optional<Instant>> rolled_up_at(std::string_view event_id);
  Result<std::optional<UsedKey>> used_key(std::string_view event_name, std::string_view key);
  Status use_key(std::string_view event_name, std::string_view key, std::int64_t event, std::string_view content);
  Status count_repeat(std::string_view event_name, std::string_view key);
  // How often it was published again with its idempotency key; 0 for one without.
  Result<std::int64_t> repeats_of_event(std::string_view event_id);

  // Runs of deployments, in the order in which they were made. Of one context those that are not asked to end; with a
  // correlation value only those of it.
  Result<std::vector<ActiveRun>> active_runs(std::int64_t deployment, const std::optional<std::string>& context,
                                             const std::optional<std::string>& correlation);
  Result<std::vector<ActiveRun>> active_runs(std::int64_t deployment);
  // The last events of the run's trigger, in their order, and the place of the first of them: back to one that
  // `suffices`, else all.
  Result<std::pair<std::size_t, std::vector<RecordedEvent>>> last_events_of_run(
      const RunId& run, const std::function<bool(const RecordedEvent&)>& suffices);
  // The newest run that the trigger started, by itself or by hand; of a group the group's.
  Result<std::optional<RunId>> last_run(std::int64_t deployment, const TriggerId& trigger);
  // A queued run takes in more. The sources of its trigger stay up to the place `first`, and those of `run` follow.
  Status extend_run(const Run& run, std::size_t first);
  Status ask_to_cancel(const RunId& run, std::string_view reason);
  Result<std::vector<RunId>> runs_to_cancel();
  Result<std::optional<std::string>> cancel_reason(const RunId& run);  // why it was asked to end, if it was
  // The queued deployed runs that may start now, all of them together, oldest first: those that nobody has asked to
  // end, and no run of their deployment, context and policy is in the way of; of a deployment as many as max_parallel
  // leaves places for. At most `limit` of them, with -1 all.
  Result<std::vector<RunId>> startable_runs(std::int64_t limit);
  // Whether the run is one of those.
  Result<bool> may_start(const RunId& run);
  Result<bool> has_unended_runs();
  Result<std::vector<RunId>> unended_runs();  // deployed ones that are queued or running, oldest first
  // The place of the newest run, whatever the clock said when it was made; 0: there is none.
  Result<std::int64_t> newest_run();
  // Deployed ones behind that place, oldest first.
  Result<std::vector<RunId>> ended_runs_after(std::int64_t place);
  Result<std::int64_t> running_runs();  // deployed ones

 private:
  SqliteConnection& database_;
};

}  // namespace qflow
