#include "qflow/model/deployment.h"

#include "qflow/model/project_namespace.h"

namespace qflow {

std::string full_name(const Deployment& deployment) {
  return qualified_name(deployment.name_space, deployment.flow);
}

}  // namespace qflow
