#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "cli/command_table.h"
#include "cli/completion_scripts.h"
#include "cli/help_topics.h"

namespace qflow {

namespace {

struct AskedKind {
  Completes completes;
  std::string_view name;
};

constexpr AskedKind kAskedKinds[] = {
    {Completes::kFlow, "flow"},
    {Completes::kFlowOrFile, "recorded-flow"},
    {Completes::kScheduleOrFile, "schedule"},
    {Completes::kRun, "run"},
    {Completes::kLatest, "latest"},
    {Completes::kLatestOrStep, "latest-or-step"},
    {Completes::kLatestOrTag, "latest-or-tag"},
    {Completes::kParameter, "parameter"},
    {Completes::kTag, "tag"},
    {Completes::kDeployedFlow, "deployed"},
    {Completes::kDeployedTrigger, "deployed-trigger"},
    {Completes::kSensor, "sensor"},
    {Completes::kTriggerId, "trigger-id"},
    {Completes::kSource, "source"},
    {Completes::kEvent, "event"},
    {Completes::kKnownEvent, "known-event"},
};

}  // namespace

std::string_view asked_kind(Completes completes) {
  const auto* const found = std::ranges::find(kAskedKinds, completes, &AskedKind::completes);
  return found == std::end(kAskedKinds) ? std::string_view() : found->name;
}

std::optional<Completes> parse_asked_kind(std::string_view name) {
  const auto* const found = std::ranges::find(kAskedKinds, name, &AskedKind::name);
  return found == std::end(kAskedKinds) ? std::nullopt : std::optional(found->completes);
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
