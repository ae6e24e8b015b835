#include "trigger/firing_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/error/printable.h"
#include "trigger/trigger_assembly.h"

namespace qflow {
namespace {

bool can_set(const Subscription& subscription, const Parameter& parameter) {
  const ParameterMapping& mapping = source_of(subscription).mapping;
  if (mapping.mode == MappingMode::kExplicit) {
    return std::any_of(mapping.entries.begin(), mapping.entries.end(),
                       [&](const MappedParameter& entry) { return entry.parameter == parameter.name; });
  }
  if (mapping.mode == MappingMode::kNone) return false;
  const PayloadShape shape = payload_shape(subscription);
  return !shape.known || std::any_of(shape.fields.begin(), shape.fields.end(), [&](const std::string& field) {
    return find_parameter({parameter}, field) != nullptr;
  });
}

// Whether every firing has a source that can set the parameter. A match is monotone: when it does not hold with all
// the other sources, no firing does without one of these.
bool every_firing_can_set(const Trigger& trigger, const Parameter& parameter) {
  std::vector<bool> others;
  for (const Subscription& subscription : trigger.subscriptions()) {
    others.push_back(!can_set(subscription, parameter));
  }
  for (const Trigger* leg : trigger.legs()) {
    others.push_back(leg == nullptr || !every_firing_can_set(*leg, parameter));
  }
  return !trigger.rules().match.holds(others);
}

bool other_leg_can_set(const std::vector<const Trigger*>& legs, const Trigger& leg, const Parameter& parameter) {
  return std::any_of(legs.begin(), legs.end(), [&](const Trigger* other) {
    if (other == nullptr || other == &leg) return false;
    const auto& sources = other->subscriptions();
    return std::any_of(sources.begin(), sources.end(), [&](const auto& source) { return can_set(source, parameter); });
  });
}

std::string explain(const Trigger& trigger) {
  if (trigger.type() == TriggerType::kSchedule) return "a schedule sets no parameters; give this one a default";
  if (trigger.type() == TriggerType::kFlow)
    return "give it a default, or map it: parameters = { name = \"params.name\" }";
  return "give it a default, or map it from every source that can fire alone";
}

}  // namespace

void check_required_parameters(const Trigger& trigger, const FlowDefinition& flow, Diagnostics& diagnostics) {
  for (const Parameter& parameter : flow.parameters) {
    if (!parameter.required || parameter.default_value) continue;
    if (every_firing_can_set(trigger, parameter)) continue;
    diagnostics.error(trigger.rules().position,
                      fmt::format("trigger {} can fire without setting the required parameter {}",
                                  qflow::quoted(trigger.id().text()), qflow::quoted(parameter.name.text())),
                      explain(trigger));
  }
}

void spare_legs(const Trigger& group, const TriggerList& triggers, const FlowDefinition& flow) {
  for (const auto& leg : triggers) {
    if (leg->group() != &group) continue;
    if (leg->subscriptions().size() != 1) continue;
    if (source_of(std::as_const(leg->subscriptions().front())).mapping.mode != MappingMode::kByName) continue;
    std::vector<ParameterName> spared;
    for (const Parameter& parameter : flow.parameters) {
      if (parameter.required && other_leg_can_set(group.legs(), *leg, parameter)) spared.push_back(parameter.name);
    }
    TriggerAssembly::spare(*leg, std::move(spared));
  }
}

}  // namespace qflow
