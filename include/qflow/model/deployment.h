#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "qflow/model/flow_definition.h"
#include "qflow/model/names.h"
#include "qflow/time/instant.h"

namespace qflow {

// One trigger of a deployment, as the ledger keeps it.
struct DeployedTrigger {
  TriggerId id;
  bool enabled = true;  // by command
  std::string disabled_reason = {};
  // What join state depends on: type, sources, correlate, join. While it stays as it is, a redeploy keeps what waits.
  std::string shape = {};
};

// A flow that is deployed in a namespace: one row, whose version counts up with each deploy.
struct Deployment {
  std::int64_t key = 0;  // given by the ledger
  FlowId flow;
  std::string name_space;
  std::string branch;  // as written, which the namespace may not show
  std::int64_t version = 0;
  std::string definition;                                        // the file's text
  std::string definition_hash;                                   // its SHA-256, given by the ledger
  std::string flow_file;                                         // absolute path when it was deployed
  std::vector<std::pair<std::string, std::string>> environment;  // of the deployer: LANG, PATH, ...; by name
  int umask = 0;
  bool one_by_one = false;                   // runs of one context come one after the other
  std::optional<std::int64_t> max_parallel;  // runs at once in all contexts
  Instant deployed_at;
  std::optional<Instant> undeployed_at;  // none while it is live
  bool enabled = true;                   // by command
  std::string disabled_reason;
  std::vector<DeployedTrigger> triggers;  // in the order of the file
};

// "foo.prod.bar.HelloFlow", or the bare id outside of projects.
std::string full_name(const Deployment& deployment);

}  // namespace qflow
