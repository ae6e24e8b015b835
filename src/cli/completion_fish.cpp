#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_table.h"
#include "cli/completion_scripts.h"

namespace qflow {

namespace {

constexpr std::string_view kFishHead = R"(# fish completion for qflow; made by: qflow completion fish

# The command on the line, and how many words behind it are no options, nor values of them.
function __qflow_parse
    set -l words (commandline -opc)
    set -e words[1]
    set -l command ''
    set -l place 0
    while set -q words[1]
        switch $command:$words[1]
            case ONE_WORD
                set -e words[1]
            case TWO_WORDS
                set -e words[1]
                set -q words[1]; and set -e words[1]
            case '*:-*'
            case ':*'
                set command $words[1]
            case '*'
                set place (math $place + 1)
        end
        set -q words[1]; and set -e words[1]
    end
    printf '%s\n' "$command" $place
end

# Whether the command is this one, with so many words behind it.
function __qflow_in
    set -l found (__qflow_parse)
    test "$found[1]" = "$argv[1]"; or return 1
    set -q argv[2]; or return 0
    test $found[2] -eq $argv[2]
end

# Candidates that only a store knows: KIND. It reads words as they are written, and "--option=" is no part of a value.
function __qflow_ask
    set -l words (commandline -opc)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    set -l written (string replace -ra '[\\\\\'"]' '\\\\$0' -- $words)
    set -l prefix (commandline -ct | string replace -r '^(--[^=]*=|-[^-])' '')
    command $program complete -- $argv[1] "$prefix" $written[2..-1] 2>/dev/null
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
  if (has_optional_value(option)) {
    text += " -f";
  } else if (!option.value.empty()) {
    text += completes_files(option.completes) ? " -r" : " -x";
    text += candidates(option.completes, option.choices);
  }
  return text + fmt::format(" -d {}\n", quoted_for_fish(option.help));
}

std::string command_lines(const Command& command) {
  const std::string in = fmt::format("__qflow_in {}", command.name);
  std::string text;
  for (const OptionSpec& option : command.options) text += option_line(fmt::format(" -n '{}'", in), option);
  int place = 0;
  std::string earlier;  // places that other words have
  for (const PositionalSpec& spec : command.positionals) {
    const std::string here = is_endless(spec) ? in + earlier : fmt::format("{} {}", in, place);
    const std::string offered = candidates(spec.completes, spec.choices);
    if (!offered.empty()) text += fmt::format("complete -c qflow -n '{}'{}\n", here, offered);
    earlier += fmt::format("; and not {} {}", in, place++);
  }
  return text;
}

// As the patterns of one `case`.
std::string patterns(int words) {
  std::string text;
  for (const std::string& option : options_with_words(words)) {
    text += fmt::format("{}'{}'", text.empty() ? "" : " ", option);
  }
  return text;
}

}  // namespace

std::string fish_completion() {
  std::string text(kFishHead);
  for (const auto& [place, words] : {std::pair("ONE_WORD", 1), std::pair("TWO_WORDS", 2)}) {
    text.replace(text.find(place), std::string_view(place).size(), patterns(words));
  }
  for (const OptionSpec& option : global_options()) text += option_line("", option);
  for (const Command* command : completed_commands()) {
    text += fmt::format("complete -c qflow -n '__qflow_in \"\"' -a {} -d {}\n", command->name,
                        quoted_for_fish(command->summary));
  }
  for (const Command* command : completed_commands()) text += command_lines(*command);
  return text;
}

}  // namespace qflow
