#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_table.h"
#include "cli/completion_scripts.h"

namespace qflow {

namespace {

constexpr std::string_view kZshHead = R"(#compdef qflow
# zsh completion for qflow; made by: qflow completion zsh

# Candidates that only a store knows: KIND.
_qflow_ask() {
  local -a found
  local line
  for line in "${(@f)$("$_qflow_program" complete -- $1 "$PREFIX" "${_qflow_words[@]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  _describe -t "qflow-$1" "$1" found "${@:2}"
}

_qflow_flow_or_file() {
  _alternative 'flows:flow: _qflow_ask recorded-flow' 'files:file:_files'
}

_qflow_run_or_file() {
  _alternative 'runs:run: _qflow_ask run' 'files:file:_files'
}

_qflow() {
  local context state state_descr line ret=1
  typeset -A opt_args
  local _qflow_program=${words[1]/#\~/$HOME}
  local -a _qflow_words=("${(@)words[2,-1]}")
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
      return "_qflow_flow_or_file";
    case Completes::kRunOrFile:
      return "_qflow_run_or_file";
    case Completes::kParameter:
      return " _qflow_ask parameter -S \"\"";
    case Completes::kFlow:
    case Completes::kRun:
    case Completes::kTag:
    case Completes::kDeployedFlow:
    case Completes::kDeployedTrigger:
    case Completes::kSensor:
    case Completes::kTriggerId:
    case Completes::kSource:
    case Completes::kEvent:
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

std::string option_specs(std::span<const OptionSpec> options, std::string_view margin) {
  std::string text;
  for (const OptionSpec& option : options) {
    const bool repeats = option.repeats == OptionSpec::Repeats::kYes;
    const std::string both = option.short_name == 0 ? "" : fmt::format("(-{0} --{1})", option.short_name, option.name);
    const std::string before = repeats ? "*" : both;
    const std::string value =
        option.value.empty() ? ""
                             : fmt::format(":{}:{}", escaped(option.value), action(option.completes, option.choices));
    const std::string_view equals = option.value.empty() ? "" : "=";
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
    const bool endless = spec.count == PositionalSpec::Count::kMany || spec.count == PositionalSpec::Count::kAny;
    const std::string number = endless ? "*" : std::to_string(place++);
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
