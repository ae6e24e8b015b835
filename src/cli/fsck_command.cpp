#include <fmt/format.h>

#include <algorithm>

#include "cli/command_table.h"
#include "cli/run_view.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/service/store_check.h"

namespace qflow {

namespace {

constexpr OptionSpec kOptions[] = {{.name = "json", .help = "one JSON object per problem and line"}};

void print_problem(Context& context, const StoreProblem& problem, OutputForm form) {
  if (form == OutputForm::kJson) {
    print_json(context.out, {{"problem", problem.what}, {"remedy", problem.remedy}, {"mended", problem.mended}});
    return;
  }
  const Painter painter = painter_for(context, context.out);
  const std::string mark =
      problem.mended ? painter.paint(Color::kYellow, "mended") : painter.paint(Color::kRed, "wrong");
  context.out.write(fmt::format("{}: {}; {}\n", mark, problem.what, problem.remedy));
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const OutputForm form = output_form(arguments);
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kWrite));
  RunView view(context, StepOutput::kToErr);
  const Doors doors = doors_of(context);
  QFLOW_ASSIGN(const std::vector<StoreProblem> problems, check_store(*store, doors, view));
  for (const StoreProblem& problem : problems) print_problem(context, problem, form);
  if (problems.empty() && form == OutputForm::kText) context.out.write("the store is whole\n");
  const bool all_mended = std::all_of(problems.begin(), problems.end(), [](const auto& each) { return each.mended; });
  return all_mended ? ExitStatus::kOk : ExitStatus::kFailed;
}

}  // namespace

const Command kFsckCommand = {
    .name = "fsck",
    .group = CommandGroup::kUpkeep,
    .summary = "check the whole store, and mend what can be mended",
    .description =
        "Checks the ledger, the runs that are said to be running, and size, content and permissions of every object "
        "that results name. What can be mended without loss is mended: small values are written again from the "
        "ledger, permissions are set, abandoned runs are recovered. Exit status 1 when something is wrong that could "
        "not be mended.",
    .json = "one object per problem and line: {problem, remedy, mended}",
    .examples = "  $ qflow fsck\n",
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
