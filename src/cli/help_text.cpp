#include "cli/help_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/help_topics.h"
#include "cli/terminal.h"

namespace qflow {

namespace {

constexpr int kTermColumn = 24;

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// Words side by side, as many as fit; lines after the first are indented by `hanging` more.
std::string wrap_words(const std::vector<std::string>& words, int width, int indent, int hanging) {
  std::string result;
  std::string line;
  for (const std::string& word : words) {
    const int margin = indent + (result.empty() ? 0 : hanging);
    if (!line.empty() && margin + display_width(line) + 1 + display_width(word) > width) {
      result += fmt::format("{:{}}{}\n", "", margin, line);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (line.empty()) return result;
  return result + fmt::format("{:{}}{}\n", "", indent + (result.empty() ? 0 : hanging), line);
}

std::string positional_term(const PositionalSpec& spec) {
  switch (spec.count) {
    case PositionalSpec::Count::kOne:
      return std::string(spec.name);
    case PositionalSpec::Count::kOptional:
      return fmt::format("[{}]", spec.name);
    case PositionalSpec::Count::kMany:
      return fmt::format("{}...", spec.name);
    case PositionalSpec::Count::kAny:
      return fmt::format("[{}]...", spec.name);
  }
  return {};
}

std::string option_usage(const OptionSpec& option) {
  const std::string name =
      option.short_name != 0 ? fmt::format("-{}", option.short_name) : fmt::format("--{}", option.name);
  const std::string text = name + value_suffix(option);
  return fmt::format("[{}]{}", text, option.repeats == OptionSpec::Repeats::kYes ? "..." : "");
}

std::string option_list(std::span<const OptionSpec> options, int width) {
  std::vector<std::pair<std::string, std::string>> terms;
  for (const OptionSpec& option : options) {
    terms.emplace_back(option_term(option, Alignment::kYes), option_text(option));
  }
  return term_list(terms, width);
}

std::string positional_list(std::span<const PositionalSpec> positionals, int width) {
  std::vector<std::pair<std::string, std::string>> terms;
  for (const PositionalSpec& spec : positionals) terms.emplace_back(spec.name, spec.help);
  return term_list(terms, width);
}

std::string command_list(CommandGroup group, int width) {
  std::vector<std::pair<std::string, std::string>> terms;
  for (const Command* command : commands()) {
    if (command->group == group) terms.emplace_back(command->name, command->summary);
  }
  return term_list(terms, width);
}

std::string topic_list(int width) {
  std::vector<std::pair<std::string, std::string>> terms;
  for (const HelpTopic& topic : help_topics()) terms.emplace_back(topic.name, topic.summary);
  return term_list(terms, width);
}

}  // namespace

std::string wrap_text(std::string_view text, int width, int indent) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) {
      result += "\n";
    } else if (line.front() == ' ') {
      result += fmt::format("{:{}}{}\n", "", indent, line);
    } else {
      result += wrap_words(split_words(line), width, indent, 0);
    }
  }
  return result;
}

std::string term_list(const std::vector<std::pair<std::string, std::string>>& terms, int width) {
  int column = 0;
  for (const auto& [term, text] : terms) column = std::max(column, display_width(term) + 4);
  column = std::min(column, kTermColumn);
  std::string result;
  for (const auto& [term, text] : terms) {
    const int end = 2 + display_width(term);
    std::string lines = wrap_text(text, width, column);
    if (end + 2 > column || lines.empty()) {
      result += fmt::format("  {}\n{}", term, lines);
    } else {
      result += fmt::format("  {}{}", term, lines.substr(static_cast<std::size_t>(end)));
    }
  }
  return result;
}

std::vector<std::string> usage_words(const Command& command) {
  std::vector<std::string> words{std::string(command.name)};
  for (const PositionalSpec& spec : command.positionals) words.push_back(positional_term(spec));
  for (const OptionSpec& option : command.options) words.push_back(option_usage(option));
  return words;
}

std::string option_term(const OptionSpec& option, Alignment alignment) {
  const std::string name = fmt::format("--{}{}", option.name, value_suffix(option));
  if (option.short_name != 0) return fmt::format("-{}, {}", option.short_name, name);
  return alignment == Alignment::kYes ? "    " + name : name;
}

std::string option_text(const OptionSpec& option) {
  return fmt::format("{}{}", option.help, option.repeats == OptionSpec::Repeats::kYes ? " (repeatable)" : "");
}

std::string command_help(const Command& command, int width) {
  std::string text = wrap_text(fmt::format("qflow {}: {}", command.name, command.summary), width, 0) + "\n";
  std::vector<std::string> usage = usage_words(command);
  usage.front() = fmt::format("qflow {}", command.name);
  text += fmt::format("Usage:\n{}", wrap_words(usage, width, 2, 6));
  if (!command.description.empty()) text += fmt::format("\n{}", wrap_text(command.description, width, 0));
  if (!command.positionals.empty())
    text += fmt::format("\nArguments:\n{}", positional_list(command.positionals, width));
  if (!command.options.empty()) text += fmt::format("\nOptions:\n{}", option_list(command.options, width));
  text += fmt::format("\nGlobal options:\n{}", option_list(global_options(), width));
  if (!command.json.empty()) text += fmt::format("\nWith --json:\n{}", wrap_text(command.json, width, 2));
  if (!command.examples.empty()) text += fmt::format("\nExamples:\n{}", wrap_text(command.examples, width, 0));
  return text;
}

std::string overview(int width) {
  std::string text = "qflow " QFLOW_VERSION
                     ": runs flows described in TOML, and starts them when something happens\n\n"
                     "Usage:\n  qflow [--store DIR] [--color WHEN] [-q|-v] COMMAND ...\n";
  for (const CommandGroup group : visible_groups()) {
    text += fmt::format("\n{}:\n{}", heading(group), command_list(group, width));
  }
  text += fmt::format("\nTopics:\n{}", topic_list(width));
  return text + "\nqflow help COMMAND and qflow help TOPIC say more.\n";
}

}  // namespace qflow
