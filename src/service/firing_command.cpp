#include "service/firing_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "qflow/engine/arrival.h"
#include "qflow/engine/trigger_declaration.h"
#include "qflow/error/printable.h"
#include "qflow/os/file_system.h"
#include "qflow/service/flow_loading.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"
#include "service/command_words.h"

namespace qflow {

namespace {

using Commands = std::vector<std::string>;

constexpr std::string_view kContextOfEvent = "event.context";

bool is_demanded(const Parameter& parameter) {
  return parameter.required && !parameter.default_value;
}

// The fields of the event that conditions read, and that its publisher decides.
class FieldsRead {
 public:
  void add(const std::optional<Expression>& condition) {
    if (!condition) return;
    for (const Reference& reference : condition->references()) {
      fields_.insert(reference.path.size() > 1 ? reference.path[1] : "");
    }
  }
  bool contains(std::string_view field) const { return fields_.contains(field); }
  // Whether one is of no option of `qflow publish`.
  bool has_other() const {
    constexpr std::array<std::string_view, 7> kOptions = {"type",    "namespace", "value", "sender",
                                                          "context", "payload",   "name"};
    return std::any_of(fields_.begin(), fields_.end(), [&](const std::string& field) {
      return std::find(kOptions.begin(), kOptions.end(), field) == kOptions.end();
    });
  }

 private:
  std::set<std::string, std::less<>> fields_;
};

Commands enabling_flow(const DeployedFlow& flow) {
  return flow.enabled ? Commands() : Commands{"qflow enable " + full_name(flow)};
}

void add_enabling(const DeployedFlow& flow, const Trigger& trigger, Commands& commands) {
  if (!flow.disabled.contains(trigger.id())) return;
  commands.push_back(fmt::format("qflow enable {}/{}", full_name(flow), trigger.id().text()));
}

std::string joined(const Commands& commands) {
  return fmt::format("{}", fmt::join(commands, " && "));
}

class FiringCommand {
 public:
  FiringCommand(const DeployedFlow& flow, const Trigger& joining, const std::vector<CorrelatedState>& states,
                Instant now)
      : flow_(flow), joining_(joining), states_(states), parameters_(flow.definition->parameters) {
    is_overdue_ = std::any_of(states.begin(), states.end(),
                              [&](const CorrelatedState& one) { return one.state.held && one.state.held->due <= now; });
    if (states.size() == 1) state_ = still_joining(joining, states.front().state, now);
  }

  std::string text() const {
    if (!joining_.rules().enabled) return {};
    Commands commands = enabling_flow(flow_);
    add_enabling(flow_, joining_, commands);
    if (is_overdue_) {
      commands.emplace_back("qflow tick");
      return joined(commands);
    }
    // A further event would put off what a debounce holds back.
    std::optional<Commands> publishing;
    if (!state_.held && states_.size() < 2) publishing = joining_.legs().empty() ? of_sources() : of_legs();
    if (!publishing || publishing->empty()) publishing = Commands{activation()};
    std::move(publishing->begin(), publishing->end(), std::back_inserter(commands));
    return joined(commands);
  }

 private:
  // The cheapest of what meets a match: `parts` are the commands of each of its parts, none where nothing is missing.
  static std::optional<Commands> cheapest(const MatchExpression& match, std::vector<std::optional<Commands>> parts) {
    std::vector<std::optional<std::int64_t>> costs;
    for (const auto& part : parts) {
      costs.push_back(part ? std::optional(static_cast<std::int64_t>(part->size())) : std::nullopt);
    }
    const auto chosen = match.cheapest(costs);
    if (!chosen) return std::nullopt;
    Commands commands;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if ((*chosen)[i]) std::move(parts[i]->begin(), parts[i]->end(), std::back_inserter(commands));
    }
    return commands;
  }

  std::optional<Commands> of_sources() const { return commands_for(joining_, met_parts(joining_, state_)); }

  std::optional<Commands> commands_for(const Trigger& part, const std::vector<bool>& met) const {
    std::vector<std::optional<Commands>> sources;
    for (std::size_t i = 0; i < met.size(); ++i) {
      auto& commands = sources.emplace_back();
      if (met[i]) {
        commands.emplace();
      } else if (auto command = publication(part, part.subscriptions()[i])) {
        commands = Commands{std::move(*command)};
      }
    }
    return cheapest(part.rules().match, std::move(sources));
  }

  std::optional<Commands> of_legs() const {
    const std::vector<bool> met = met_parts(joining_, state_);
    const std::vector<const Trigger*> legs = source_triggers(joining_);
    std::vector<std::optional<Commands>> parts;
    for (std::size_t i = 0; i < legs.size(); ++i) parts.push_back(met[i] ? Commands() : of_leg(*legs[i]));
    return cheapest(joining_.rules().match, std::move(parts));
  }

  std::optional<Commands> of_leg(const Trigger& leg) const {
    if (!leg.rules().enabled) return std::nullopt;
    auto missing = commands_for(leg, met_sources_of_leg(leg, joining_, state_));
    if (!missing) return std::nullopt;
    Commands commands;
    add_enabling(flow_, leg, commands);
    std::move(missing->begin(), missing->end(), std::back_inserter(commands));
    return commands;
  }

