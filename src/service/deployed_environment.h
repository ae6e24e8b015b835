#pragma once

#include "qflow/model/deployment.h"
#include "qflow/runner/run_variables.h"

namespace qflow {

// What runs and sensors of the deployment find: this process's variables, but the secrets of a step that has called it,
// and over them what was recorded at deploy.
inline Environment deployed_environment(Environment own, const Deployment& deployment) {
  for (const std::string& secret : given_secrets(own)) own.erase(secret);
  for (const auto& [name, value] : deployment.environment) own[name] = value;
  return own;
}

}  // namespace qflow
