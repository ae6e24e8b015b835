#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/run_argument.h"
#include "cli/run_view.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/service/dispatch.h"
#include "qflow/service/run_cancellation.h"
#include "qflow/service/run_reference.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "RUN", .help = "Flow/34, Flow/latest or Flow latest", .completes = Completes::kRun},
    kLatestWord,
};

constexpr OptionSpec kOptions[] = {{.name = "json", .help = "as one JSON object"}};

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const RunReference reference, parse_whole_run(arguments.positionals(), "qflow cancel"));
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(const Run run, find_named_run(context, *store, reference, LatestMeans::kNewest));
  RunView view(context, StepOutput::kToErr);
  const Doors doors = doors_of(context);
  const Status cancelled = cancel_run(*store, run.id, doors, view);
  // Not where the run itself may still wait.
  if (cancelled || cancelled.error().kind == ErrorKind::kRefused) start_waiting_runs(*store, doors, view);
  QFLOW_TRY(cancelled);
  if (arguments.flag("json")) {
    print_json(context.out, {{"run", run.id.text()}, {"status", to_text(RunStatus::kCancelled)}});
  } else {
    context.out.write(fmt::format("{} cancelled\n", run.id.text()));
  }
  return ExitStatus::kOk;
}

}  // namespace

const Command kCancelCommand = {
    .name = "cancel",
    .group = CommandGroup::kRunning,
    .summary = "end a run that waits or is being executed",
    .description =
        "Its steps get SIGTERM, and SIGKILL 10 s later, as with Ctrl-C; a second qflow cancel ends them at once. "
        "Returns when the run has ended. A run that had ended before is refused with exit status 4; its "
        "hooks are ended if they are being called.",
    .json = "one object: {run, status}",
    .examples = "  $ qflow cancel TrainingFlow/34\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
