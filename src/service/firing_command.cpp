#include "service/firing_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "qflow/engine/arrival.h"
#include "qflow/engine/trigger_kind.h"
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

bool reads_payload(const std::optional<Expression>& condition) {
  return condition && condition->text().find("event.payload") != std::string::npos;
}

class FiringCommand {
 public:
  FiringCommand(const DeployedFlow& flow, const Trigger& joining, const std::vector<CorrelatedState>& states,
                Instant now)
      : flow_(flow), joining_(joining), states_(states), parameters_(flow.definition->parameters) {
    if (states.size() == 1) state_ = still_joining(joining, states.front().state, now);
  }

  std::string text() const {
    if (!joining_.rules().enabled) return {};
    Commands commands;
    if (!flow_.enabled) commands.push_back("qflow enable " + full_name(flow_));
    add_enabling(joining_, commands);
    // A further event would put off what a debounce holds back.
    std::optional<Commands> publishing;
    if (!state_.held && states_.size() < 2) publishing = joining_.legs().empty() ? of_sources() : of_legs();
    if (!publishing || publishing->empty()) publishing = Commands{activation()};
    std::move(publishing->begin(), publishing->end(), std::back_inserter(commands));
    return fmt::format("{}", fmt::join(commands, " && "));
  }

 private:
  void add_enabling(const Trigger& trigger, Commands& commands) const {
    if (!flow_.disabled.contains(trigger.id())) return;
    commands.push_back(fmt::format("qflow enable {}/{}", full_name(flow_), trigger.id().text()));
  }

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
    const std::vector<const Trigger*> legs = source_triggers(joining_, flow_.triggers);
    std::vector<std::optional<Commands>> parts;
    for (std::size_t i = 0; i < legs.size(); ++i) parts.push_back(met[i] ? Commands() : of_leg(*legs[i]));
    return cheapest(joining_.rules().match, std::move(parts));
  }

  std::optional<Commands> of_leg(const Trigger& leg) const {
    if (!leg.rules().enabled) return std::nullopt;
    auto missing = commands_for(leg, met_sources_of_leg(leg, joining_, state_));
    if (!missing) return std::nullopt;
    Commands commands;
    add_enabling(leg, commands);
    std::move(missing->begin(), missing->end(), std::back_inserter(commands));
    return commands;
  }

  // Nothing where one event is not enough, or only its publisher knows which one would join what waits.
  std::optional<std::string> publication(const Trigger& part, const Subscription& subscription) const {
    const auto* event = std::get_if<EventSubscription>(&subscription);
    if (event == nullptr || event->source.count > 1 || event->source.distinct) return std::nullopt;
    std::string command = "qflow publish " + listened_name(part, subscription, flow_.name_space);
    const auto add = [&](std::string_view option, const std::optional<std::string>& value) {
      if (value) command += fmt::format(" --{} {}", option, shell_word(*value));
    };
    add("type", event->event_type);
    add("namespace", event->name_space);
    add("value", event->value);
    add("sender", event->sender);
    if (joining_.rules().correlate) {
      const auto context = awaited_context();
      if (!context) return std::nullopt;
      add("context", context);
    }
    add("payload", needed_payload(part, event->source));
    return command;
  }

  // The context that joins what waits, where events join by that.
  std::optional<std::string> awaited_context() const {
    if (states_.size() != 1 || joining_.rules().correlate->text() != kContextOfEvent) return std::nullopt;
    const auto value = parse_json(states_.front().correlation);
    return value && value->is_string() ? std::optional(value->get<std::string>()) : std::nullopt;
  }

  // The fields that it must have. Nothing when any will do.
  std::optional<std::string> needed_payload(const Trigger& part, const SourceRules& source) const {
    bool more = reads_payload(source.when) || reads_payload(part.rules().when) || reads_payload(joining_.rules().when);
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
};

}  // namespace

std::string firing_command(const DeployedFlow& flow, const Trigger& trigger, const std::vector<CorrelatedState>& states,
                           Instant now) {
  return FiringCommand(flow, trigger, states, now).text();
}

}  // namespace qflow
