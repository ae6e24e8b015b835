#pragma once

#include <string>
#include <vector>

#include "qflow/cli/context.h"
#include "qflow/service/flow_loading.h"

namespace qflow {

// Prints the problems of a flow file on stderr; warnings not with --quiet.
void print_diagnostics(Context& context, const Diagnostics& diagnostics);

// The flow of FILE, without errors: they have been printed, and the result then is an error without message, which
// ends the command with status 2.
Result<LoadedFlow> load_checked_flow(Context& context, const std::string& file, const NamespaceOverride& changes = {});

// The same of several files, which are also checked together.
Result<std::vector<LoadedFlow>> load_checked_flows(Context& context, const std::vector<std::string>& files,
                                                   const NamespaceOverride& changes = {});

// FILE, or a flow of the store: as it is deployed, else as it was at its newest run.
Result<LoadedFlow> load_file_or_flow(Context& context, const std::string& argument,
                                     const NamespaceOverride& changes = {});

}  // namespace qflow
