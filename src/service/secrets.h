#pragma once

#include <map>
#include <optional>
#include <string>

#include "qflow/model/flow_definition.h"
#include "qflow/model/names.h"
#include "qflow/os/environment.h"
#include "qflow/os/file_system.h"
#include "qflow/store/store_layout.h"

namespace qflow {

// From the environment, else from the store's secrets/NAME without one trailing newline; nothing without one.
Result<std::optional<std::string>> find_secret(const ParameterName& name, const Environment& environment,
                                               const StoreLayout& store, FileSystem& files);

// Every secret that a step of the flow lists and that can be found: what must be kept from others than the steps that
// list it.
std::map<std::string, std::string> known_secrets(const FlowDefinition& flow, const Environment& environment,
                                                 const StoreLayout& store, FileSystem& files);

// Every secret that a step of the flow lists: see find_secret. kInvalid names the ones that are missing, or too short
// to be masked.
Result<std::map<std::string, std::string>> required_secrets(const FlowDefinition& flow, const Environment& environment,
                                                            const StoreLayout& store, FileSystem& files);

}  // namespace qflow
