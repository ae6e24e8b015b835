#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/flow_argument.h"
#include "cli/namespace_options.h"
#include "cli/store_access.h"
#include "cli/terminal.h"
#include "qflow/error/printable.h"
#include "qflow/os/environment.h"
#include "qflow/service/deployment.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "FILE", .help = "flow files", .count = PositionalSpec::Count::kMany, .completes = Completes::kFile}};

constexpr OptionSpec kOwnOptions[] = {
    {.name = "dry-run", .help = "say what would change, and change nothing"},
    {.name = "json", .help = "one JSON object per flow"},
};

constexpr auto kOptions = with_namespace_options(kOwnOptions);

Json json_of(const DeployReport& report) {
  return {{"flow", report.flow.text()}, {"namespace", text_or_null(report.name_space)},
          {"version", report.version},  {"unchanged", report.unchanged},
          {"changes", report.changes},  {"triggers", report.sentences},
          {"notes", report.notes}};
}

void print_report(Context& context, const DeployReport& report, bool dry_run) {
  const Painter painter = painter_for(context, context.out);
  const std::string where = report.name_space.empty() ? "" : " in " + report.name_space;
  const std::string name = painter.paint(Color::kBold, report.flow.text());
  if (report.unchanged) {
    context.out.write(
        fmt::format("{} is deployed{} as version {}; nothing has changed\n", name, where, report.version));
  } else {
    context.out.write(
        fmt::format("{}{}: {}deployed as version {}\n", name, where, dry_run ? "would be " : "", report.version));
  }
  for (const std::string& change : report.changes) context.out.write(fmt::format("  {}\n", change));
  if (report.sentences.empty()) {
    context.out.write("Nothing will trigger execution of the flow: it has no triggers.\n");
  } else {
    context.out.write("What will trigger execution of the flow:\n");
  }
  for (const std::string& sentence : report.sentences) context.out.write(fmt::format("  {}\n", printable(sentence)));
}

void print_environment(Context& context) {
  std::string text;
  for (const char* name : {"PATH", "LANG", "LC_ALL"}) {
    if (const auto value = find_variable(context.environment, name)) text += fmt::format("{}={} ", name, *value);
  }
  print_note(context, fmt::format("its runs get {}umask {:04o}", text, process_umask()));
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const NamespaceOverride changes, read_namespace(arguments));
  QFLOW_ASSIGN(const std::vector<LoadedFlow> flows, load_checked_flows(context, arguments.positionals(), changes));
  const bool dry_run = arguments.flag("dry-run");
  const Doors doors = doors_of(context);
  QFLOW_ASSIGN(const std::vector<DeployReport> reports,
               deploy_flows(flows, dry_run ? DeployMode::kDryRun : DeployMode::kLive, doors));
  for (const DeployReport& report : reports) {
    if (arguments.flag("json")) {
      print_json_line(context.out, json_of(report));
    } else {
      print_report(context, report, dry_run);
      for (const std::string& note : report.notes) print_note(context, note);
    }
  }
  if (!arguments.flag("json") && !dry_run) print_environment(context);
  return ExitStatus::kOk;
}

}  // namespace

const Command kDeployCommand = {
    .name = "deploy",
    .group = CommandGroup::kTriggers,
    .summary = "make the triggers of flows live",
    .description =
        "The definition is kept as it is now: editing the file changes nothing until the next deploy. PATH, LANG, "
        "LC_ALL and umask of this shell are kept for its runs, which may be started by cron. The store is made in the "
        "working directory if there is none.\n\n"
        "A redeploy keeps the events that wait for a trigger, unless its type, its sources, correlate or join have "
        "changed; then they expire. Runs that are queued keep the version that was decided. All files are deployed, or "
        "none.",
    .json = "one object per flow: {flow, namespace, version, unchanged, changes, triggers, notes}",
    .examples = "  $ qflow deploy flows/*.toml\n  $ qflow deploy flow.toml --branch bar --production --dry-run\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
