#include "cli/option_parser.h"

#include <fmt/format.h>

// The only file that includes CLI11. It finds out which word is an option, a value or neither; texts and exit statuses
// are ours.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/command_table.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {

namespace {

std::vector<OptionSpec> all_options(const Command& command) {
  std::vector<OptionSpec> options(command.options.begin(), command.options.end());
  options.insert(options.end(), global_options().begin(), global_options().end());
  return options;
}

// "-q,--quiet", as CLI11 takes it.
std::string declaration(const OptionSpec& option) {
  const std::string name = fmt::format("--{}", option.name);
  return option.short_name == 0 ? name : fmt::format("-{},{}", option.short_name, name);
}

const OptionSpec* find_long(const std::vector<OptionSpec>& options, std::string_view word) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const OptionSpec& option) { return word == fmt::format("--{}", option.name); });
  return found == options.end() ? nullptr : &*found;
}

// The option whose value is the next word: "--name", or a short one that ends the word.
const OptionSpec* option_before_value(const std::vector<OptionSpec>& options, std::string_view word) {
  if (const OptionSpec* option = find_long(options, word)) return option;
  if (word.size() < 2 || word[0] != '-' || word[1] == '-') return nullptr;
  for (std::size_t i = 1; i < word.size(); ++i) {
    const auto found = std::find_if(options.begin(), options.end(),
                                    [&](const OptionSpec& option) { return option.short_name == word[i]; });
    if (found == options.end()) return nullptr;
    if (!found->value.empty()) return i + 1 == word.size() ? &*found : nullptr;
  }
  return nullptr;
}

// Of "--name=VALUE".
Status check_given_value(const OptionSpec& option, std::string_view value) {
  if (option.value.empty()) return fail(ErrorKind::kUsage, fmt::format("option --{} takes no value", option.name));
  if (!value.empty() || !has_optional_value(option)) return {};
  const std::string_view name = option.value.substr(2, option.value.size() - 3);  // of "[=NAME]"
  return fail(ErrorKind::kUsage, fmt::format("option --{}= has no value", option.name),
              fmt::format("write --{0}={1}, or --{0} alone", option.name, name));
}

// As CLI11 reads them: in reverse, each option with exactly one word as its value. "--name=" and an optional value that
// is not given become empty ones, since CLI11 takes an empty value for none; two words become one.
Result<std::vector<std::string>> reversed(const std::vector<OptionSpec>& options,
                                          const std::vector<std::string>& words) {
  std::vector<std::string> list;
  std::size_t i = 0;
  for (; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    const std::size_t equals = std::min(word.find('='), word.size());
    const OptionSpec* assigned = equals < word.size() ? find_long(options, word.substr(0, equals)) : nullptr;
    if (assigned != nullptr) QFLOW_TRY(check_given_value(*assigned, std::string_view(word).substr(equals + 1)));
    const bool empty_value = assigned != nullptr && equals + 1 == word.size();
    list.push_back(empty_value ? word.substr(0, equals) : word);
    if (empty_value) list.emplace_back();
    const OptionSpec* option = assigned == nullptr ? option_before_value(options, word) : nullptr;
    if (option == nullptr || option->value.empty()) continue;
    if (has_optional_value(*option)) {
      list.emplace_back();
    } else if (option->value.find(' ') != std::string_view::npos && i + 2 < words.size()) {
      list.push_back(words[i + 1] + " " + words[i + 2]);
      i += 2;
    } else if (i + 1 < words.size()) {
      list.push_back(words[++i]);
    }
  }
  list.insert(list.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  std::reverse(list.begin(), list.end());
  return list;
}

// "qflow run"; "qflow" where there is no command.
std::string called(const Command& command) {
  return command.name.empty() ? "qflow" : fmt::format("qflow {}", command.name);
}

std::string see_help(const Command& command) {
  return command.name.empty() ? "see qflow help" : fmt::format("see qflow help {}", command.name);
}

Error unknown_option(const Command& command, const std::vector<OptionSpec>& options, const std::string& word) {
  const std::string given = word.substr(0, word.find('='));
  std::vector<std::string> names;
  for (const OptionSpec& option : options) names.push_back(fmt::format("--{}", option.name));
  std::string advice = given.size() > 2 ? did_you_mean(given, names) : std::string();
  if (advice.empty()) advice = see_help(command);
  return {ErrorKind::kUsage, fmt::format("unknown option {} of {}", quoted(given), called(command)), advice};
}

// Why CLI11 refused the words: only an option whose value is missing is left as a reason.
Error refused(const Command& command, const std::vector<OptionSpec>& options, const std::vector<std::string>& words) {
  const std::string last = words.empty() ? std::string() : words.back();
  for (const OptionSpec& option : options) {
    const bool meant = last == fmt::format("--{}", option.name) || (option.short_name != 0 && last.size() > 1 &&
                                                                    last[1] != '-' && last.back() == option.short_name);
    if (!meant) continue;
    return {ErrorKind::kUsage, fmt::format("option --{} needs a value", option.name),
            fmt::format("write --{} {}", option.name, option.value)};
  }
  return {ErrorKind::kUsage, fmt::format("can't understand the options of {}", called(command)), see_help(command)};
}

Status check_choice(const OptionSpec& option, const std::string& value) {
  if (option.choices.empty()) return {};
  const std::vector<std::string_view> known = split_choices(option.choices);
  if (std::find(known.begin(), known.end(), value) != known.end()) return {};
  const std::vector<std::string> names(known.begin(), known.end());
  return fail(ErrorKind::kUsage, fmt::format("option --{}: unknown value {}", option.name, quoted(value)),
              did_you_mean_or_list(value, names));
}

struct Declared {
  const OptionSpec* option;
  CLI::Option* parsed;  // the app's
};

Status take_options(const std::vector<Declared>& declared, Arguments& arguments) {
  for (const auto& [option, parsed] : declared) {
    for (const std::string& value : parsed->results()) {
      QFLOW_TRY(check_choice(*option, value));
      arguments.add_option(option->name, option->value.empty() ? std::string() : value);
    }
  }
  return {};
}

bool may_be_positional(const std::string& word) {
  return word.size() < 2 || word[0] != '-' || (word[1] >= '0' && word[1] <= '9') || word[1] == '.';
}

Status take_positionals(const CLI::App& app, const Command& command, const std::vector<OptionSpec>& options,
                        Arguments& arguments) {
  bool options_ended = false;
  for (const std::string& word : app.remaining()) {
    if (!options_ended && word == "--") {
      options_ended = true;
    } else if (options_ended || may_be_positional(word)) {
      arguments.add_positional(word);
    } else {
      return tl::make_unexpected(unknown_option(command, options, word));
    }
  }
  return {};
}

// True also for words that turn out to be values.
bool may_be_among(const std::vector<std::string>& words, const OptionSpec& option) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    if (word.size() < 2 || word[0] != '-') return false;
    return word[1] == '-' ? word.compare(2, option.name.size(), option.name) == 0 : option.short_name != 0;
  });
}

