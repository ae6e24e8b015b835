#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/run_report.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/error/wording.h"
#include "qflow/service/garbage_collection.h"

namespace qflow {

namespace {

constexpr OptionSpec kOptions[] = {
    {.name = "dry-run", .help = "say what would be removed; remove nothing"},
    {.name = "json", .help = "as one JSON object"},
};

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const bool dry = arguments.flag("dry-run");
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(const Garbage garbage,
               collect_garbage(*store, doors_of(context), dry ? GarbageMode::kCount : GarbageMode::kRemove));
  if (arguments.flag("json")) {
    print_json(context.out, {{"dry_run", dry},
                             {"runs", garbage.runs},
                             {"folders", garbage.folders},
                             {"objects", garbage.objects},
                             {"events", garbage.events},
                             {"keys", garbage.keys},
                             {"bytes", garbage.bytes}});
  } else {
    const auto count = [](std::int64_t number, std::string_view noun) {
      return counted(static_cast<std::size_t>(number), noun);
    };
    context.out.write(
        fmt::format("{}: the results of {}, {}, {}, outcomes of {}, {} ({})\n", dry ? "would remove" : "removed",
                    count(garbage.runs, "run"), count(garbage.folders, "folder"), count(garbage.objects, "object"),
                    count(garbage.events, "event"), count(garbage.keys, "idempotency key"), size_text(garbage.bytes)));
  }
  for (const Error& error : garbage.left) print_error(context, error);
  return garbage.left.empty() ? ExitStatus::kOk : ExitStatus::kStore;
}

}  // namespace

const Command kGcCommand = {
    .name = "gc",
    .group = CommandGroup::kUpkeep,
    .summary = "remove what the store need not keep",
    .description =
        "The results and logs of runs that ended longer ago than `keep` of their flow says, as it is deployed now, else "
        "as its newest run has it (without it: never); of every ended run the folders that only its steps needed (in, "
        "out, artifacts), with what failed attempts left; and objects that no run's results name, if they are older "
        "than an hour. The results of a run stay while a run that it triggered has not ended, or its end waits in a "
        "trigger.\n\n"
        "Of events that were recorded longer ago than `keep_events` of config.toml says (without it: 90 days) the "
        "outcomes become daily counts, which qflow explain shows, and payloads and idempotency keys go (keys after 7 "
        "days at the earliest). An event that waits stays as it is; one that triggered a run keeps payload and key.\n\n"
        "Runs themselves, their triggers and events stay for ever. May run at any time, beside running flows. What "
        "can't be removed, such as files of other users, is told; all else goes, and the exit status is 7.",
    .json = "one object: {dry_run, runs, folders, objects, events, keys, bytes}",
    .examples = "  $ qflow gc --dry-run\n",
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
