#include "cli/flow_argument.h"

#include <fmt/format.h>

#include <set>

#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/service/deployment_reference.h"
#include "qflow/service/run_reference.h"
#include "qflow/store/store_location.h"

namespace qflow {

namespace {

Result<LoadedFlow> load_text(const Context& context, const std::string& text, const std::string& file,
                             const NamespaceOverride& changes) {
  return load_flow_text(context.trigger_types, text, file, Path(file).parent_path().string(), changes);
}

// Null where there is none.
Result<std::unique_ptr<Store>> open_store_if_any(Context& context) {
  QFLOW_ASSIGN(const StoreLocation location,
               locate_store(context.files, context.environment, context.options.store, context.folder));
  if (!location.exists) return nullptr;
  return open_store(context, StoreAccess::kRead);
}

// A flow that is deployed is in the namespace that it was deployed to, whatever its file says.
Result<LoadedFlow> load_recorded_flow(Context& context, Store& store, const std::string& name,
                                      const NamespaceOverride& changes) {
  QFLOW_ASSIGN(const FlowReference named, parse_flow_reference(name));
  QFLOW_ASSIGN(const std::vector<Deployment> deployed, store.ledger().triggers().deployments(named.flow));
  if (!deployed.empty()) {
    QFLOW_ASSIGN(const Deployment one, find_deployment(store, name, changes, context.environment));
    return load_text(context, one.definition, one.flow_file, override_to(one.name_space));
  }
  const auto name_space = named.name_space.empty() ? std::nullopt : std::optional(named.name_space);
  QFLOW_ASSIGN(const std::optional<Run> run, store.ledger().latest_run(named.flow, name_space, LatestMeans::kNewest));
  if (!run) return fail(ErrorKind::kNotFound, "");
  QFLOW_ASSIGN(const std::string text, store.ledger().definition(run->definition_hash));
  print_note(context, fmt::format("{} is not deployed; taken as it was at {}", name, run->id.text()));
  return load_text(context, text, run->flow_file, changes.empty() ? override_to(run->name_space) : changes);
}

Error no_such_flow(const Context& context, Store* store, const std::string& argument) {
  const std::string file = argument + ".toml";
  if (exists(context.files, context.folder / file).value_or(false)) {
    return {ErrorKind::kNotFound, fmt::format("no file and no flow {}", quoted(argument)),
            fmt::format("did you mean the file {}?", quoted(file))};
  }
  std::set<std::string> known;
  if (store != nullptr) {
    for (const FlowId& flow : store->ledger().known_flows().value_or(std::vector<FlowId>())) known.insert(flow.text());
    const auto deployed = store->ledger().triggers().deployments();
    for (const Deployment& each : deployed.value_or(std::vector<Deployment>())) known.insert(each.flow.text());
  }
  const std::vector<std::string> names(known.begin(), known.end());
  const std::string advice = did_you_mean_or_list(argument, names);
  return {ErrorKind::kNotFound, fmt::format("no file and no flow {}", quoted(argument)),
          advice.empty() ? "name a flow file; qflow init writes an example" : advice};
}

// The text with the severities coloured. Each problem begins a line with its place.
std::string painted(const Diagnostics& diagnostics, const Painter& painter) {
  const std::string text = "\n" + diagnostics.render();
  std::string result;
  std::size_t done = 1;
  for (const Diagnostic& problem : diagnostics.list()) {
    const bool is_error = problem.severity == Severity::kError;
    const std::string_view word = is_error ? "error:" : "warning:";
    const auto [line, column] = problem.position;
    const std::string place = fmt::format("\n{}:{}:{}: ", diagnostics.file(), line, column);
    const std::size_t at = text.find(fmt::format("{}{}", place, word), done - 1);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + place.size();
    result.append(text, done, begin - done);
    result += painter.paint(is_error ? Color::kRed : Color::kYellow, word);
    done = begin + word.size();
  }
  return result + text.substr(done);
}

// To who wants a flow checked its warnings are the result; to who wants it for something else they are notes.
void print_problems_of(Context& context, const LoadedFlow& flow) {
  const bool quiet = context.options.verbosity == Verbosity::kQuiet && !flow.diagnostics.has_errors();
  if (!quiet) print_diagnostics(context, flow.diagnostics);
}

}  // namespace

void print_diagnostics(Context& context, const Diagnostics& diagnostics) {
  context.err.write(painted(diagnostics, painter_for(context, context.err)));
}

Result<LoadedFlow> load_checked_flow(Context& context, const std::string& file, const NamespaceOverride& changes) {
  QFLOW_ASSIGN(LoadedFlow flow, load_flow_file(context.files, context.trigger_types, context.folder, file, changes));
  print_problems_of(context, flow);
  if (flow.diagnostics.has_errors()) return fail(ErrorKind::kInvalid, "");
  return flow;
}

Result<std::vector<LoadedFlow>> load_checked_flows(Context& context, const std::vector<std::string>& files,
                                                   const NamespaceOverride& changes) {
  std::vector<LoadedFlow> flows;
  for (Result<LoadedFlow>& loaded :
       load_flow_files(context.files, context.trigger_types, context.folder, files, changes)) {
    QFLOW_ASSIGN(LoadedFlow flow, std::move(loaded));
    flows.push_back(std::move(flow));
  }
  check_together(flows);
  bool good = true;
  for (const LoadedFlow& flow : flows) {
    print_problems_of(context, flow);
    good &= !flow.diagnostics.has_errors();
  }
  if (!good) return fail(ErrorKind::kInvalid, "");
  return flows;
}

Result<LoadedFlow> load_file_or_flow(Context& context, const std::string& argument, const NamespaceOverride& changes) {
  const auto info = context.files.info(context.folder / argument, FollowLinks::kYes);
  const bool is_folder = info && info->type == FileType::kFolder;
  const bool is_name = parse_flow_reference(argument).has_value() && !argument.ends_with(".toml");
  if ((info && !is_folder) || !is_name) return load_checked_flow(context, argument, changes);
  const Result<std::unique_ptr<Store>> store = open_store_if_any(context);
  if (store && *store != nullptr) {
    Result<LoadedFlow> recorded = load_recorded_flow(context, **store, argument, changes);
    const bool is_unknown =
        !recorded && recorded.error().kind == ErrorKind::kNotFound && recorded.error().message.empty();
    if (!is_unknown) return recorded;
  }
  // Its error says that it is a folder.
  if (is_folder) return load_checked_flow(context, argument, changes);
  if (!store) return tl::make_unexpected(store.error());
  return tl::make_unexpected(no_such_flow(context, store->get(), argument));
}

}  // namespace qflow