  // Nothing where one event is not enough, or only its publisher knows which one would join what waits.
  std::optional<std::string> publication(const Trigger& part, const Subscription& subscription) const {
    const auto* event = std::get_if<EventSubscription>(&subscription);
    if (event == nullptr || event->source.count > 1 || event->source.distinct) return std::nullopt;
    FieldsRead read = fields_read(part, event->source);
    if (read.has_other()) return std::nullopt;
    read.add(joining_.rules().context);  // any value will do, and the other fields are there by themselves
    std::string command = "qflow publish " + listened_name(part, subscription, flow_.name_space);
    const auto add = [&](std::string_view option, const std::optional<std::string>& value) {
      if (value || read.contains(option)) command += fmt::format(" --{} {}", option, shell_word(value.value_or("...")));
    };
    add("type", event->event_type);
    add("namespace", event->name_space);
    add("value", event->value);
    add("sender", event->sender);
    const auto context = joining_.rules().correlate ? awaited_context() : std::nullopt;
    if (joining_.rules().correlate && !context) return std::nullopt;
    add("context", context);
    if (const auto payload = needed_payload(event->source, read.contains("payload"))) {
      command += " --payload " + shell_word(*payload);
    }
    return command;
  }

  FieldsRead fields_read(const Trigger& part, const SourceRules& source) const {
    FieldsRead read;
    for (const auto* condition : {&source.when, &part.rules().when, &joining_.rules().when}) read.add(*condition);
    return read;
  }

  // The context that joins what waits, where events join by that.
  std::optional<std::string> awaited_context() const {
    if (states_.size() != 1 || joining_.rules().correlate->text() != kContextOfEvent) return std::nullopt;
    const auto value = parse_json(states_.front().correlation);
    return value && value->is_string() ? std::optional(value->get<std::string>()) : std::nullopt;
  }

  // The fields that it must have, with `more` also such that only a condition knows. Nothing when any will do.
  std::optional<std::string> needed_payload(const SourceRules& source, bool more) const {
    std::vector<std::string> fields;
    if (source.mapping.mode == MappingMode::kByName) {
      for (const Parameter& parameter : parameters_) {
        if (is_demanded(parameter)) fields.push_back(parameter.name.text());
      }
    }
    for (const MappedParameter& entry : source.mapping.entries) {
      const Parameter* parameter = find_parameter(parameters_, entry.parameter.text());
      if (parameter == nullptr || !is_demanded(*parameter) || is_known_of_event(entry.path)) continue;
      if (entry.path.single_field().empty()) {
        more = true;
      } else {
        fields.emplace_back(entry.path.single_field());
      }
    }
    std::string text;
    for (const std::string& field : fields) {
      text += fmt::format("{}{}: \"...\"", text.empty() ? "" : ", ", to_compact(Json(field)));
    }
    if (more) text += text.empty() ? "..." : ", ...";
    return text.empty() ? std::nullopt : std::optional("{" + text + "}");
  }

  // What a path that the payload lacks falls back to.
  static bool is_known_of_event(const PayloadPath& path) {
    return path.text() == "timestamp" || path.text() == "id" || path.text() == "name";
  }

  std::string activation() const {
    std::string command =
        fmt::format("qflow trigger --flow-id {} --trigger-id {}", full_name(flow_), joining_.id().text());
    if (states_.size() > 1) command += " --correlation " + correlation_word(states_.front().correlation);
    const auto set = set_by_what_waits();
    for (const Parameter& parameter : parameters_) {
      if (!is_demanded(parameter) || set.contains(parameter.name.text())) continue;
      command += fmt::format(" -p {}=...", parameter.name.text());
    }
    return command;
  }

  std::set<std::string> set_by_what_waits() const {
    std::set<std::string> set;
    if (states_.empty()) return set;
    for (const WaitingEvent& waiting : states_.front().state.waiting) {
      const Trigger* part = find_trigger(flow_.triggers, waiting.trigger);
      if (part == nullptr) continue;
      for (const Subscription& subscription : part->subscriptions()) {
        const SourceRules& source = source_of(subscription);
        if (source.name == waiting.source) add_set(source.mapping, set);
      }
    }
    return set;
  }

  void add_set(const ParameterMapping& mapping, std::set<std::string>& set) const {
    for (const MappedParameter& entry : mapping.entries) set.insert(entry.parameter.text());
    if (mapping.mode != MappingMode::kByName) return;
    for (const Parameter& parameter : parameters_) set.insert(parameter.name.text());
  }

  const DeployedFlow& flow_;
  const Trigger& joining_;
  const std::vector<CorrelatedState>& states_;
  const std::vector<Parameter>& parameters_;
  TriggerState state_;
  bool is_overdue_ = false;  // a debounce has ended, and no tick has come since
};

}  // namespace

std::string firing_command(const DeployedFlow& flow, const Trigger& trigger, const std::vector<CorrelatedState>& states,
                           Instant now) {
  return FiringCommand(flow, trigger, states, now).text();
}

std::string enabling_advice(const DeployedFlow& flow, const Trigger& trigger) {
  const Trigger& joining = trigger.joining();
  Commands commands = enabling_flow(flow);
  add_enabling(flow, trigger, commands);
  if (&joining != &trigger) add_enabling(flow, joining, commands);
  for (const Trigger* one : {&trigger, &joining}) {
    if (one->rules().enabled) continue;
    if (is_web_hook(*one)) {
      return fmt::format("qflow trigger --flow-id {} starts the flow; nothing serves web hooks yet", full_name(flow));
    }
    const std::string file = flow_file_of(*flow.definition).string();
    commands.insert(commands.begin(), fmt::format("set enabled = true for {} in {}, and qflow deploy that",
                                                  one->id().text(), printable(file)));
    return fmt::format("{}", fmt::join(commands, ", and "));
  }
  return joined(commands);
}

}  // namespace qflow
