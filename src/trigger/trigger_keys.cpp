#include "trigger/trigger_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/expression/flow_check.h"
#include "qflow/model/parameter.h"
#include "qflow/trigger/source_filter.h"

namespace qflow {
namespace {

constexpr std::int64_t kMaxCount = 1'000'000;
constexpr std::string_view kSharedKeys[] = {"id",      "type",       "enabled",  "description", "flow_id",
                                            "when",    "parameters", "match",    "within",      "correlate",
                                            "context", "join",       "debounce", "max_wait",    "options"};

void read_id(ConfigReader& reader, TriggerRules& rules) {
  Located<std::string> text{rules.type, reader.source().position};
  if (reader.find("id") != nullptr) {
    const auto given = reader.text("id");
    if (!given) return;
    text = *given;
  }
  rules.position = text.position;
  const Result<TriggerId> id = TriggerId::parse(text.value);
  if (id) {
    rules.id = *id;
  } else {
    reader.diagnostics().error(text.position, id.error().message, id.error().advice);
  }
}

void check_flow_id(ConfigReader& reader, const FlowDefinition& flow) {
  const auto given = reader.text("flow_id");
  if (!given || given->value == flow.id.text()) return;
  reader.diagnostics().error(
      given->position,
      fmt::format("`flow_id` is {}, but the flow is {}", qflow::quoted(given->value), qflow::quoted(flow.id.text())),
      "a trigger starts the flow of its own file; remove the key");
}

MatchExpression read_match(ConfigReader& reader) {
  const ConfigEntry* entry = reader.find("match");
  if (entry == nullptr) return {};
  if (std::holds_alternative<std::int64_t>(entry->value.data)) {
    const auto number = reader.integer("match", 1, std::numeric_limits<std::int64_t>::max());
    return number ? MatchExpression::at_least(number->value) : MatchExpression();
  }
  const auto* text = std::get_if<std::string>(&entry->value.data);
  if (text == nullptr) {
    reader.diagnostics().error(entry->value.position,
                               fmt::format("`match` must be text or an integer; is {}", entry->value.type_name()),
                               "write all, any, a number, or names with && || and parentheses");
    return {};
  }
  Result<MatchExpression> match = MatchExpression::parse(*text);
  if (match) return std::move(*match);
  reader.diagnostics().error(entry->value.position, match.error().message, match.error().advice);
  return {};
}

// `reset`, as minutes or as a duration.
std::optional<Located<Duration>> read_reset(ConfigReader& options) {
  constexpr std::int64_t kMaxMinutes = 10'000'000;
  const ConfigEntry* entry = options.find("reset");
  if (entry == nullptr) return std::nullopt;
  if (!std::holds_alternative<std::int64_t>(entry->value.data)) return read_positive_duration(options, "reset");
  const auto minutes = options.integer("reset", 1, kMaxMinutes);
  if (!minutes) return std::nullopt;
  return Located<Duration>{std::chrono::minutes(minutes->value), minutes->position};
}

void read_window(ConfigReader& reader, TriggerRules& rules) {
  const auto within = read_positive_duration(reader, "within");
  std::optional<Located<Duration>> reset;
  if (const ConfigTable* table = reader.table("options")) {
    ConfigReader options(*table, "options", reader.diagnostics());
    reset = read_reset(options);
    options.finish();
  }
  if (within && reset) {
    reader.diagnostics().error(reset->position, "`reset` and `within` mean the same, both are given",
                               "remove one of them");
  }
  if (within) rules.within_text = reader.text("within")->value;
  if (!within && reset) rules.within_text = format_duration(reset->value);
  if (within || reset) rules.within = within ? within->value : reset->value;
}

void read_debounce(ConfigReader& reader, TriggerRules& rules) {
  if (const auto debounce = read_positive_duration(reader, "debounce")) rules.debounce = debounce->value;
  const auto max_wait = read_positive_duration(reader, "max_wait");
  if (!max_wait) return;
  rules.max_wait = max_wait->value;
  if (reader.has("debounce")) return;
  reader.diagnostics().error(max_wait->position, "`max_wait` needs `debounce`", "it bounds how long that may wait");
}

void read_entry(const ConfigEntry& entry, ConfigReader& reader, const FlowDefinition& flow, ParameterMapping& mapping) {
  const auto text = reader.text(entry.key);
  Diagnostics& diagnostics = reader.diagnostics();
  const Parameter* parameter = find_parameter(flow.parameters, entry.key);
  if (parameter == nullptr) {
    std::vector<std::string> names;
    for (const Parameter& known : flow.parameters) names.push_back(known.name.text());
    diagnostics.error(entry.key_position, fmt::format("the flow has no parameter {}", qflow::quoted(entry.key)),
                      names.empty() ? "declare it under [parameters]" : did_you_mean_or_list(entry.key, names));
  }
  if (!text) return;
  Result<PayloadPath> path = PayloadPath::parse(text->value);
  if (!path) diagnostics.error(text->position, path.error().message, path.error().advice);
  if (!path || parameter == nullptr) return;
  const bool repeated = std::any_of(mapping.entries.begin(), mapping.entries.end(),
                                    [&](const MappedParameter& other) { return other.parameter == parameter->name; });
  if (repeated) {
    diagnostics.error(entry.key_position, fmt::format("parameter {} is mapped twice", qflow::quoted(entry.key)),
                      "names count ignoring case; remove one");
    return;
  }
  mapping.entries.push_back({parameter->name, std::move(*path), text->position});
}

}  // namespace

std::span<const std::string_view> shared_trigger_keys() {
  return kSharedKeys;
}

TriggerRules read_shared_keys(ConfigReader& reader, const FlowDefinition& flow, const std::string& type) {
  TriggerRules rules;
  rules.type = type;
  rules.flow_id = flow.id;
  reader.allow("type");
  reader.allow("parameters");
  read_id(reader, rules);
  check_flow_id(reader, flow);
  if (const auto enabled = reader.boolean("enabled")) rules.enabled = enabled->value;
  if (const auto description = reader.text("description")) rules.description = description->value;
  rules.when = read_event_expression(reader, "when", flow);
  rules.match = read_match(reader);
  read_window(reader, rules);
  rules.correlate = read_event_expression(reader, "correlate", flow);
  rules.context = read_event_expression(reader, "context", flow);
  rules.join = read_enum<JoinOrder>(
      reader, "join", {{"latest", JoinOrder::kLatest}, {"oldest", JoinOrder::kOldest}, {"all", JoinOrder::kAll}});
  read_debounce(reader, rules);
  return rules;
}

SourceRules read_source_keys(ConfigReader& reader, const FlowDefinition& flow) {
  SourceRules source;
  source.when = read_event_expression(reader, "when", flow);
  source.mapping = read_mapping(reader, flow);
  if (const auto count = reader.integer("count", 1, kMaxCount)) source.count = count->value;
  source.distinct = read_event_expression(reader, "distinct", flow);
  if (reader.has("distinct") && !reader.has("count")) {
    reader.diagnostics().error(reader.find("distinct")->value.position, "`distinct` needs `count`",
                               "say how many different values make the source met: count = 24");
  }
  return source;
}

ParameterMapping read_mapping(ConfigReader& reader, const FlowDefinition& flow) {
  ParameterMapping mapping;
  const ConfigTable* table = reader.table("parameters");
  if (table == nullptr) return mapping;
  ConfigReader entries(*table, "parameters", reader.diagnostics());
  for (const ConfigEntry& entry : table->entries) read_entry(entry, entries, flow, mapping);
  if (!mapping.entries.empty()) mapping.mode = MappingMode::kExplicit;
  return mapping;
}

std::optional<Expression> read_event_expression(ConfigReader& reader, std::string_view key,
                                                const FlowDefinition& flow) {
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  auto expression = Expression::parse(text->value);
  std::vector<ExpressionProblem> problems;
  if (!expression) {
    problems.push_back(expression.error());
  } else {
    problems = expression->check(event_scope_shape(fmt::format("`{}` of a trigger", key)));
    const ExpressionType type = expression->type();
    if (key == "when" && type != ExpressionType::kBool && type != ExpressionType::kUnknown) {
      problems.push_back({0, fmt::format("`when` must be true or false; is {}", to_text(type)), "write a comparison"});
    }
  }
  for (const ExpressionProblem& problem : problems) {
    reader.diagnostics().error(position_inside(flow.text, text->position, text->value, problem.offset), problem.message,
                               problem.advice);
  }
  return problems.empty() ? std::optional<Expression>(std::move(*expression)) : std::nullopt;
}

void read_one_or_many(ConfigReader& reader, std::string_view one, std::string_view many,
                      const std::function<void(const ConfigValue& value)>& read) {
  Diagnostics& diagnostics = reader.diagnostics();
  const ConfigEntry* single = reader.find(one);
  const ConfigEntry* several = reader.find(many);
  if (single == nullptr && several == nullptr) {
    diagnostics.error(reader.source().position, fmt::format("{} has neither `{}` nor `{}`", reader.what(), one, many),
                      fmt::format("add {} = \"...\"", one));
  }
  if (single != nullptr && several != nullptr) {
    diagnostics.error(several->value.position, fmt::format("`{}` and `{}` are both given", one, many),
                      fmt::format("move all into {} = [...]", many));
  }
  const auto read_if_source = [&](const ConfigValue& value) {
    if (std::holds_alternative<std::string>(value.data) || std::holds_alternative<ConfigTable>(value.data)) {
      return read(value);
    }
    diagnostics.error(value.position, fmt::format("a source must be text or a table; is {}", value.type_name()),
                      "write its name, or { name = \"...\" }");
  };
  if (single != nullptr) read_if_source(single->value);
  if (several == nullptr) return;
  const auto* list = std::get_if<ConfigList>(&several->value.data);
  if (list == nullptr || list->empty()) {
    diagnostics.error(several->value.position, fmt::format("`{}` must be a list of at least one source", many),
                      fmt::format("write {} = [\"first\", \"second\"]", many));
    return;
  }
  for (const ConfigValue& value : *list) read_if_source(value);
}

std::optional<Located<Duration>> read_positive_duration(ConfigReader& reader, std::string_view key) {
  const auto duration = reader.duration(key);
  if (!duration || duration->value > Duration::zero()) return duration;
  reader.diagnostics().error(duration->position, fmt::format("`{}` must be longer than 0s", key),
                             "give a longer one, or leave the key out");
  return std::nullopt;
}

std::string read_needed_text(ConfigReader& reader, std::string_view key, std::string_view reason) {
  const auto text = reader.text(key);
  if (text && !text->value.empty()) return text->value;
  if (text) {
    reader.diagnostics().error(text->position, fmt::format("`{}` is empty", key), fmt::format("{} needs it", reason));
  } else if (!reader.has(key)) {
    reader.diagnostics().error(reader.source().position, fmt::format("missing key '{}'", key),
                               fmt::format("{} needs it", reason));
  }
  return {};
}

}  // namespace qflow
