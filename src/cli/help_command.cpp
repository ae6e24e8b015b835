#include <fmt/format.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/help_text.h"
#include "cli/help_topics.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "TOPIC",
                                            .help = "a command, or a topic that the overview lists",
                                            .count = PositionalSpec::Count::kOptional,
                                            .completes = Completes::kTopic}};

Result<std::string> text_about(const std::string& name, int width) {
  std::vector<std::string> known;
  std::string text;
  if (const Command* command = find_command(name)) text = command_help(*command, width);
  for (const HelpTopic& topic : help_topics()) {
    if (topic.name == name) text += (text.empty() ? "" : "\n") + topic.text(width);
    known.emplace_back(topic.name);
  }
  if (!text.empty()) return text;
  for (const std::string_view command : visible_command_names()) known.emplace_back(command);
  std::string advice = did_you_mean(name, known);
  if (advice.empty()) advice = "qflow help lists commands and topics";
  return fail(ErrorKind::kUsage, fmt::format("no help about {}", quoted(name)), advice);
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const int width = std::clamp(context.out.width(), 40, 100);
  if (arguments.positionals().empty()) {
    context.out.write(overview(width));
    return ExitStatus::kOk;
  }
  QFLOW_ASSIGN(const std::string text, text_about(arguments.positionals().front(), width));
  context.out.write(text);
  return ExitStatus::kOk;
}

}  // namespace

const Command kHelpCommand = {
    .name = "help",
    .group = CommandGroup::kAbout,
    .summary = "all commands and topics, or one of them",
    .examples = "  $ qflow help run\n  $ qflow help exit-status\n",
    .positionals = kPositionals,
    .run = run,
};

}  // namespace qflow
