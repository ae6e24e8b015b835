#include "qflow/service/flow_loading.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "qflow/engine/flow_loops.h"
#include "qflow/engine/flow_test_run.h"
#include "qflow/expression/flow_check.h"
#include "qflow/flowfile/flow_file.h"
#include "qflow/service/input_file.h"

namespace qflow {

namespace {

// Files that are read and checked in about the time in which a thread starts.
constexpr std::size_t kWorthAThread = 8;

LoadedFlow check(const TriggerRegistry& types, FlowFile parsed) {
  TriggerList triggers = build_triggers(parsed.definition, types, parsed.diagnostics);
  check_step_expressions(parsed.definition, parsed.diagnostics);
  check_tests(parsed.definition, triggers, parsed.diagnostics);
  return {std::make_shared<const FlowDefinition>(std::move(parsed.definition)), std::move(triggers),
          std::move(parsed.diagnostics), parsed.id_position};
}

// Threads that do what this one does too, until it is done. With fewer than wanted it takes longer.
class ExtraThreads {
 public:
  ExtraThreads(const std::function<void()>& work, std::size_t all) {
    try {
      while (threads_.size() + 1 < all) threads_.emplace_back(work);
    } catch (const std::system_error&) {
    }
  }
  ExtraThreads(const ExtraThreads&) = delete;
  ExtraThreads& operator=(const ExtraThreads&) = delete;
  ~ExtraThreads() {
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace

Result<LoadedFlow> load_flow_file(FileSystem& files, const TriggerRegistry& types, const Path& folder,
                                  const std::string& file, const NamespaceOverride& changes) {
  const Path path = (folder / file).lexically_normal();
  auto text = read_input_file(files, path, file, kLongestFlowFile);
  if (!text) {
    if (text.error().kind == ErrorKind::kNotFound) text.error().advice = "qflow init writes an example to start from";
    return tl::make_unexpected(std::move(text).error());
  }
  return load_flow_text(types, *text, file, path.parent_path().string(), changes);
}

std::vector<Result<LoadedFlow>> load_flow_files(FileSystem& files, const TriggerRegistry& types, const Path& folder,
                                                const std::vector<std::string>& names,
                                                const NamespaceOverride& changes) {
  std::vector<std::optional<Result<LoadedFlow>>> loaded(names.size());
  std::atomic<std::size_t> next = 0;
  std::once_flag is_first;
  std::exception_ptr thrown;  // in any of the threads, such as for want of memory
  const auto load = [&] {
    try {
      for (std::size_t i = next++; i < names.size(); i = next++) {
        loaded[i] = load_flow_file(files, types, folder, names[i], changes);
      }
    } catch (...) {
      std::call_once(is_first, [&] { thrown = std::current_exception(); });
    }
  };
  {
    const ExtraThreads extra(load,
                             std::min<std::size_t>(std::thread::hardware_concurrency(), names.size() / kWorthAThread));
    load();
  }
  if (thrown) std::rethrow_exception(thrown);
  std::vector<Result<LoadedFlow>> flows;
  for (std::optional<Result<LoadedFlow>>& flow : loaded) flows.push_back(std::move(*flow));
  return flows;
}

LoadedFlow load_flow_text(const TriggerRegistry& types, std::string_view text, const std::string& file,
                          const std::string& folder) {
  return check(types, parse_flow_file(text, file, folder));
}

Result<LoadedFlow> load_flow_text(const TriggerRegistry& types, std::string_view text, const std::string& file,
                                  const std::string& folder, const NamespaceOverride& changes) {
  FlowFile parsed = parse_flow_file(text, file, folder);
  QFLOW_ASSIGN(parsed.definition.project, override_project(std::move(parsed.definition.project), changes));
  return check(types, std::move(parsed));
}

Path flow_file_of(const FlowDefinition& definition) {
  return Path(definition.folder) / Path(definition.file).filename();
}

void check_together(std::vector<LoadedFlow>& flows) {
  std::vector<FlowWithTriggers> all;
  for (const LoadedFlow& flow : flows) all.push_back({flow.definition.get(), &flow.triggers});
  for (const FlowLoop& loop : find_flow_loops(all)) {
    flows[loop.flow].diagnostics.warning(loop.position, "these flows trigger each other: " + loop.text(),
                                         "a chain of runs stops at the store's max_chain");
  }
}

void warn_of_equal_names(std::vector<LoadedFlow>& flows, const Environment& environment) {
  std::map<std::string, std::string> files;
  for (LoadedFlow& flow : flows) {
    const FlowDefinition& definition = *flow.definition;
    if (definition.id.text().empty()) continue;
    const auto& project = definition.project;
    const std::string name_space = project ? project_namespace(*project, user_name(environment)) : "";
    const auto [first, is_new] = files.emplace(qualified_name(name_space, definition.id), definition.file);
    if (is_new || first->second == definition.file) continue;
    flow.diagnostics.warning(flow.id_position, fmt::format("{} defines {} too", quoted(first->second), first->first),
                             "to deploy both, give one of them another id or branch");
  }
}

}  // namespace qflow
