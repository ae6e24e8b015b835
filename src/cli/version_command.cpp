#include "cli/command_table.h"
#include "cli/terminal.h"

namespace qflow {

namespace {

constexpr OptionSpec kOptions[] = {{.name = "json", .help = "as one JSON object"}};

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  if (arguments.flag("json")) {
    print_json(context.out, {{"version", QFLOW_VERSION}});
  } else {
    context.out.write("qflow " QFLOW_VERSION "\n");
  }
  return ExitStatus::kOk;
}

}  // namespace

const Command kVersionCommand = {
    .name = "version",
    .group = CommandGroup::kAbout,
    .summary = "the version of qflow",
    .json = "one object: {version}",
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
