#pragma once

#include <string>

#include "qflow/engine/deployed_flow.h"

namespace qflow {

// A deployment changes: what it was (null: it was none, or it can't be read), what it is (null: undeployed), and how
// the change is called.
struct DeploymentChange {
  const DeployedFlow* before = nullptr;
  const DeployedFlow* after = nullptr;
  std::string reason;  // "changed by deploy 3", "disabled"
};

}  // namespace qflow
