#include <fmt/format.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/help_text.h"
#include "cli/option_parser.h"
#include "cli/shifted_context.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {

namespace {

constexpr int kWidestHelp = 100;

// Stands in where the user named no command.
constexpr Command kNoCommand;

int help_width(const Context& context) {
  return std::clamp(context.out.width(), 40, kWidestHelp);
}

Error unknown_command(const std::string& word) {
  std::string advice;
  const std::string nearest = nearest_name(word, visible_command_names());
  if (!nearest.empty()) advice = fmt::format("did you mean '{}'?", nearest);
  if (advice.empty()) advice = "qflow help lists them";
  return {ErrorKind::kUsage, fmt::format("unknown command {}", quoted(word)), advice};
}

Status apply_global_options(Context& context, const Arguments& arguments) {
  if (arguments.flag("quiet") && arguments.flag("verbose")) {
    return fail(ErrorKind::kUsage, "--quiet and --verbose exclude each other");
  }
  GlobalOptions& options = context.options;
  if (const auto store = arguments.value("store")) options.store = store;
  if (const auto color = arguments.value("color")) {
    options.color = *color == "always" ? ColorMode::kAlways : *color == "never" ? ColorMode::kNever : ColorMode::kAuto;
  }
  if (arguments.flag("verbose")) options.verbosity = Verbosity::kVerbose;
  if (arguments.flag("quiet")) options.verbosity = Verbosity::kQuiet;
  return {};
}

Result<ExitStatus> run_command(Context& context, const Command& command, const std::vector<std::string>& words) {
  QFLOW_ASSIGN(const Arguments arguments, parse_options(command, words));
  QFLOW_TRY(apply_global_options(context, arguments));
  if (arguments.flag("help")) {
    context.out.write(command_help(command, help_width(context)));
    return ExitStatus::kOk;
  }
  if (arguments.flag("version")) return kVersionCommand.run(context, Arguments(kVersionCommand));
  QFLOW_TRY(check_positionals(command, arguments));
  if (context.folder.empty()) {
    return fail(ErrorKind::kNotFound, "the working directory no longer exists", "change to one that does");
  }
  return command.run(context, arguments);
}

// `qflow`, `qflow --help`, `qflow --version`: as `qflow help` and `qflow version`, but that no command at all is an
// error.
Result<ExitStatus> run_without_command(Context& context, const std::vector<std::string>& words) {
  QFLOW_ASSIGN(const Arguments arguments, parse_options(kNoCommand, words));
  QFLOW_TRY(apply_global_options(context, arguments));
  if (arguments.flag("version")) return kVersionCommand.run(context, Arguments(kVersionCommand));
  if (arguments.flag("help")) return kHelpCommand.run(context, Arguments(kHelpCommand));
  context.err.write(overview(help_width(context)));
  return ExitStatus::kUsage;
}

Result<ExitStatus> run_words(Context& context, const std::vector<std::string>& words) {
  const std::size_t place = find_command_word(words);
  if (place == words.size()) return run_without_command(context, words);
  const Command* command = find_command(words[place]);
  if (command == nullptr) return tl::make_unexpected(unknown_command(words[place]));
  std::vector<std::string> rest(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(place));
  rest.insert(rest.end(), words.begin() + static_cast<std::ptrdiff_t>(place) + 1, words.end());
  return run_command(context, *command, rest);
}

// A process that `qflow tick --at` has led to is in the same time as that tick.
Result<ExitStatus> run_at_inherited_time(Context& context, const std::vector<std::string>& words) {
  QFLOW_ASSIGN(const std::optional<Duration> shift, inherited_shift(context.environment));
  if (!shift) return run_words(context, words);
  ShiftedContext shifted(context, *shift, context.environment);
  const Result<ExitStatus> status = run_words(shifted.context(), words);
  context.options = shifted.context().options;
  return status;
}

}  // namespace

ExitStatus run_command_line(Context& context, const std::vector<std::string>& arguments) {
  const GlobalOptions before = context.options;
  const Result<ExitStatus> status = run_at_inherited_time(context, arguments);
  if (!status && !status.error().message.empty()) print_error(context, status.error());
  context.options = before;
  return status ? *status : exit_status_of(status.error().kind);
}

}  // namespace qflow
