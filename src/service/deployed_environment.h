#pragma once

#include "qflow/model/deployment.h"
#include "qflow/os/environment.h"

namespace qflow {

// What runs and sensors of the deployment find: this process's variables, and over them what was recorded at deploy.
inline Environment deployed_environment(Environment own, const Deployment& deployment) {
  for (const auto& [name, value] : deployment.environment) own[name] = value;
  return own;
}

}  // namespace qflow
