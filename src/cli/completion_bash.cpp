#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_table.h"
#include "cli/completion_scripts.h"

namespace qflow {

namespace {

constexpr std::string_view kBashHead = R"(# bash completion for qflow; made by: qflow completion bash

# Candidates that only a store knows: KIND. It reads the words as they are written; behind a quote that is open the
# candidates stand as they are.
_qflow_ask() {
  local line word
  while IFS= read -r line; do
    word=${line%%$'\t'*}
    [[ $cur != [\"\']* && $word == *[^a-zA-Z0-9_./=@:+-]* ]] && printf -v word %q "$word"
    COMPREPLY+=("$word")
  done < <("${COMP_WORDS[0]/#\~/$HOME}" complete -- "$1" "$cur" "${COMP_WORDS[@]:1:COMP_CWORD-1}" \
    "${COMP_WORDS[@]:COMP_CWORD+1}" 2>/dev/null)
}

_qflow_words() {
  local word
  for word in $1; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
}

_qflow_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do
    COMPREPLY+=("$path")
  done < <(compgen "$1" -- "$cur")
}

_qflow() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} equals="" command="" place=0 i
  COMPREPLY=()
  # "--color=always" is three words here.
  if [[ $cur == "=" ]]; then
    cur=""
    equals="="
    [[ $prev == -* ]] || return
  elif [[ $prev == "=" ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
    equals="="
    [[ $prev == -* ]] || return
  fi
  # How many words behind the command are no options, nor values of them.
  for ((i = 1; i < COMP_CWORD; i++)); do
    case $command:${COMP_WORDS[i]} in
)";

std::string names_of(const OptionSpec& option) {
  return option.short_name == 0 ? fmt::format("--{}", option.name)
                                : fmt::format("-{} --{}", option.short_name, option.name);
}

// The statements that complete a value; "" when there is nothing to offer.
std::string actions(Completes completes, std::string_view choices) {
  std::string text;
  const std::vector<std::string_view> words = fixed_words(completes, choices);
  if (!words.empty()) text += fmt::format("_qflow_words \"{}\"; ", fmt::join(words, " "));
  if (completes == Completes::kParameter) text += "compopt -o nospace 2>/dev/null; ";
  if (const std::string_view kind = asked_kind(completes); !kind.empty()) text += fmt::format("_qflow_ask {}; ", kind);
  if (completes_files(completes)) text += "_qflow_paths -f; ";
  if (completes == Completes::kFolder) text += "_qflow_paths -d; ";
  return text;
}

std::string value_cases(std::string_view command, std::span<const OptionSpec> options) {
  std::string text;
  for (const OptionSpec& option : options) {
    if (option.value.empty()) continue;
    std::string pattern = fmt::format("{}:--{}", command, option.name);
    if (option.short_name != 0) pattern += fmt::format(" | {}:-{}", command, option.short_name);
    const std::string_view when = has_optional_value(option) ? "[[ -n $equals ]] && " : "";
    text += fmt::format("    {}) {}{}return ;;\n", pattern, actions(option.completes, option.choices), when);
  }
  return text;
}

std::string place_cases() {
  return fmt::format(
      "      {}) ((i++)); [[ ${{COMP_WORDS[i]}} == \"=\" ]] && ((i++)) ;;\n"
      "      {}) ((i += 2)) ;;\n"
      "      *:=) ((i++)) ;;\n"
      "      *:-*) ;;\n"
      "      :*) command=${{COMP_WORDS[i]}} ;;\n"
      "      *) ((place++)) ;;\n",
      fmt::join(options_with_words(1), " | "), fmt::join(options_with_words(2), " | "));
}

std::string option_words(std::span<const OptionSpec> options) {
  std::string text;
  for (const OptionSpec& option : options) text += " " + names_of(option);
  return text;
}

std::string positional_cases(const Command& command) {
  std::string text;
  int place = 0;
  for (const PositionalSpec& spec : command.positionals) {
    const std::string offered = actions(spec.completes, spec.choices);
    const std::string here = is_endless(spec) ? "*" : std::to_string(place++);
    if (!offered.empty()) text += fmt::format("    {}:{}) {};;\n", command.name, here, offered);
  }
  return text;
}

}  // namespace

std::string bash_completion() {
  std::string text(kBashHead);
  text += fmt::format("{}    esac\n  done\n  case $command:$prev in\n{}", place_cases(),
                      value_cases("*", global_options()));
  for (const Command* command : completed_commands()) text += value_cases(command->name, command->options);
  text += "  esac\n  if [[ $cur == -* ]]; then\n";
  text += fmt::format("    _qflow_words \"{}\"\n    case $command in\n", option_words(global_options()).substr(1));
  for (const Command* command : completed_commands()) {
    if (command->options.empty()) continue;
    text += fmt::format("      {}) _qflow_words \"{}\" ;;\n", command->name, option_words(command->options).substr(1));
  }
  text += "    esac\n    return\n  fi\n  case $command:$place in\n";
  text += fmt::format("    :*) _qflow_words \"{}\" ;;\n", fmt::join(visible_command_names(), " "));
  for (const Command* command : completed_commands()) text += positional_cases(*command);
  return text + "  esac\n}\n\ncomplete -F _qflow qflow\n";
}

}  // namespace qflow
