#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/completion_scripts.h"
#include "cli/help_topics.h"

namespace qflow {

std::string_view asked_kind(Completes completes) {
  switch (completes) {
    case Completes::kFlow:
      return "flow";
    case Completes::kFlowOrFile:
      return "recorded-flow";
    case Completes::kScheduleOrFile:
      return "schedule";
    case Completes::kRun:
      return "run";
    case Completes::kLatest:
      return "latest";
    case Completes::kLatestOrStep:
      return "latest-or-step";
    case Completes::kLatestOrTag:
      return "latest-or-tag";
    case Completes::kParameter:
      return "parameter";
    case Completes::kTag:
      return "tag";
    case Completes::kDeployedFlow:
      return "deployed";
    case Completes::kDeployedTrigger:
      return "deployed-trigger";
    case Completes::kSensor:
      return "sensor";
    case Completes::kTriggerId:
      return "trigger-id";
    case Completes::kSource:
      return "source";
    case Completes::kEvent:
      return "event";
    case Completes::kKnownEvent:
      return "known-event";
    case Completes::kNothing:
    case Completes::kFile:
    case Completes::kFolder:
    case Completes::kChoice:
    case Completes::kCommand:
    case Completes::kTopic:
      break;
  }
  return {};
}

bool completes_files(Completes completes) {
  return completes == Completes::kFile || completes == Completes::kFlowOrFile ||
         completes == Completes::kScheduleOrFile;
}

std::vector<std::string_view> fixed_words(Completes completes, std::string_view choices) {
  if (completes == Completes::kChoice) return split_choices(choices);
  std::vector<std::string_view> words;
  if (completes == Completes::kCommand || completes == Completes::kTopic) words = visible_command_names();
  if (completes == Completes::kTopic) {
    for (const HelpTopic& topic : help_topics()) words.push_back(topic.name);
  }
  return words;
}

bool is_endless(const PositionalSpec& spec) {
  return spec.count == PositionalSpec::Count::kMany || spec.count == PositionalSpec::Count::kAny;
}

int value_words(const OptionSpec& option) {
  if (option.value.empty() || has_optional_value(option)) return 0;
  return option.value.find(' ') == std::string_view::npos ? 1 : 2;
}

std::vector<std::string> options_with_words(int count) {
  std::vector<std::string> patterns;
  const auto add = [&](std::string_view command, const OptionSpec& option) {
    if (value_words(option) != count) return;
    patterns.push_back(fmt::format("{}:--{}", command, option.name));
    if (option.short_name != 0) patterns.push_back(fmt::format("{}:-{}", command, option.short_name));
  };
  for (const OptionSpec& option : global_options()) add("*", option);
  for (const Command* command : completed_commands()) {
    for (const OptionSpec& option : command->options) add(command->name, option);
  }
  return patterns;
}

std::vector<const Command*> completed_commands() {
  std::vector<const Command*> list;
  for (const Command* command : commands()) {
    if (command->group != CommandGroup::kHidden) list.push_back(command);
  }
  return list;
}

}  // namespace qflow