CLI::Option* declare(CLI::App& app, const OptionSpec& option) {
  if (option.value.empty()) return app.add_flag(declaration(option))->disable_flag_override();
  return app.add_option(declaration(option))->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace

Result<Arguments> parse_options(const Command& command, const std::vector<std::string>& words) {
  const std::vector<OptionSpec> options = all_options(command);
  Arguments arguments(command);
  try {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    // CLI11 takes longer to hear of an option than to find it.
    std::vector<Declared> declared;
    for (const OptionSpec& option : options) {
      if (may_be_among(words, option)) declared.push_back({&option, declare(app, option)});
    }
    QFLOW_ASSIGN(std::vector<std::string> list, reversed(options, words));
    app.parse(std::move(list));
    QFLOW_TRY(take_options(declared, arguments));
    QFLOW_TRY(take_positionals(app, command, options, arguments));
  } catch (const CLI::Error&) {
    return tl::make_unexpected(refused(command, options, words));
  }
  return arguments;
}

std::size_t find_command_word(const std::vector<std::string>& words) {
  std::size_t i = 0;
  while (i < words.size() && words[i].size() > 1 && words[i].front() == '-') {
    const bool has_value = std::any_of(global_options().begin(), global_options().end(), [&](const OptionSpec& option) {
      return !option.value.empty() && words[i] == fmt::format("--{}", option.name);
    });
    i += has_value ? 2 : 1;
  }
  return std::min(i, words.size());
}

Status check_positionals(const Command& command, const Arguments& arguments) {
  const std::vector<std::string>& given = arguments.positionals();
  std::size_t least = 0;
  bool endless = false;
  for (const PositionalSpec& spec : command.positionals) {
    const bool needed = spec.count == PositionalSpec::Count::kOne || spec.count == PositionalSpec::Count::kMany;
    if (needed && ++least > given.size()) {
      return fail(ErrorKind::kUsage, fmt::format("{} needs {}", called(command), spec.name), see_help(command));
    }
    endless |= spec.count == PositionalSpec::Count::kMany || spec.count == PositionalSpec::Count::kAny;
  }
  if (!endless && given.size() > command.positionals.size()) {
    const std::string advice = command.excess_advice == nullptr ? "" : command.excess_advice(arguments);
    return fail(ErrorKind::kUsage,
                fmt::format("{} does not take {}", called(command), quoted(given[command.positionals.size()])),
                advice.empty() ? see_help(command) : advice);
  }
  return {};
}

}  // namespace qflow
