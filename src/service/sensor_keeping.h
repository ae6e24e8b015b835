#pragma once

#include <string>

#include "qflow/engine/deployed_flow.h"
#include "qflow/model/sensor.h"
#include "qflow/store/ledger.h"
#include "service/deployment_change.h"

namespace qflow {

// In the transaction of the change: a sensor that goes on looking at the same keeps its cursor, and a new definition
// makes it look soon, whatever failed. One that looks at something else begins anew, and so does one that was disabled,
// but for a program (exec), which knows itself how far it was. Sensors that the change does not touch stay as they are,
// so that no look of theirs is made void.
Status renew_sensors(Ledger& ledger, const DeploymentChange& change, Instant now);

// In the transaction: all is forgotten, as if the sensor were deployed now.
Status forget_sensor(Ledger& ledger, const DeployedFlow& flow, const Trigger& trigger, Instant now);

}  // namespace qflow
