#pragma once

#include <string>
#include <vector>

#include "qflow/engine/due_instants.h"
#include "qflow/model/deployment.h"
#include "qflow/service/doors.h"
#include "qflow/service/flow_loading.h"
#include "qflow/store/store.h"

namespace qflow {

// What one deploy did, or would do.
struct DeployReport {
  FlowId flow;
  std::string name_space;
  std::int64_t version = 0;
  bool unchanged = false;              // the same as what is deployed: no new version
  std::vector<std::string> changes;    // "trigger both: when", against the version before
  std::vector<std::string> sentences;  // what will trigger execution of the flow, one per trigger that fires alone
  std::vector<std::string> notes;      // what the user should know besides
};

enum class DeployMode { kLive, kDryRun };

// Makes the triggers of the flows (which have no errors) live, all or none. The definition is kept as it is now, with
// PATH, LANG, LC_ALL and umask of this process. The store is made where there is none. kInvalid: a trigger type that
// nothing serves yet, or a branch that looks like another one's after its characters were removed.
Result<std::vector<DeployReport>> deploy_flows(const std::vector<LoadedFlow>& flows, DeployMode mode,
                                               const Doors& doors);

// Of the deployment with the key: no event starts it any more; what waits for it expires, queued runs are cancelled.
// What the user should know of that. kNotFound when it is not deployed any more.
Result<std::vector<std::string>> undeploy_flow(Store& store, std::int64_t key, const Doors& doors);

// What a flow or a trigger that was enabled or disabled leaves to be told.
struct SwitchReport {
  std::vector<MissedBySchedule> missed;  // by its schedules while they were disabled, which is recorded
  std::vector<std::string> notes;        // what the user should know besides
};

// Of the deployment with the key, the flow or one trigger. What happens while it is disabled is filtered; what waits
// keeps waiting. kNotFound when it is not deployed any more, or has no such trigger.
Result<SwitchReport> set_enabled(Store& store, std::int64_t key, const std::optional<TriggerId>& trigger, bool enabled,
                                 const std::string& reason, const Doors& doors);

}  // namespace qflow
