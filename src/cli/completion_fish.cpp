#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_table.h"
#include "cli/completion_scripts.h"

namespace qflow {

namespace {

constexpr std::string_view kFishHead = R"(# fish completion for qflow; made by: qflow completion fish

# The command on the line, if there is one already.
function __qflow_command
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case {}
                set -e words[1]
            case '-*'
            case '*'
                echo $words[1]
                return 0
        end
        set -q words[1]; and set -e words[1]
    end
    return 1
end

function __qflow_in
    test (__qflow_command; or echo -) = $argv[1]
end

# Whether one of the words stands on the line already.
function __qflow_chosen
    set -l words (commandline -opc)
    for word in $argv
        contains -- $word $words; and return 0
    end
    return 1
end

# Candidates that only a store knows: KIND.
function __qflow_ask
    set -l words (commandline -opc)
    command $words[1] complete -- $argv[1] (commandline -ct) $words[2..-1] 2>/dev/null
end

complete -c qflow -f
)";

std::string quoted_for_fish(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

// The arguments of `complete` that say what completes a value.
std::string candidates(Completes completes, std::string_view choices) {
  std::string list(fmt::to_string(fmt::join(fixed_words(completes, choices), " ")));
  if (const std::string_view kind = asked_kind(completes); !kind.empty()) list = fmt::format("(__qflow_ask {})", kind);
  if (completes == Completes::kFolder) list = "(__fish_complete_directories)";
  const std::string given = list.empty() ? "" : fmt::format(" -a {}", quoted_for_fish(list));
  return completes_files(completes) ? " -F" + given : given;
}

std::string option_line(const std::string& condition, const OptionSpec& option) {
  std::string text = fmt::format("complete -c qflow{} -l {}", condition, option.name);
  if (option.short_name != 0) text += fmt::format(" -s {}", option.short_name);
  if (!option.value.empty()) {
    text += completes_files(option.completes) ? " -r" : " -x";
    text += candidates(option.completes, option.choices);
  }
  return text + fmt::format(" -d {}\n", quoted_for_fish(option.help));
}

std::string command_lines(const Command& command) {
  std::string condition = fmt::format(" -n '__qflow_in {}'", command.name);
  std::string text;
  for (const OptionSpec& option : command.options) text += option_line(condition, option);
  for (const PositionalSpec& spec : command.positionals) {
    const std::string offered = candidates(spec.completes, spec.choices);
    const std::string words = chooses_first(command, spec)
                                  ? fmt::format("{}", fmt::join(fixed_words(spec.completes, spec.choices), " "))
                                  : "";
    const std::string here =
        words.empty() ? condition : fmt::format(" -n '__qflow_in {}; and not __qflow_chosen {}'", command.name, words);
    if (!offered.empty()) text += fmt::format("complete -c qflow{}{}\n", here, offered);
    if (!words.empty()) condition = fmt::format(" -n '__qflow_in {}; and __qflow_chosen {}'", command.name, words);
  }
  return text;
}

std::string fish_global_values() {
  std::string text;
  for (const OptionSpec& option : global_options()) {
    if (!option.value.empty()) text += fmt::format("{}--{}", text.empty() ? "" : " ", option.name);
  }
  return text;
}

}  // namespace

std::string fish_completion() {
  std::string text(kFishHead);
  text.replace(text.find("{}"), 2, fish_global_values());
  for (const OptionSpec& option : global_options()) text += option_line("", option);
  for (const Command* command : completed_commands()) {
    text += fmt::format("complete -c qflow -n 'not __qflow_command' -a {} -d {}\n", command->name,
                        quoted_for_fish(command->summary));
  }
  for (const Command* command : completed_commands()) text += command_lines(*command);
  return text;
}

}  // namespace qflow
