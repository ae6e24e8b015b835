#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/completion_scripts.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {

namespace {

constexpr std::string_view kShells = "bash|zsh|fish";

constexpr PositionalSpec kPositionals[] = {
    {.name = "SHELL", .help = "bash, zsh or fish", .completes = Completes::kChoice, .choices = kShells}};

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::string& shell = arguments.positionals().front();
  if (shell == "bash") {
    context.out.write(bash_completion());
  } else if (shell == "zsh") {
    context.out.write(zsh_completion());
  } else if (shell == "fish") {
    context.out.write(fish_completion());
  } else {
    return fail(ErrorKind::kUsage, fmt::format("no completion for the shell {}", quoted(shell)),
                "known: bash, zsh, fish");
  }
  return ExitStatus::kOk;
}

}  // namespace

const Command kCompletionCommand = {
    .name = "completion",
    .group = CommandGroup::kAbout,
    .summary = "the completion script of a shell",
    .description = "Prints a script that completes commands, options, flows, runs, parameters and tags.",
    .examples =
        "  $ source <(qflow completion bash)\n"
        "  $ qflow completion zsh > ~/.zfunc/_qflow\n"
        "  $ qflow completion fish > ~/.config/fish/completions/qflow.fish\n",
    .positionals = kPositionals,
    .run = run,
};

}  // namespace qflow
