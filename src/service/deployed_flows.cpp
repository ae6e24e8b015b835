#include "qflow/service/deployed_flows.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/flowfile/flow_file.h"
#include "qflow/model/deployment.h"
#include "qflow/model/project_namespace.h"
#include "service/artifact_reading.h"

namespace qflow {

namespace {

// "flow.toml:3:1: unknown key 'x'".
std::string first_error(const Diagnostics& diagnostics) {
  for (const Diagnostic& one : diagnostics.list()) {
    if (one.severity != Severity::kError) continue;
    return fmt::format("{}:{}:{}: {}", printable(diagnostics.file()), one.position.line, one.position.column,
                       one.message);
  }
  return {};
}

std::optional<std::string> namespace_of_cause(Store& store, const Event& event) {
  if (!event.caused_by) return std::nullopt;
  const auto run = store.ledger().run_without_sources(*event.caused_by);
  return run ? std::optional(run->name_space) : std::nullopt;
}

}  // namespace

Status DeployedFlows::refresh() {
  QFLOW_ASSIGN(const std::int64_t generation, store_.ledger().triggers().generation());
  if (generation != generation_) flows_.clear();
  generation_ = generation;
  return {};
}

// What steps say was checked when it was deployed.
DeployedFlows::Entry DeployedFlows::build(const Deployment& deployment, const TriggerRegistry& types) {
  const Path file(deployment.flow_file);
  FlowFile parsed = parse_flow_file(deployment.definition, file.filename().string(), file.parent_path().string());
  // A project that came from the command line is known by the namespace alone.
  if (!parsed.definition.project) parsed.definition.project = project_of(deployment.name_space);
  TriggerList triggers = build_triggers(parsed.definition, types, parsed.diagnostics);
  auto flow = std::make_shared<DeployedFlow>(std::make_shared<const FlowDefinition>(std::move(parsed.definition)),
                                             std::move(triggers), deployment.name_space);
  flow->key = deployment.key;
  flow->version = deployment.version;
  flow->definition_hash = deployment.definition_hash;
  flow->enabled = deployment.enabled;
  for (const DeployedTrigger& trigger : deployment.triggers) {
    if (!trigger.enabled) flow->disabled.insert(trigger.id);
  }
  Entry entry{std::move(flow)};
  if (!parsed.diagnostics.has_errors()) return entry;
  entry.error = Error{ErrorKind::kStore,
                      fmt::format("the deployed definition of {} has errors now; deploy {} again, or let 'qflow fsck' "
                                  "say whether the ledger is damaged:\n{}",
                                  deployment.flow.text(), deployment.flow_file, parsed.diagnostics.render()),
                      ""};
  entry.problem = "its definition can't be read: " + first_error(parsed.diagnostics);
  entry.name = full_name(deployment);
  return entry;
}

Result<const DeployedFlows::Entry*> DeployedFlows::look_up(std::int64_t key) {
  Entry& entry = flows_[key];
  if (entry.flow) return &entry;
  QFLOW_ASSIGN(const Deployment deployment, store_.ledger().triggers().deployment(key));
  entry = build(deployment, types_);
  return &entry;
}

Result<std::shared_ptr<const DeployedFlow>> DeployedFlows::find(std::int64_t key) {
  QFLOW_TRY(refresh());
  QFLOW_ASSIGN(const Entry* const entry, look_up(key));
  if (entry->error) return tl::make_unexpected(*entry->error);
  return entry->flow;
}

Result<std::shared_ptr<const DeployedFlow>> DeployedFlows::find_readable(std::int64_t key) {
  QFLOW_TRY(refresh());
  QFLOW_ASSIGN(const Entry* const entry, look_up(key));
  return entry->error ? nullptr : entry->flow;
}

Result<std::string> DeployedFlows::problem_of(std::int64_t key) {
  QFLOW_TRY(refresh());
  QFLOW_ASSIGN(const Entry* const entry, look_up(key));
  return entry->problem;
}

Result<std::vector<std::shared_ptr<const DeployedFlow>>> DeployedFlows::all_readable() {
  QFLOW_ASSIGN(const std::vector<Deployment> deployments, store_.ledger().triggers().deployments());
  std::vector<std::shared_ptr<const DeployedFlow>> readable;
  for (const Deployment& deployment : deployments) {
    QFLOW_ASSIGN(auto flow, find_readable(deployment.key));
    if (flow) readable.push_back(std::move(flow));
  }
  return readable;
}

std::vector<std::string> DeployedFlows::passed_over() const {
  std::vector<std::string> sentences;
  for (const auto& [key, entry] : flows_) {
    if (entry.error) sentences.push_back(fmt::format("{} is passed over: {}", entry.name, entry.problem));
  }
  return sentences;
}

// What could be evaluated of such a flow may mean something else.
std::vector<Judgement> DeployedFlows::refuse(const Entry& entry, const Event& event) {
  std::vector<Judgement> judgements;
  const auto listening = entry.flow->listeners.find(event.name);
  if (listening == entry.flow->listeners.end()) return judgements;
  for (const Trigger* trigger : listening->second) {
    judgements.push_back({.flow = entry.flow, .trigger = trigger, .refusal = entry.problem});
  }
  return judgements;
}

Result<std::vector<Judgement>> DeployedFlows::judge(const Event& event) {
  std::vector<Judgement> judgements;
  QFLOW_ASSIGN(const std::vector<std::int64_t> listeners, store_.ledger().triggers().listeners(event.name));
  if (listeners.empty()) return judgements;
  const std::optional<std::string> cause_space = namespace_of_cause(store_, event);
  const ArtifactReader artifacts = artifact_reader(&store_);
  const EventScope scope(event);
  QFLOW_TRY(refresh());
  for (const std::int64_t key : listeners) {
    QFLOW_ASSIGN(const Entry* const entry, look_up(key));
    auto its = entry->error ? refuse(*entry, event) : judge_event(entry->flow, scope, cause_space, artifacts);
    std::move(its.begin(), its.end(), std::back_inserter(judgements));
  }
  return judgements;
}

Error no_such_trigger(const std::string& flow, const TriggerId& wanted, std::span<const std::string> known) {
  return {ErrorKind::kNotFound, fmt::format("{} has no trigger {}", flow, quoted(wanted.text())),
          known.empty() ? "it has no triggers at all" : did_you_mean_or_list(wanted.text(), known)};
}

Result<const Trigger*> named_trigger(const DeployedFlow& flow, const TriggerId& id) {
  const Trigger* trigger = find_trigger(flow.triggers, id);
  if (trigger != nullptr) return trigger;
  std::vector<std::string> names;
  for (const auto& known : flow.triggers) names.push_back(known->id().text());
  return tl::make_unexpected(no_such_trigger(full_name(flow), id, names));
}

}  // namespace qflow
