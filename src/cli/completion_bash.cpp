#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_table.h"
#include "cli/completion_scripts.h"

namespace qflow {

namespace {

constexpr std::string_view kBashHead = R"(# bash completion for qflow; made by: qflow completion bash

# Candidates that only a store knows: KIND.
_qflow_ask() {
  local line
  while IFS= read -r line; do
    COMPREPLY+=("${line%%$'\t'*}")
  done < <("${COMP_WORDS[0]/#\~/$HOME}" complete -- "$1" "$cur" "${COMP_WORDS[@]:1}" 2>/dev/null)
}

_qflow_words() {
  local word
  for word in $1; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
}

# Whether one of the words stands on the line already.
_qflow_chosen() {
  local word
  for word in $1; do
    [[ " ${COMP_WORDS[*]:1:COMP_CWORD-1} " == *" $word "* ]] && return
  done
  return 1
}

_qflow_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do
    COMPREPLY+=("$path")
  done < <(compgen "$1" -- "$cur")
}

_qflow() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command="" i
  COMPREPLY=()
  # "--color=always" is three words here.
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
    [[ $prev == -* ]] || return
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
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
    text += fmt::format("    {}) {}return ;;\n", pattern, actions(option.completes, option.choices));
  }
  return text;
}

std::string global_value_patterns() {
  std::string text;
  for (const OptionSpec& option : global_options()) {
    if (!option.value.empty()) text += fmt::format("{}--{}", text.empty() ? "" : " | ", option.name);
  }
  return text;
}

std::string option_words(std::span<const OptionSpec> options) {
  std::string text;
  for (const OptionSpec& option : options) text += " " + names_of(option);
  return text;
}

std::string positional_actions(const Command& command) {
  std::string text;
  for (const PositionalSpec& spec : command.positionals) {
    const std::string offered = actions(spec.completes, spec.choices);
    if (!chooses_first(command, spec)) {
      text += offered;
      continue;
    }
    const std::vector<std::string_view> words = fixed_words(spec.completes, spec.choices);
    text += fmt::format("_qflow_chosen \"{}\" || {{ {}return; }}; ", fmt::join(words, " "), offered);
  }
  return text;
}

}  // namespace

std::string bash_completion() {
  std::string text(kBashHead);
  text += fmt::format(
      "      {}) ((i++)); [[ ${{COMP_WORDS[i]}} == \"=\" ]] && ((i++)) ;;\n"
      "      -*) ;;\n"
      "      *) command=${{COMP_WORDS[i]}}; break ;;\n"
      "    esac\n"
      "  done\n"
      "  case $command:$prev in\n{}",
      global_value_patterns(), value_cases("*", global_options()));
  for (const Command* command : completed_commands()) text += value_cases(command->name, command->options);
  text += "  esac\n  if [[ $cur == -* ]]; then\n";
  text += fmt::format("    _qflow_words \"{}\"\n    case $command in\n", option_words(global_options()).substr(1));
  for (const Command* command : completed_commands()) {
    if (command->options.empty()) continue;
    text += fmt::format("      {}) _qflow_words \"{}\" ;;\n", command->name, option_words(command->options).substr(1));
  }
  text += "    esac\n    return\n  fi\n  case $command in\n";
  text += fmt::format("    \"\") _qflow_words \"{}\" ;;\n", fmt::join(visible_command_names(), " "));
  for (const Command* command : completed_commands()) {
    const std::string positional = positional_actions(*command);
    if (!positional.empty()) text += fmt::format("    {}) {};;\n", command->name, positional);
  }
  return text + "  esac\n}\n\ncomplete -F _qflow qflow\n";
}

}  // namespace qflow
