#pragma once

#include <algorithm>
#include <array>
#include <iterator>

#include "qflow/cli/command.h"
#include "qflow/model/project_namespace.h"

namespace qflow {

// The options that say where a flow or an event belongs, instead of the file's [project].
inline constexpr OptionSpec kNamespaceOptions[] = {
    {.name = "project", .value = "P", .help = "the project; wins over [project] of a flow file"},
    {.name = "branch", .value = "B", .help = "the branch of the project"},
    {.name = "no-branch", .help = "no branch"},
    {.name = "production", .help = "into production: P.prod or P.prod.B"},
    {.name = "no-production", .help = "not into production"},
    {.name = "config-value",
     .value = "NAME JSON",
     .help = "the same as one value: project '{\"branch\": \"bar\", \"production\": true}'"},
};

// The table of a command that takes them after its own options.
template <std::size_t Size>
constexpr auto with_namespace_options(const OptionSpec (&own)[Size]) {
  std::array<OptionSpec, Size + std::size(kNamespaceOptions)> all;
  std::copy(std::begin(kNamespaceOptions), std::end(kNamespaceOptions), std::copy(own, own + Size, all.begin()));
  return all;
}

// kUsage when they contradict each other.
Result<NamespaceOverride> read_namespace(const Arguments& arguments);

// On stderr, when the namespace lacks characters of the branch or the user's name.
void print_namespace_note(Context& context, const std::optional<Project>& project);

}  // namespace qflow
