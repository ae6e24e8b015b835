#include "qflow/service/deployment_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/model/flow_reference.h"

namespace qflow {

namespace {

std::vector<std::string> full_names(const std::vector<Deployment>& deployments) {
  std::vector<std::string> names;
  for (const Deployment& deployment : deployments) names.push_back(full_name(deployment));
  return names;
}

// A bare name is near to bare names, and what comes of it must name one deployment.
std::string known_flows_advice(const std::vector<Deployment>& known, const std::string& name) {
  if (known.empty()) return "nothing is deployed yet; qflow deploy FILE does it";
  std::vector<std::string> names = full_names(known);
  if (name.find('.') != std::string::npos) return did_you_mean_or_list(name, names);
  std::vector<std::string> bare;
  for (const Deployment& deployment : known) bare.push_back(deployment.flow.text());
  const std::string nearest = nearest_name(name, bare);
  if (std::count(bare.begin(), bare.end(), nearest) == 1) return did_you_mean(name, bare);
  if (nearest.empty()) return did_you_mean_or_list(name, names);
  std::erase_if(names, [&](const std::string& full) { return full != nearest && !full.ends_with("." + nearest); });
  return "did you mean one of " + quoted_list(names) + "?";
}

Error unknown_flow(const std::vector<Deployment>& known, const std::string& name) {
  return {ErrorKind::kNotFound, "no flow " + quoted(name) + " is deployed", known_flows_advice(known, name)};
}

Error undeployed_flow(const std::string& name, Instant at) {
  return {ErrorKind::kNotFound, fmt::format("{} is not deployed any more, since {}", name, format_instant(at)),
          "qflow deploy FILE deploys it again"};
}

tl::unexpected<Error> several_deployments(const std::vector<Deployment>& found, const std::string& name) {
  return fail(ErrorKind::kInvalid, fmt::format("{} is deployed {} times", name, found.size()),
              fmt::format("name one of {}", fmt::join(full_names(found), ", ")));
}

}  // namespace

Result<std::vector<Deployment>> find_deployments(Store& store, const std::string& name) {
  TriggerLedger& ledger = store.ledger().triggers();
  std::vector<Deployment> found;
  if (const auto flow = FlowId::parse(name.substr(name.rfind('.') + 1))) {
    QFLOW_ASSIGN(found, ledger.deployments(*flow));
  }
  for (const Deployment& deployment : found) {
    if (full_name(deployment) == name) return std::vector<Deployment>{deployment};
  }
  std::erase_if(found, [&](const Deployment& deployment) { return deployment.flow.text() != name; });
  if (!found.empty()) return found;
  QFLOW_ASSIGN(const std::vector<Deployment> all, ledger.deployments());
  const auto reference = parse_flow_reference(name);
  if (!reference) return tl::make_unexpected(unknown_flow(all, name));
  QFLOW_ASSIGN(auto former, ledger.find_deployed(reference->flow, reference->name_space));
  if (!former) return tl::make_unexpected(unknown_flow(all, name));
  // It may have been deployed since the look above.
  if (former->undeployed_at) return tl::make_unexpected(undeployed_flow(name, *former->undeployed_at));
  found.push_back(*std::move(former));
  return found;
}

Result<Deployment> live_deployment(Store& store, std::int64_t key) {
  QFLOW_ASSIGN(Deployment deployment, store.ledger().triggers().deployment(key));
  if (!deployment.undeployed_at) return deployment;
  return tl::make_unexpected(undeployed_flow(full_name(deployment), *deployment.undeployed_at));
}

Result<Deployment> find_deployment(Store& store, const std::string& name) {
  QFLOW_ASSIGN(std::vector<Deployment> found, find_deployments(store, name));
  if (found.size() == 1) return std::move(found.front());
  return several_deployments(found, name);
}

Result<Deployment> find_deployment(Store& store, const std::string& name, const NamespaceOverride& options,
                                   const Environment& environment) {
  if (options.empty()) return find_deployment(store, name);
  if (name.find('.') != std::string::npos) {
    return fail(ErrorKind::kUsage, quoted(name) + " says its namespace itself, and the options say one too",
                "leave the options out, or name the flow alone");
  }
  QFLOW_ASSIGN(std::vector<Deployment> found, find_deployments(store, name));
  const std::vector<Deployment> all = found;
  std::set<std::string> wanted;
  for (const Deployment& deployment : all) {
    QFLOW_ASSIGN(const auto project,
                 override_project(options.project ? std::nullopt : project_of(deployment.name_space), options));
    wanted.insert(project_namespace(*project, user_name(environment)));
  }
  std::erase_if(found, [&](const Deployment& deployment) { return !wanted.contains(deployment.name_space); });
  if (found.size() == 1) return std::move(found.front());
  if (!found.empty()) return several_deployments(found, name);
  return fail(ErrorKind::kNotFound, fmt::format("no flow {} is deployed", quoted(*wanted.begin() + "." + name)),
              fmt::format("known: {}", fmt::join(full_names(all), ", ")));
}

}  // namespace qflow
