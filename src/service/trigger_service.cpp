#include "qflow/service/trigger_service.h"

#include <fmt/format.h>

#include <utility>

#include "qflow/service/activation.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/deployment_reference.h"

namespace qflow {

namespace {

// The trigger that is meant: by its id, else the only one of the type, else none.
Result<std::optional<TriggerId>> wanted_trigger(Store& store, const TriggerRegistry& types,
                                                const Deployment& deployment, std::optional<TriggerType> type,
                                                const std::optional<TriggerId>& id) {
  if (!type) return id;
  DeployedFlows flows(store, types);
  QFLOW_ASSIGN(const auto flow, flows.find(deployment.key));
  std::optional<TriggerId> found;
  for (const auto& trigger : flow->triggers) {
    if (trigger->type() != *type || (id && trigger->id() != *id)) continue;
    if (found) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("{} has several triggers of the type {}", deployment.flow.text(), to_text(*type)));
    }
    found = trigger->id();
  }
  if (found) return found;
  return fail(ErrorKind::kNotFound,
              fmt::format("{} has no such trigger of the type {}", deployment.flow.text(), to_text(*type)));
}

Result<RunId> activate(Store& store, const ActivationRequest& request, const Doors& doors) {
  QFLOW_ASSIGN(const ActivatedRun activated, activate_flow(store, request, doors));
  if (activated.run) return *activated.run;
  return fail(ErrorKind::kRefused, activated.reason);
}

}  // namespace

Result<TriggerList> TriggerService::load_triggers_from_flow(const FlowDefinition& definition) const {
  Diagnostics diagnostics(definition.file, definition.text);
  TriggerList triggers = build_triggers(definition, doors_.trigger_types, diagnostics);
  if (diagnostics.has_errors()) return fail(ErrorKind::kInvalid, diagnostics.render());
  return triggers;
}

TriggerResult TriggerService::trigger_flow(const std::string& flow_id, std::optional<TriggerType> type,
                                           const std::optional<TriggerId>& trigger_id, const TriggerContext& context) {
  TriggerResult result;
  if (trigger_id) result.trigger_id = *trigger_id;
  const auto started = [&]() -> Result<RunId> {
    ActivationRequest request;
    QFLOW_ASSIGN(request.deployment, find_deployment(store_, flow_id));
    result.flow_id = request.deployment.flow;
    QFLOW_ASSIGN(request.trigger, wanted_trigger(store_, doors_.trigger_types, request.deployment, type, trigger_id));
    if (request.trigger) result.trigger_id = *request.trigger;
    request.batch_id = context.batch_id;
    request.context = context.context;
    request.values = context.parameters;
    request.start_here = false;
    return activate(store_, request, doors_);
  }();
  result.success = started.has_value();
  result.message = started ? started->text() : to_text(started.error());
  return result;
}

}  // namespace qflow
