#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "qflow/model/deployment.h"
#include "qflow/service/run_claim.h"

namespace qflow {

// `qflow trigger`: a deployed flow, or one of its triggers, is started by hand.
struct ActivationRequest {
  Deployment deployment;
  std::optional<TriggerId> trigger;  // absent: the flow itself
  std::optional<std::int64_t> batch_id;
  std::optional<std::string> context;
  std::vector<std::string> parameters;     // "name=value"
  Json values = Json::object();            // of parameters too, of any JSON type
  std::optional<std::string> correlation;  // which of the values that wait
  std::optional<Instant> due;              // of a schedule: in place of this instant of it
  bool start_here = true;                  // claim the run for this process, if it may start
};

// What came of it. Of an activated leg of a group that still waits for others there is no run.
struct ActivatedRun {
  std::optional<RunId> run;
  std::string reason = {};            // without one: "its group waits for orders", or why the activation was dropped
  std::optional<ClaimedRun> claimed;  // the run, when it may start at once: the caller executes it
  std::unique_ptr<StopSignals> signals = {};  // with that: a signal that comes from then on is for the run
};

// Of a step, or a hook, its run is the cause. kNotFound: no such trigger; kRefused: it is disabled, its custom type
// refuses, or the chain is too long; kBusy: refused by `skip`, or the run would have to wait for the one that calls;
// kInvalid: parameters, or several correlation values wait and none is named (the error lists them).
Result<ActivatedRun> activate_flow(Store& store, const ActivationRequest& request, const Doors& doors);

// What a backfill runs, and the instants that the trigger's `when` filters, with the reason.
struct Backfill {
  std::vector<Instant> instants;
  std::vector<std::pair<Instant, std::string>> filtered;
};

// Of a deployed schedule, from `from` up to but not `until`. kNotFound: no such trigger; kInvalid: it is no schedule,
// nothing is due then, or more than 100,000 instants are.
Result<Backfill> backfill_instants(Store& store, const TriggerRegistry& types, const Deployment& deployment,
                                   const TriggerId& trigger, Instant from, Instant until);

}  // namespace qflow
