#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/deployed_argument.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/service/deployment.h"
#include "qflow/service/deployment_reference.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "FLOW", .help = "a deployed flow", .completes = Completes::kDeployedFlow}};

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  QFLOW_ASSIGN(const Deployment deployment, find_deployment(*store, arguments.positionals().front()));
  const Doors doors = doors_of(context);
  QFLOW_ASSIGN(const std::vector<std::string> notes, undeploy_flow(*store, deployment.key, doors));
  context.out.write(fmt::format("{} is not deployed any more\n", full_name(deployment)));
  for (const std::string& note : notes) print_note(context, note);
  return ExitStatus::kOk;
}

}  // namespace

const Command kUndeployCommand = {
    .name = "undeploy",
    .group = CommandGroup::kTriggers,
    .summary = "let nothing start a flow any more",
    .description =
        "What waits for its triggers expires, its queued runs are cancelled, running ones go on. Runs, events and "
        "their outcomes stay.",
    .examples = "  $ qflow undeploy PredictionFlow\n",
    .positionals = kPositionals,
    .run = run,
};

}  // namespace qflow
