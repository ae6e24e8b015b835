#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/model/flow_definition.h"
#include "qflow/model/project_namespace.h"
#include "qflow/os/environment.h"
#include "qflow/os/file_system.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// A flow with everything that can be checked before it runs: keys, graph, triggers, expressions.
struct LoadedFlow {
  std::shared_ptr<const FlowDefinition> definition;
  TriggerList triggers;
  Diagnostics diagnostics;
  SourcePosition id_position{};  // of the flow's id
};

// Flow files are at most this long.
inline constexpr std::uint64_t kLongestFlowFile = 16 * 1024 * 1024;

// Reads and checks a file, whose triggers are of `types`; a relative path starts at `folder`. Problems of the text are
// in the diagnostics; an error is one of reaching the file (kNotFound, kStore). `changes` replace what it says of its
// project.
Result<LoadedFlow> load_flow_file(FileSystem& files, const TriggerRegistry& types, const Path& folder,
                                  const std::string& file, const NamespaceOverride& changes = {});

// The same for each of several files, with as many threads as there are processors; `files` is thread-safe. The results
// are in the order of the names.
std::vector<Result<LoadedFlow>> load_flow_files(FileSystem& files, const TriggerRegistry& types, const Path& folder,
                                                const std::vector<std::string>& names,
                                                const NamespaceOverride& changes = {});

// The same for a text: `file` is its name in messages, `folder` what relative paths start from.
LoadedFlow load_flow_text(const TriggerRegistry& types, std::string_view text, const std::string& file,
                          const std::string& folder);
Result<LoadedFlow> load_flow_text(const TriggerRegistry& types, std::string_view text, const std::string& file,
                                  const std::string& folder, const NamespaceOverride& changes);

// Where the flow's file lies: an absolute path.
Path flow_file_of(const FlowDefinition& definition);

// Adds what only several files together show to the diagnostics of the file concerned: loops between flows.
void check_together(std::vector<LoadedFlow>& flows);

// Warns, at its id, of a file that defines the flow of an earlier, other one: they can't be deployed together. Files
// that are never deployed together may well do that, such as versions of one example.
void warn_of_equal_names(std::vector<LoadedFlow>& flows, const Environment& environment);

}  // namespace qflow
