#include "cli/command_table.h"
#include "cli/run_view.h"
#include "cli/store_access.h"
#include "qflow/service/run_claim.h"

namespace qflow {

namespace {

constexpr OptionSpec kOptions[] = {{.name = "lent", .help = "take the first run whatever max_workers says"}};

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  RunView view(context, StepOutput::kToLogs);
  const WorkerPlace place = arguments.flag("lent") ? WorkerPlace::kLent : WorkerPlace::kFree;
  QFLOW_TRY(execute_waiting_runs(*store, doors_of(context), place, view));
  return ExitStatus::kOk;
}

}  // namespace

const Command kWorkCommand = {
    .name = "work",
    .summary = "execute queued runs until none waits; what tick starts processes for",
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
