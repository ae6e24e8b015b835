#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "qflow/engine/due_instants.h"
#include "qflow/model/deployment.h"
#include "qflow/store/store.h"
#include "qflow/trigger/match_expression.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// An event that waits for a trigger.
struct ArrivedEvent {
  std::int64_t order = 0;  // TriggerLedger::event_at() has the event
  std::string source;
  bool held = false;     // by a debounce
  bool too_old = false;  // the window expires it when an event of now counts
};

// What waits under one correlation value.
struct WaitingGroup {
  std::string correlation;  // canonical JSON, or ""
  std::vector<ArrivedEvent> arrived;
  MissingPart missing;                   // "second, hourly (23 of 24)"; kNothing when only a debounce has to end
  std::optional<Instant> window_closes;  // what is later than this makes the oldest one expire: an event, or a leg's
  std::optional<Instant> due;            // when a debounce ends
  bool expires = false;                  // and expires then instead of firing, since the trigger is disabled
  bool ends_with_event = false;          // or when the next event comes, since a deploy has removed the debounce
};

// How it stands with a sensor.
struct SensorState {
  TriggerId trigger;
  KnownSensor known;
};

// Why one trigger did or did not start its flow.
struct TriggerExplanation {
  FlowId flow;
  std::string name_space;
  TriggerId trigger;
  std::optional<TriggerId> group;  // of a leg: what waits, and when it fires, is the group's
  std::string type;
  std::string sentence;
  std::string description;                 // of the trigger in its file
  std::string flow_description;            // of the flow
  std::string disabled;                    // why no event counts now; ""
  std::vector<std::string> disabled_legs;  // of a group: the legs that nothing meets now
  std::vector<WaitingGroup> waiting;
  std::string missing;                   // when nothing waits: what it needs
  std::vector<TriggerOutcome> refused;   // filtered, superseded, expired, skipped or stopped lately; newest first
  bool refused_more = false;             // whether these are but the newest of them
  std::optional<RunId> last_run;         // that it started, or that its last firing joined
  std::optional<Instant> last_fired;     // when that was
  std::vector<DailyCount> rolled_up;     // of outcomes that gc has given up, by day
  std::optional<Instant> next;           // of its schedules: what is due next, or overdue
  std::vector<TriggerId> ended;          // of its schedules: those that are never due again
  std::vector<MissedBySchedule> missed;  // while they are disabled; it is recorded when they are enabled
  std::vector<SensorState> sensors;      // itself, or the legs that are some
  std::optional<RunId> busy_with;        // under `skip`: a run that has not ended; what fires in its context is skipped
  std::string would_fire;                // a command; "" when the flow file disables it
  std::string to_enable;                 // then: what lets it fire again, for people
};

// Of one trigger of the deployment, or of all that fire by themselves, as it stands at `now`, in the order of the file.
// kNotFound with the nearest name.
Result<std::vector<TriggerExplanation>> explain_triggers(Store& store, const TriggerRegistry& types,
                                                         const Deployment& deployment,
                                                         const std::optional<TriggerId>& trigger, Instant now);

// What comes first of what it does by itself: the instant of a schedule, or the end of a debounce.
std::optional<Instant> next_of(const TriggerExplanation& trigger);

// What an event came to for each trigger, by flow, namespace, trigger; one that waits waits for what is missing now.
Result<std::vector<TriggerOutcome>> outcomes_now(Store& store, const TriggerRegistry& types, const std::string& event);

}  // namespace qflow
