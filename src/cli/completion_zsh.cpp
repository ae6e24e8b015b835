#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/completion_scripts.h"

namespace qflow {

namespace {

constexpr std::string_view kZshHead = R"(#compdef qflow
# zsh completion for qflow; made by: qflow completion zsh

# Candidates that only a store knows: KIND. It reads the words as they are written.
_qflow_ask() {
  local -a found
  local line
  for line in "${(@f)$("$_qflow_program" complete -- $1 "$PREFIX" "${_qflow_words[@]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  _describe -t "qflow-$1" "$1" found "${@:2}"
}

_qflow_or_file() {
  _alternative "$1:$1: _qflow_ask $1" 'files:file:_files'
}

_qflow() {
  local context state state_descr line ret=1
  typeset -A opt_args
  local _qflow_program=${words[1]/#\~/$HOME}
  local -a _qflow_words=("${(@)words[2,CURRENT-1]}" "${(@)words[CURRENT+1,-1]}")
)";

// Text inside the brackets or after the colons of an _arguments spec, which stands in single quotes.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

// What follows "message:" in an _arguments spec. After a space it is called as it stands; else _arguments would put
// options of its own before the arguments.
std::string action(Completes completes, std::string_view choices) {
  switch (completes) {
    case Completes::kFile:
      return "_files";
    case Completes::kFolder:
      return "_files -/";
    case Completes::kFlowOrFile:
    case Completes::kScheduleOrFile:
      return fmt::format(" _qflow_or_file {}", asked_kind(completes));
    case Completes::kParameter:
      return " _qflow_ask parameter -S \"\"";
    case Completes::kFlow:
    case Completes::kRun:
    case Completes::kLatest:
    case Completes::kLatestOrStep:
    case Completes::kLatestOrTag:
    case Completes::kTag:
    case Completes::kDeployedFlow:
    case Completes::kDeployedTrigger:
    case Completes::kSensor:
    case Completes::kTriggerId:
    case Completes::kSource:
    case Completes::kEvent:
    case Completes::kKnownEvent:
      return fmt::format(" _qflow_ask {}", asked_kind(completes));
    case Completes::kChoice:
    case Completes::kCommand:
    case Completes::kTopic:
      return fmt::format("({})", fmt::join(fixed_words(completes, choices), " "));
    case Completes::kNothing:
      break;
  }
  return " ";
}

// A message and an action for each word of the value; an optional one begins with two colons.
std::string value_spec(const OptionSpec& option) {
  if (option.value.empty()) return {};
  std::string spec = has_optional_value(option) ? ":" : "";
  std::string_view words = option.value;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    spec += fmt::format(":{}:{}", escaped(words.substr(0, end)), action(option.completes, option.choices));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return spec;
}

std::string option_specs(std::span<const OptionSpec> options, std::string_view margin) {
  std::string text;
  for (const OptionSpec& option : options) {
    const bool repeats = option.repeats == OptionSpec::Repeats::kYes;
    const std::string both = option.short_name == 0 ? "" : fmt::format("(-{0} --{1})", option.short_name, option.name);
    const std::string before = repeats ? "*" : both;
    const std::string value = value_spec(option);
    const bool no_equals = option.value.empty() || option.value.find(' ') != std::string_view::npos;  // NAME JSON
    const std::string_view equals = no_equals ? "" : has_optional_value(option) ? "=-" : "=";
    text += fmt::format("{}'{}--{}{}[{}]{}' \\\n", margin, before, option.name, equals, escaped(option.help), value);
    if (option.short_name == 0) continue;
    const std::string_view plus = option.value.empty() ? "" : "+";
    text += fmt::format("{}'{}-{}{}[{}]{}' \\\n", margin, before, option.short_name, plus, escaped(option.help), value);
  }
  return text;
}

std::string positional_specs(const Command& command, std::string_view margin) {
  std::string text;
  int place = 1;
  for (const PositionalSpec& spec : command.positionals) {
    const std::string number = is_endless(spec) ? "*" : std::to_string(place++);
    const std::string_view optional = spec.count == PositionalSpec::Count::kOptional ? ":" : "";
    text += fmt::format("{}'{}:{}{}:{}' \\\n", margin, number, optional, escaped(spec.name),
                        action(spec.completes, spec.choices));
  }
  return text;
}

std::string command_specs() {
  std::string text = "  local -a commands=(\n";
  for (const Command* command : completed_commands()) {
    text += fmt::format("    '{}:{}'\n", command->name, escaped(command->summary));
  }
  return text + "  )\n";
}

}  // namespace

std::string zsh_completion() {
  std::string text(kZshHead);
  text += command_specs();
  text += fmt::format("  _arguments -C -s \\\n{}    '1:command:->command' \\\n    '*::argument:->argument' && ret=0\n",
                      option_specs(global_options(), "    "));
  text +=
      "  case $state in\n    command) _describe -t commands command commands && ret=0 ;;\n    argument)\n"
      "      case $words[1] in\n";
  for (const Command* command : completed_commands()) {
    text += fmt::format("        {})\n          _arguments -s \\\n{}{}{}            && ret=0 ;;\n", command->name,
                        option_specs(command->options, "            "), option_specs(global_options(), "            "),
                        positional_specs(*command, "            "));
  }
  return text +
         "      esac ;;\n  esac\n  return ret\n}\n\n"
         "if [[ $funcstack[1] == _qflow ]]; then\n  _qflow \"$@\"\nelse\n  compdef _qflow qflow\nfi\n";
}

}  // namespace qflow
