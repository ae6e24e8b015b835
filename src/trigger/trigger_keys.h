#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qflow/expression/expression.h"
#include "qflow/model/config_reader.h"
#include "qflow/model/flow_definition.h"
#include "qflow/trigger/trigger_registry.h"

namespace qflow {

// The keys that several types read in one way.

// The keys of every type; `parameters` is read when the sources are known (trigger_assembly.h).
TriggerRules read_shared_keys(ConfigReader& reader, const FlowDefinition& flow, const std::string& type);

// What a source's own table may say besides its name and filters: when, parameters, count, distinct.
SourceRules read_source_keys(ConfigReader& reader, const FlowDefinition& flow);

// `parameters = { window = "how_many_days" }`. An empty table is as good as none.
ParameterMapping read_mapping(ConfigReader& reader, const FlowDefinition& flow);

// The expression under a key, checked against what triggers may name.
std::optional<Expression> read_event_expression(ConfigReader& reader, std::string_view key, const FlowDefinition& flow);

// The sources of a type that takes one under `one` or a list of them under `many`: exactly one of the keys must be
// there. Calls `read` with each source that is text or a table; else it is reported.
void read_one_or_many(ConfigReader& reader, std::string_view one, std::string_view many,
                      const std::function<void(const ConfigValue& value)>& read);

// A duration that must be longer than nothing.
std::optional<Located<Duration>> read_positive_duration(ConfigReader& reader, std::string_view key);

// The text of a key that must be there and not be empty, else reported; `reason` says when it is needed ("a sensor of
// type file").
std::string read_needed_text(ConfigReader& reader, std::string_view key, std::string_view reason);

// What the text of a key stands for; the first of the choices where the key is absent or wrong.
template <class Enum>
Enum read_enum(ConfigReader& reader, std::string_view key, const std::vector<std::pair<std::string, Enum>>& choices) {
  std::vector<std::string> texts;
  for (const auto& choice : choices) texts.push_back(choice.first);
  const auto text = reader.choice(key, texts);
  for (const auto& [known, value] : choices) {
    if (text && known == text->value) return value;
  }
  return choices.front().second;
}

}  // namespace qflow
