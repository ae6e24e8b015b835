#pragma once

#include "qflow/cli/command.h"
#include "qflow/model/project_namespace.h"

namespace qflow {

// The options that say where a flow or an event belongs, instead of the file's [project]; for the tables of commands.
inline constexpr OptionSpec kProjectOption{
    .name = "project", .value = "P", .help = "the project, instead of the file's"};
inline constexpr OptionSpec kBranchOption{.name = "branch", .value = "B", .help = "the branch of the project"};
inline constexpr OptionSpec kNoBranchOption{.name = "no-branch", .help = "no branch"};
inline constexpr OptionSpec kProductionOption{.name = "production", .help = "into production: P.prod or P.prod.B"};
inline constexpr OptionSpec kNoProductionOption{.name = "no-production", .help = "not into production"};
inline constexpr OptionSpec kConfigValueOption{
    .name = "config-value",
    .value = "NAME JSON",
    .help = "the same as one value: project '{\"branch\": \"bar\", \"production\": true}'"};

// kUsage when they contradict each other.
Result<NamespaceOverride> read_namespace(const Arguments& arguments);

}  // namespace qflow
