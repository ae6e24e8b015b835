#include "cli/command_table.h"
#include "cli/run_view.h"
#include "cli/store_access.h"
#include "qflow/service/run_claim.h"

namespace qflow {

namespace {

Result<ExitStatus> run(Context& context, const Arguments&) {
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  RunView view(context, StepOutput::kToLogs);
  QFLOW_TRY(execute_waiting_runs(*store, doors_of(context), view));
  return ExitStatus::kOk;
}

}  // namespace

const Command kWorkCommand = {
    .name = "work",
    .summary = "execute queued runs until none waits; what tick starts processes for",
    .run = run,
};

}  // namespace qflow
