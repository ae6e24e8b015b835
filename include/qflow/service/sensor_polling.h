#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "qflow/engine/deployed_flow.h"
#include "qflow/sensor/look.h"
#include "qflow/service/dispatch.h"
#include "qflow/service/doors.h"
#include "qflow/store/store.h"

namespace qflow {

// What polling did.
struct PollReport {
  int looks = 0;
  int changes = 0;
  int started = 0;  // processes for what the changes queued
};

// Looks at the sensors that are due, all at once, and at what must hold still (`settle`) once more as long as that
// takes 10 s at most. Each look's changes, its cursor and the runs that it queues are one transaction, and processes
// for those runs are started, by the dispatcher, before slower looks have ended. A failing sensor is noted in the
// ledger, backs off, and is no error. A sensor that somebody else looks at is left to him.
Result<PollReport> poll_sensors(Store& store, const Doors& doors, RunDispatcher& dispatcher);

// What is there now is not new: the first look of those sensors of the deployments that have not had one, all at once.
// For people, one sentence each, by deployment.
Result<std::map<std::int64_t, std::vector<std::string>>> take_baselines(Store& store,
                                                                        const std::vector<std::int64_t>& deployments,
                                                                        const Doors& doors);

// What a sensor would report.
struct Peek {
  Sighting sighting;         // without the repeats
  std::int64_t repeats = 0;  // changes whose idempotency key was used: they would make nothing new
};

// What the sensor would report now; records nothing. What makes the look of a tick fail is an error.
Result<Peek> peek_at_sensor(Store& store, const DeployedFlow& flow, const TriggerId& trigger, const Doors& doors);

// Forgets what the sensor has seen, and what failed, as if it were deployed now.
Status reset_sensor(Store& store, const DeployedFlow& flow, const TriggerId& trigger, const Doors& doors);

}  // namespace qflow
