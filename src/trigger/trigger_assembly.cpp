#include "trigger/trigger_assembly.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "trigger/trigger_keys.h"

namespace qflow {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> source_names(const Trigger& trigger) {
  std::vector<std::string> names;
  for (const Subscription& subscription : trigger.subscriptions()) names.push_back(source_of(subscription).name);
  for (const TriggerId& leg : trigger.leg_ids()) names.push_back(leg.text());
  return names;
}

struct ShapeOf {
  PayloadShape operator()(const RunSubscription&) const {
    return {true, {"flow", "run", "step", "status", "reason", "params", "artifacts"}};
  }
  PayloadShape operator()(const ScheduleSubscription&) const { return {true, {}}; }
  PayloadShape operator()(const SensorSubscription& subscription) const {
    if (!std::holds_alternative<FileSensor>(subscription.sensor.watched) ||
        subscription.sensor.per == SensorBatching::kBatch)
      return {};
    return {true, {"path", "name", "size", "mtime", "event_type", "replaced", "path_base64"}};
  }
  template <class Other>
  PayloadShape operator()(const Other&) const {
    return {};
  }
};

std::string advice_for_path(const Subscription& subscription, const std::string& first,
                            const std::vector<std::string>& known) {
  if (std::holds_alternative<RunSubscription>(subscription)) {
    return fmt::format("the parameters of the upstream run are params.{0}, its artifacts artifacts.{0}", first);
  }
  if (std::holds_alternative<ScheduleSubscription>(subscription)) return "the instant that was due is timestamp";
  return did_you_mean_or_list(first, known);
}

}  // namespace

PayloadShape payload_shape(const Subscription& subscription) {
  return std::visit(ShapeOf{}, subscription);
}

const std::vector<std::string>& fallback_fields() {
  static const std::vector<std::string> fields = {"timestamp", "id", "name", "context", "value", "sender"};
  return fields;
}

void TriggerAssembly::complete(Trigger& trigger) {
  check_custom(trigger);
  check_names(trigger);
  take_parameters(trigger);
  choose_mapping_modes(trigger);
  for (const Subscription& subscription : trigger.subscriptions_) check_paths(subscription);
  check_mapped_once(trigger);
  bind_match(trigger);
}

void TriggerAssembly::join(Trigger& group, const std::vector<Trigger*>& legs) {
  group.legs_.assign(legs.begin(), legs.end());
  for (Trigger* leg : legs) {
    if (leg != nullptr && leg->group_ == nullptr) leg->group_ = &group;
  }
}

void TriggerAssembly::spare(Trigger& leg, std::vector<ParameterName> parameters) {
  source_of(leg.subscriptions_.front()).mapping.spared = std::move(parameters);
}

// What the built-in types can't get wrong.
void TriggerAssembly::check_custom(const Trigger& trigger) {
  const auto refuse = [&](std::string_view why) {
    reader_.diagnostics().error(trigger.rules().position, std::string(why),
                                fmt::format("the program that knows triggers of type {} has to make them otherwise",
                                            qflow::quoted(trigger.rules().type)));
  };
  const auto makes_events = [](const Subscription& one) {
    return std::holds_alternative<ScheduleSubscription>(one) || std::holds_alternative<SensorSubscription>(one);
  };
  const auto is_unnamed = [](const Subscription& one) { return source_of(one).name.empty(); };
  const std::vector<Subscription>& all = trigger.subscriptions();
  if (all.size() < 2) return;
  if (std::any_of(all.begin(), all.end(), makes_events)) refuse("a schedule or a sensor has other sources beside it");
  if (std::any_of(all.begin(), all.end(), is_unnamed)) refuse("one of several sources has no name");
}

void TriggerAssembly::check_names(const Trigger& trigger) {
  std::vector<std::string> seen;
  for (const Subscription& subscription : trigger.subscriptions()) {
    const SourceRules& source = source_of(subscription);
    if (!source.name.empty() && contains(seen, source.name)) {
      reader_.diagnostics().error(source.position, fmt::format("{} is named twice", qflow::quoted(source.name)),
                                  "a trigger listens to each source once; remove one");
    }
    seen.push_back(source.name);
  }
}

