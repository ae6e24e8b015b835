#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "qflow/service/event_intake.h"
#include "qflow/service/sensor_polling.h"
#include "service/look_crew.h"

namespace qflow {

// kNotFound with the nearest name; kInvalid when the trigger is no sensor.
Result<const Trigger*> named_sensor(const DeployedFlow& flow, const TriggerId& id);

// A look at a deployed sensor as it is now; `now` and `max_payload` are left to the caller.
Result<LookOrder> order_look(Store& store, const DeployedFlow& flow, const Trigger& trigger, const Doors& doors);

// What a change that the sensor saw is as an event; kInvalid as EventIntake::judge_own says.
Result<JudgedEvent> judge_change(EventIntake& intake, const SensedChange& change, const DeployedFlow& flow,
                                 const Trigger& trigger, Instant now);

// Why the event of the change at `place` is refused, an earlier one of the look with its idempotency key among the
// reasons.
Error refusal_of_look(const Sighting& sighting, const std::vector<JudgedEvent>& events, std::size_t place, Error error);

// One round of looks at some sensors, each held by a lock until the round is over. For one thread.
class SensorRound {
 public:
  enum class Which { kDue, kAll };

  // How long the round goes on looking at what is still changing, or at what had too many changes for one look.
  SensorRound(Store& store, const Doors& doors, RunDispatcher& dispatcher, std::chrono::microseconds patience);

  // Looks at those that nobody else looks at (`kDue`: and that are still due), until every look has been recorded.
  Status run(const std::vector<DueSensor>& sensors, Which which);

  const PollReport& report() const { return report_; }
  // What the first looks came to, for people, by deployment, in the order in which they ended.
  const std::map<std::int64_t, std::vector<std::string>>& notes() const { return notes_; }

 private:
  struct Watch {
    DueSensor sensor;
    Path lock_path;
    FileHandle lock;  // from the first look on, until it is done
    LookOrder order;
    std::int64_t revision = 0;
    std::optional<Instant> begun;           // the first look of this round
    std::chrono::microseconds next{0};      // when to look (again), by the monotonic clock
    std::chrono::microseconds deadline{0};  // when to give the look up
    bool looking = false;
    bool done = false;
  };

  Status start_ready();
  Status start(Watch& watch);
  // Whether nobody else looks at it, and nobody's programs do.
  Result<bool> lock(Watch& watch, const KnownSensor& known);
  void release(Watch& watch);
  // Whether the sensor is to be looked at, and by this round: locks it, and makes the order.
  Result<bool> prepare(Watch& watch);
  std::chrono::microseconds next_wake() const;
  bool is_over() const;
  Status give_up_late_looks();
  Status take(const FinishedLook& finished);
  Status take_sighting(Watch& watch, const Sighting& sighting);
  // Whether it counts: what made the look void may have come before.
  Result<bool> record(Watch& watch, const Sighting& sighting);
  Result<std::vector<JudgedEvent>> judge(const Watch& watch, const Sighting& sighting, Instant now);
  Status save_progress(const Watch& watch, const Sighting& sighting, KnownSensor& known, Instant now);
  Status fail_look(Watch& watch, const Error& error);
  // What is known of the sensor, unless something has made the look void.
  Result<std::optional<KnownSensor>> still_known(const Watch& watch);
  void note(const Watch& watch, const std::string& text);
  void plan_next(Watch& watch, const Sighting& sighting);

  Store& store_;
  const Doors& doors_;
  RunDispatcher& dispatcher_;
  EventIntake intake_;
  std::chrono::microseconds until_;
  std::vector<Watch> watches_;
  Which which_ = Which::kDue;
  PollReport report_;
  std::map<std::int64_t, std::vector<std::string>> notes_;
  LookCrew crew_;  // the last member: its threads end first
};

}  // namespace qflow
