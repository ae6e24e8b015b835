#pragma once

#include "qflow/cli/command.h"

namespace qflow {

// One per file src/cli/<name>_command.cpp.
extern const Command kCancelCommand;
extern const Command kCheckCommand;
extern const Command kCompleteCommand;
extern const Command kCompletionCommand;
extern const Command kDeployCommand;
extern const Command kDisableCommand;
extern const Command kEnableCommand;
extern const Command kEventsCommand;
extern const Command kExecuteCommand;
extern const Command kExplainCommand;
extern const Command kFlowsCommand;
extern const Command kFsckCommand;
extern const Command kGcCommand;
extern const Command kGetCommand;
extern const Command kGraphCommand;
extern const Command kHelpCommand;
extern const Command kInitCommand;
extern const Command kInspectCommand;
extern const Command kLogsCommand;
extern const Command kManCommand;
extern const Command kNextCommand;
extern const Command kPublishCommand;
extern const Command kPutCommand;
extern const Command kResumeCommand;
extern const Command kRunCommand;
extern const Command kRunsCommand;
extern const Command kSensorCommand;
extern const Command kSimulateCommand;
extern const Command kTagCommand;
extern const Command kTestCommand;
extern const Command kTickCommand;
extern const Command kTriggerCommand;
extern const Command kUndeployCommand;
extern const Command kVersionCommand;
extern const Command kWorkCommand;

// The heading of a group in the overview and the man page; empty for hidden commands.
std::string_view heading(CommandGroup group);

// Every group with a heading, in the order of the overview.
std::span<const CommandGroup> visible_groups();

// The names of all commands that are not hidden, sorted.
std::vector<std::string_view> visible_command_names();

// "a|b|c" as a list.
std::vector<std::string_view> split_choices(std::string_view choices);

}  // namespace qflow
