#include "cli/command_table.h"
#include "cli/run_foreground.h"
#include "cli/store_access.h"
#include "qflow/os/inherited_file.h"
#include "qflow/service/run_reference.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "RUN", .help = "a run that waits"}};

constexpr OptionSpec kOptions[] = {
    kJobsOption,
    kFailFastOption,
    kResultAsJsonOption,
    {.name = "lock-on-stdin", .help = "standard input is the run's lock, which whoever started this holds"},
};

// The lock that was handed over, if it is one.
Result<FileHandle> inherited_lock(const Arguments& arguments, Store& store, const RunId& run) {
  if (!arguments.flag("lock-on-stdin")) return FileHandle();
  QFLOW_ASSIGN(const bool is_locked, store.run_is_locked(run));
  if (is_locked) return take_standard_input();
  return fail(ErrorKind::kUsage, "standard input is not the lock of " + run.text());
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const RunReference reference, parse_run_words(arguments.positionals()));
  QFLOW_ASSIGN(const ExecutionOptions options, read_execution_options(arguments));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(const Run waiting, find_run(*store, reference, LatestMeans::kNewest));
  QFLOW_ASSIGN(FileHandle lock, inherited_lock(arguments, *store, waiting.id));
  const auto execute = [&](const Doors& doors, StopSignals& signals, RunObserver& observer) {
    return execute_queued_run(*store, waiting.id, std::move(lock), options, doors, &signals, observer);
  };
  return run_in_foreground(context, output_form(arguments), execute);
}

}  // namespace

const Command kExecuteCommand = {
    .name = "execute",
    .summary = "execute a run that waits; how other commands start a process for it",
    .json = "one object: {run, status, reason}",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
