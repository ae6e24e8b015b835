#include "cli/flow_argument.h"

#include <fmt/format.h>

#include "cli/store_access.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/service/deployment.h"

namespace qflow {

namespace {

LoadedFlow load_text(const std::string& text, const std::string& file) {
  return load_flow_text(text, file, Path(file).parent_path().string());
}

Result<LoadedFlow> load_recorded_flow(Store& store, const FlowId& flow) {
  QFLOW_ASSIGN(const std::vector<Deployment> deployed, store.ledger().triggers().deployments(flow));
  if (!deployed.empty()) {
    QFLOW_ASSIGN(const Deployment one, find_deployment(store, flow.text()));
    return load_text(one.definition, one.flow_file);
  }
  QFLOW_ASSIGN(const std::optional<Run> run, store.ledger().latest_run(flow, std::nullopt, false));
  if (!run) return fail(ErrorKind::kNotFound, "");
  QFLOW_ASSIGN(const std::string text, store.ledger().definition(run->definition_hash));
  return load_text(text, run->flow_file);
}

Error no_such_flow(Store* store, const std::string& argument) {
  std::vector<std::string> names;
  const Result<std::vector<FlowId>> known = store == nullptr ? std::vector<FlowId>() : store->ledger().known_flows();
  if (known) {
    for (const FlowId& flow : *known) names.push_back(flow.text());
  }
  return {ErrorKind::kNotFound, fmt::format("no file and no flow {}", quoted(argument)), did_you_mean(argument, names)};
}

}  // namespace

void print_diagnostics(Context& context, const Diagnostics& diagnostics) {
  const bool quiet = context.options.verbosity == Verbosity::kQuiet && !diagnostics.has_errors();
  if (!quiet) context.err.write(diagnostics.render());
}

Result<LoadedFlow> load_checked_flow(Context& context, const std::string& file, const NamespaceOverride& changes) {
  QFLOW_ASSIGN(LoadedFlow flow, load_flow_file(context.files, context.folder, file, changes));
  print_diagnostics(context, flow.diagnostics);
  if (flow.diagnostics.has_errors()) return fail(ErrorKind::kInvalid, "");
  return flow;
}

Result<std::vector<LoadedFlow>> load_checked_flows(Context& context, const std::vector<std::string>& files,
                                                   const NamespaceOverride& changes) {
  std::vector<LoadedFlow> flows;
  for (Result<LoadedFlow>& loaded : load_flow_files(context.files, context.folder, files, changes)) {
    QFLOW_ASSIGN(LoadedFlow flow, std::move(loaded));
    flows.push_back(std::move(flow));
  }
  check_together(flows);
  bool good = true;
  for (const LoadedFlow& flow : flows) {
    print_diagnostics(context, flow.diagnostics);
    good &= !flow.diagnostics.has_errors();
  }
  if (!good) return fail(ErrorKind::kInvalid, "");
  return flows;
}

Result<LoadedFlow> load_file_or_flow(Context& context, const std::string& argument, const NamespaceOverride& changes) {
  const bool is_file = exists(context.files, context.folder / argument).value_or(false);
  const Result<FlowId> flow = FlowId::parse(argument);
  if (is_file || !flow) return load_checked_flow(context, argument, changes);
  const Result<std::unique_ptr<Store>> store = open_store(context, StoreAccess::kRead);
  if (!store) return tl::make_unexpected(no_such_flow(nullptr, argument));
  Result<LoadedFlow> recorded = load_recorded_flow(**store, *flow);
  if (!recorded && recorded.error().kind == ErrorKind::kNotFound) {
    return tl::make_unexpected(no_such_flow(store->get(), argument));
  }
  return recorded;
}

}  // namespace qflow