void TriggerAssembly::take_parameters(Trigger& trigger) {
  const ConfigEntry* entry = reader_.find("parameters");
  if (entry == nullptr) return;
  const ParameterMapping mapping = read_mapping(reader_, flow_);
  if (mapping.mode == MappingMode::kNone) return;
  Diagnostics& diagnostics = reader_.diagnostics();
  if (trigger.subscriptions_.size() != 1) {
    const bool is_group = !trigger.leg_ids().empty();
    diagnostics.error(entry->value.position,
                      is_group ? "a group maps no parameters" : "`parameters` can't serve several sources",
                      is_group ? "write parameters in its legs"
                               : "write them in each source's table: { name = \"...\", parameters = { ... } }");
    return;
  }
  SourceRules& source = source_of(trigger.subscriptions_.front());
  if (source.mapping.mode == MappingMode::kExplicit) {
    diagnostics.error(entry->value.position, "`parameters` stands in the trigger and in its source",
                      "keep one of the two");
    return;
  }
  source.mapping = mapping;
}

void TriggerAssembly::choose_mapping_modes(Trigger& trigger) {
  if (trigger.subscriptions_.size() != 1) return;
  Subscription& only = trigger.subscriptions_.front();
  ParameterMapping& mapping = source_of(only).mapping;
  if (mapping.mode == MappingMode::kNone && !std::holds_alternative<RunSubscription>(only)) {
    mapping.mode = MappingMode::kByName;
  }
}

void TriggerAssembly::check_paths(const Subscription& subscription) {
  const PayloadShape shape = payload_shape(subscription);
  if (!shape.known) return;
  std::vector<std::string> known = shape.fields;
  known.insert(known.end(), fallback_fields().begin(), fallback_fields().end());
  for (const MappedParameter& entry : source_of(subscription).mapping.entries) {
    const auto* first = std::get_if<std::string>(&entry.path.segments().front());
    const std::string name = first != nullptr ? *first : entry.path.text();
    const bool whole_artifacts = name == "artifacts" && entry.path.segments().size() == 1;
    if (contains(known, name) && !whole_artifacts) continue;
    reader_.diagnostics().error(
        entry.position,
        whole_artifacts ? "'artifacts' names no artifact" : fmt::format("the payload has no {}", qflow::quoted(name)),
        whole_artifacts ? "write artifacts.NAME" : advice_for_path(subscription, name, known));
  }
}

void TriggerAssembly::check_mapped_once(const Trigger& trigger) {
  if (trigger.rules().match.kind() == MatchExpression::Kind::kAny) return;
  std::vector<std::string> mapped;
  for (const Subscription& subscription : trigger.subscriptions()) {
    for (const MappedParameter& entry : source_of(subscription).mapping.entries) {
      if (contains(mapped, entry.parameter.text())) {
        reader_.diagnostics().error(
            entry.position, fmt::format("parameter {} is mapped by two sources", qflow::quoted(entry.parameter.text())),
            "only one may set it, unless match = \"any\"");
      }
      mapped.push_back(entry.parameter.text());
    }
  }
}

void TriggerAssembly::bind_match(Trigger& trigger) {
  // A group whose legs are wrong has been reported.
  const std::size_t legs = trigger.leg_ids().size();
  if (trigger.type() == TriggerType::kGroup && (legs == 0 || legs != trigger.rules_.match.names().size())) return;
  const Status bound = trigger.rules_.match.bind(source_names(trigger));
  if (bound) return;
  const ConfigEntry* written = reader_.find("match");  // a custom type may have made one up
  const SourcePosition position = written != nullptr ? written->value.position : trigger.rules().position;
  reader_.diagnostics().error(position, bound.error().message, bound.error().advice);
}

}  // namespace qflow
