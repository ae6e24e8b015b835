#include "service/trigger_shape.h"

#include <algorithm>

#include "qflow/engine/trigger_declaration.h"
#include "qflow/model/json.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

namespace {

Json source_shape(const Trigger& trigger, const Subscription& subscription, std::string_view name_space) {
  const SourceRules& source = source_of(subscription);
  Json shape = {
      {"name", source.name}, {"event", listened_name(trigger, subscription, name_space)}, {"count", source.count}};
  if (source.distinct) shape["distinct"] = source.distinct->text();
  if (const auto* run = std::get_if<RunSubscription>(&subscription)) {
    shape["condition"] = to_text(run->condition);
    if (run->name_space) shape["namespace"] = run->name_space->project.text() + "." + run->name_space->branch;
  }
  return shape;
}

Json sources_shape(const Trigger& trigger, std::string_view name_space) {
  std::vector<Json> sources;
  for (const Subscription& subscription : trigger.subscriptions()) {
    sources.push_back(source_shape(trigger, subscription, name_space));
  }
  std::sort(sources.begin(), sources.end());
  return sources;
}

}  // namespace

std::string trigger_shape(const Trigger& trigger, std::string_view name_space) {
  const TriggerRules& rules = trigger.rules();
  Json shape = {{"type", rules.type}, {"join", static_cast<int>(rules.join)}};
  if (rules.correlate) shape["correlate"] = rules.correlate->text();
  if (const Trigger* group = trigger.group()) shape["group"] = group->id().text();
  for (const Trigger* source : source_triggers(trigger)) {
    shape["sources"][source->id().text()] = sources_shape(*source, name_space);
  }
  return to_compact(shape);
}

}  // namespace qflow
