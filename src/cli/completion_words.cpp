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
    case Completes::kRun:
    case Completes::kRunOrFile:
      return "run";
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
  return completes == Completes::kFile || completes == Completes::kFlowOrFile || completes == Completes::kRunOrFile;
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

bool chooses_first(const Command& command, const PositionalSpec& spec) {
  return spec.completes == Completes::kChoice && &spec != &command.positionals.back();
}

std::vector<const Command*> completed_commands() {
  std::vector<const Command*> list;
  for (const Command* command : commands()) {
    if (command->group != CommandGroup::kHidden) list.push_back(command);
  }
  return list;
}

}  // namespace qflow
