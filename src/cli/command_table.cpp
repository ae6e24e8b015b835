#include "cli/command_table.h"

#include <algorithm>
#include <array>

namespace qflow {

namespace {

struct Row {
  std::string_view name;
  const Command* command;
};

constexpr std::array kRows = {
    Row{"cancel", &kCancelCommand},
    Row{"check", &kCheckCommand},
    Row{"complete", &kCompleteCommand},
    Row{"completion", &kCompletionCommand},
    Row{"deploy", &kDeployCommand},
    Row{"disable", &kDisableCommand},
    Row{"enable", &kEnableCommand},
    Row{"events", &kEventsCommand},
    Row{"execute", &kExecuteCommand},
    Row{"explain", &kExplainCommand},
    Row{"flows", &kFlowsCommand},
    Row{"fsck", &kFsckCommand},
    Row{"gc", &kGcCommand},
    Row{"get", &kGetCommand},
    Row{"graph", &kGraphCommand},
    Row{"help", &kHelpCommand},
    Row{"init", &kInitCommand},
    Row{"inspect", &kInspectCommand},
    Row{"logs", &kLogsCommand},
    Row{"man", &kManCommand},
    Row{"next", &kNextCommand},
    Row{"publish", &kPublishCommand},
    Row{"put", &kPutCommand},
    Row{"resume", &kResumeCommand},
    Row{"run", &kRunCommand},
    Row{"runs", &kRunsCommand},
    Row{"sensor", &kSensorCommand},
    Row{"simulate", &kSimulateCommand},
    Row{"tag", &kTagCommand},
    Row{"test", &kTestCommand},
    Row{"tick", &kTickCommand},
    Row{"trigger", &kTriggerCommand},
    Row{"undeploy", &kUndeployCommand},
    Row{"version", &kVersionCommand},
    Row{"work", &kWorkCommand},
};

constexpr bool names_ascend() {
  for (std::size_t i = 1; i < kRows.size(); ++i) {
    if (kRows[i].name <= kRows[i - 1].name) return false;
  }
  return true;
}
static_assert(names_ascend(), "the rows are sorted by name, each name once");

constexpr auto kCommands = [] {
  std::array<const Command*, kRows.size()> commands{};
  for (std::size_t i = 0; i < kRows.size(); ++i) commands[i] = kRows[i].command;
  return commands;
}();

constexpr std::array kGlobalOptions = {
    OptionSpec{.name = "store",
               .value = "DIR",
               .help = "the store to use, instead of the .qflow found upwards from here",
               .completes = Completes::kFolder},
    OptionSpec{.name = "color",
               .value = "WHEN",
               .help = "colour: auto (on a terminal), always or never",
               .completes = Completes::kChoice,
               .choices = "auto|always|never"},
    OptionSpec{.name = "quiet", .short_name = 'q', .help = "no progress, no notes, no output of steps"},
    OptionSpec{.name = "verbose", .short_name = 'v', .help = "more notes"},
    OptionSpec{.name = "help", .short_name = 'h', .help = "what the command does, and its options"},
    OptionSpec{.name = "version", .help = "the version of qflow"},
};

constexpr std::array kVisibleGroups = {CommandGroup::kWriting, CommandGroup::kRunning,   CommandGroup::kTriggers,
                                       CommandGroup::kLooking, CommandGroup::kArtifacts, CommandGroup::kUpkeep,
                                       CommandGroup::kAbout};

}  // namespace

std::span<const Command* const> commands() {
  return kCommands;
}

std::span<const OptionSpec> global_options() {
  return kGlobalOptions;
}

const Command* find_command(std::string_view name) {
  const auto row =
      std::lower_bound(kRows.begin(), kRows.end(), name, [](const Row& r, std::string_view n) { return r.name < n; });
  return row != kRows.end() && row->name == name ? row->command : nullptr;
}

std::string_view heading(CommandGroup group) {
  switch (group) {
    case CommandGroup::kWriting:
      return "Write a flow";
    case CommandGroup::kRunning:
      return "Run it";
    case CommandGroup::kTriggers:
      return "Start it when something happens";
    case CommandGroup::kLooking:
      return "Look at runs";
    case CommandGroup::kArtifacts:
      return "Artifacts, also inside steps";
    case CommandGroup::kUpkeep:
      return "Keep the store in order";
    case CommandGroup::kAbout:
      return "About qflow";
    case CommandGroup::kHidden:
      break;
  }
  return {};
}

std::span<const CommandGroup> visible_groups() {
  return kVisibleGroups;
}

std::vector<std::string_view> visible_command_names() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) {
    if (row.command->group != CommandGroup::kHidden) names.push_back(row.name);
  }
  return names;
}

std::vector<std::string_view> split_choices(std::string_view choices) {
  std::vector<std::string_view> list;
  while (!choices.empty()) {
    const std::size_t end = std::min(choices.find('|'), choices.size());
    list.push_back(choices.substr(0, end));
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return list;
}

}  // namespace qflow
