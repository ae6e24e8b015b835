#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "qflow/error/error.h"
#include "qflow/error/printable.h"

namespace qflow {

// The rules of names. Each has `kNoun` for messages, `kRule` to print, and `holds`.
struct FlowIdRule {  // [A-Za-z_][A-Za-z0-9_-]{0,127}
  static constexpr std::string_view kNoun = "flow id";
  static constexpr std::string_view kRule = "letters, digits, '_' and '-', first a letter or '_', at most 128";
  static bool holds(std::string_view text);
};
struct StepIdRule {  // [A-Za-z_][A-Za-z0-9_]{0,127}
  static constexpr std::string_view kNoun = "step id";
  static constexpr std::string_view kRule = "letters, digits and '_', first a letter or '_', at most 128";
  static bool holds(std::string_view text);
};
struct TriggerIdRule {  // [A-Za-z_][A-Za-z0-9_-]{0,127}
  static constexpr std::string_view kNoun = "trigger id";
  static constexpr std::string_view kRule = FlowIdRule::kRule;
  static bool holds(std::string_view text);
};
struct ParameterNameRule {  // [A-Za-z_][A-Za-z0-9_]*, at most 128
  static constexpr std::string_view kNoun = "parameter name";
  static constexpr std::string_view kRule = StepIdRule::kRule;
  static bool holds(std::string_view text);
};
struct ArtifactNameRule {  // [A-Za-z_][A-Za-z0-9_.-]{0,199}
  static constexpr std::string_view kNoun = "artifact name";
  static constexpr std::string_view kRule = "letters, digits, '_', '.' and '-', first a letter or '_', at most 200";
  static bool holds(std::string_view text);
};
struct EventNameRule {  // [A-Za-z0-9_.-]{1,255}, not "." or ".."
  static constexpr std::string_view kNoun = "event name";
  static constexpr std::string_view kRule = "letters, digits, '_', '.' and '-', at most 255";
  static bool holds(std::string_view text);
};
struct ProjectNameRule {  // [a-z0-9_]+, at most 128, not "qflow"
  static constexpr std::string_view kNoun = "project name";
  static constexpr std::string_view kRule = "small letters, digits and '_', at most 128, not 'qflow'";
  static bool holds(std::string_view text);
};

Error bad_name(std::string_view noun, std::string_view rule, std::string_view text);

// A text that keeps its rule; safe as a single path component. Default-constructed: empty, and names nothing.
template <class Rule>
class CheckedName {
 public:
  CheckedName() = default;

  // kInvalid with the rule when `text` breaks it.
  static Result<CheckedName> parse(std::string_view text) {
    if (!Rule::holds(text)) return tl::make_unexpected(bad_name(Rule::kNoun, Rule::kRule, text));
    CheckedName name;
    name.text_ = text;
    return name;
  }

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const CheckedName&, const CheckedName&) = default;

 private:
  std::string text_;
};

using FlowId = CheckedName<FlowIdRule>;
using StepId = CheckedName<StepIdRule>;
using TriggerId = CheckedName<TriggerIdRule>;
using ParameterName = CheckedName<ParameterNameRule>;
using ArtifactName = CheckedName<ArtifactNameRule>;
using EventName = CheckedName<EventNameRule>;
using ProjectName = CheckedName<ProjectNameRule>;

// "TrainingFlow/34". Numbers count from 1 per flow id over the whole store.
struct RunId {
  FlowId flow;
  std::int64_t number = 0;

  static Result<RunId> parse(std::string_view text);
  std::string text() const { return flow.text() + "/" + std::to_string(number); }
  friend auto operator<=>(const RunId&, const RunId&) = default;
};

}  // namespace qflow

template <class Rule>
struct std::hash<qflow::CheckedName<Rule>> {
  std::size_t operator()(const qflow::CheckedName<Rule>& name) const noexcept {
    return std::hash<std::string>{}(name.text());
  }
};
