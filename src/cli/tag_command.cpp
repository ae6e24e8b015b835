#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/run_argument.h"
#include "cli/run_texts.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/model/tag.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "RUN", .help = "Flow/34, Flow/latest or Flow latest", .completes = Completes::kRun},
    {.name = "TAG", .help = "tags to add", .count = PositionalSpec::Count::kMany, .completes = Completes::kLatestOrTag},
};

constexpr OptionSpec kOptions[] = {{.name = "json", .help = "as one JSON object"}};

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.positionals();
  const auto tags_start = words.begin() + static_cast<std::ptrdiff_t>(count_run_words(words));
  const std::vector<std::string> tags(tags_start, words.end());
  if (tags.empty()) return fail(ErrorKind::kUsage, "qflow tag needs TAG", "see qflow help tag");
  for (const std::string& tag : tags) QFLOW_TRY(check_tag(tag));
  QFLOW_ASSIGN(const RunReference reference, parse_whole_run({words.begin(), tags_start}, "qflow tag"));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(const Run before, find_named_run(context, *store, reference, LatestMeans::kNewest));
  QFLOW_TRY(store->ledger().write(Durability::kPower,
                                  [&](LedgerWriter& writer) { return writer.add_tags(before.id, tags); }));
  QFLOW_ASSIGN(const Run after, store->ledger().run_without_sources(before.id));
  if (arguments.flag("json")) {
    print_json(context.out, {{"run", after.id.text()}, {"tags", after.tags}});
  } else {
    context.out.write(fmt::format("{}: {}\n", after.id.text(), joined(after.tags)));
  }
  return ExitStatus::kOk;
}

}  // namespace

const Command kTagCommand = {
    .name = "tag",
    .group = CommandGroup::kLooking,
    .summary = "add tags to a run",
    .description = "Prints all tags that the run has now.",
    .json = "one object: {run, tags}",
    .examples = "  $ qflow tag TrainingFlow latest candidate\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
