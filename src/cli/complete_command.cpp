#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/command_table.h"
#include "cli/completion_candidates.h"
#include "cli/completion_scripts.h"
#include "cli/shell_word_reader.h"
#include "qflow/error/printable.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "KIND", .help = "what stands there: flow, run, parameter, ..."},
    {.name = "PREFIX",
     .help = "what stands there already, as it is written",
     .count = PositionalSpec::Count::kOptional},
    {.name = "WORD", .help = "the other words of the line, as they are written", .count = PositionalSpec::Count::kAny},
};

// The line that is being completed may name another store.
void take_store_option(Context& context, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with("--store=")) context.options.store = words[i].substr(8);
    if (words[i] == "--store" && i + 1 < words.size()) context.options.store = words[i + 1];
  }
}

// "--color=always" is three words of a line in bash.
std::vector<std::string> joined_at_equals(std::vector<std::string> words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] != "=") continue;
    const std::size_t end = std::min(i + 2, words.size());
    for (std::size_t part = i; part < end; ++part) words[i - 1] += words[part];
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i), words.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return words;
}

std::vector<std::string> read_words(std::vector<std::string> written, const Environment& environment) {
  std::vector<std::string> words = joined_at_equals(std::move(written));
  for (std::string& word : words) word = read_shell_word(word, environment);
  return words;
}

// A shell that completes shows no errors: whatever goes wrong, there are no candidates.
Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::vector<std::string>& given = arguments.positionals();
  const std::string prefix = given.size() > 1 ? read_shell_word(given[1], context.environment) : "";
  const auto others = given.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(given.size(), 2));
  const std::vector<std::string> words = read_words({others, given.end()}, context.environment);
  context.options.verbosity = Verbosity::kQuiet;
  take_store_option(context, words);
  const std::optional<Completes> asked = parse_asked_kind(given.front());
  if (!asked) return ExitStatus::kOk;
  const Result<Candidates> candidates = find_candidates(context, *asked, words);
  if (!candidates) return ExitStatus::kOk;
  for (const Candidate& candidate : *candidates) {
    if (!candidate.text.starts_with(prefix)) continue;
    context.out.write(fmt::format("{}\t{}\n", candidate.text, printable(candidate.help)));
  }
  return ExitStatus::kOk;
}

}  // namespace

const Command kCompleteCommand = {
    .name = "complete",
    .group = CommandGroup::kHidden,
    .summary = "candidates for the completion scripts",
    .positionals = kPositionals,
    .run = run,
};

}  // namespace qflow
