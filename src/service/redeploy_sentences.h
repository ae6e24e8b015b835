#pragma once

#include <string>
#include <vector>

#include "qflow/model/deployment.h"
#include "qflow/service/flow_loading.h"

namespace qflow {

// What a redeploy changes, for people: "when_busy: skip → replace", "trigger both: parameters, when", "step load:
// removed", "environment: PATH: changed". `now` is the flow that `next` is made from.
std::vector<std::string> changes_between(const Deployment& before, const Deployment& next, const LoadedFlow& now);

}  // namespace qflow
