#pragma once

#include <map>
#include <string>

#include "qflow/model/flow_definition.h"
#include "qflow/os/environment.h"
#include "qflow/os/file_system.h"
#include "qflow/store/store_layout.h"

namespace qflow {

// Every secret that a step of the flow lists: from the environment, else from the store's secrets/NAME without one
// trailing newline. kInvalid names the ones that are missing, or too short to be masked.
Result<std::map<std::string, std::string>> find_secrets(const FlowDefinition& flow, const Environment& environment,
                                                        const StoreLayout& store, FileSystem& files);

}  // namespace qflow
