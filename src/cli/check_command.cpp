#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/flow_argument.h"
#include "cli/terminal.h"
#include "qflow/error/wording.h"
#include "qflow/service/flow_loading.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {{.name = "FILE",
                                            .help = "flow files; several are also checked together",
                                            .count = PositionalSpec::Count::kMany,
                                            .completes = Completes::kFile}};
constexpr OptionSpec kOptions[] = {{.name = "json", .help = "one JSON object per problem"}};

struct Checked {
  std::vector<LoadedFlow> flows;
  std::vector<Error> unreadable;
};

Checked load(Context& context, const std::vector<std::string>& names) {
  Checked checked;
  for (Result<LoadedFlow>& flow : load_flow_files(context.files, context.trigger_types, context.folder, names)) {
    if (flow) {
      checked.flows.push_back(std::move(*flow));
    } else {
      checked.unreadable.push_back(std::move(flow).error());
    }
  }
  check_together(checked.flows);
  warn_of_equal_names(checked.flows, context.environment);
  return checked;
}

struct Counts {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t files = 0;  // with a problem
};

Counts count(const std::vector<LoadedFlow>& flows) {
  Counts counts;
  for (const LoadedFlow& flow : flows) {
    const std::vector<Diagnostic> list = flow.diagnostics.list();
    counts.files += list.empty() ? 0 : 1;
    for (const Diagnostic& problem : list) ++(problem.severity == Severity::kError ? counts.errors : counts.warnings);
  }
  return counts;
}

std::string summary(const Counts& counts) {
  std::string text;
  if (counts.errors > 0) text = counted(counts.errors, "error");
  if (counts.warnings > 0) text += fmt::format("{}{}", text.empty() ? "" : ", ", counted(counts.warnings, "warning"));
  return fmt::format("{} in {}\n", text, counted(counts.files, "file"));
}

void print_json_problems(Context& context, const LoadedFlow& flow) {
  for (const Diagnostic& problem : flow.diagnostics.list()) {
    print_json_line(context.out, {{"file", flow.diagnostics.file()},
                                  {"line", problem.position.line},
                                  {"column", problem.position.column},
                                  {"severity", problem.severity == Severity::kError ? "error" : "warning"},
                                  {"message", problem.message},
                                  {"help", problem.help.empty() ? Json() : Json(problem.help)}});
  }
}

void print_result(Context& context, const std::vector<LoadedFlow>& flows) {
  for (const LoadedFlow& flow : flows) print_diagnostics(context, flow.diagnostics);
  for (const LoadedFlow& flow : flows) {
    if (flow.diagnostics.list().empty()) context.out.write(fmt::format("ok: {}\n", flow.diagnostics.file()));
  }
  const Counts counts = count(flows);
  if (counts.files > 0) context.err.write(summary(counts));
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const Checked checked = load(context, arguments.positionals());
  if (arguments.flag("json")) {
    for (const LoadedFlow& flow : checked.flows) print_json_problems(context, flow);
  } else {
    print_result(context, checked.flows);
  }
  for (const Error& error : checked.unreadable) print_error(context, error);
  if (count(checked.flows).errors > 0) return ExitStatus::kUsage;
  if (!checked.unreadable.empty()) return exit_status_of(checked.unreadable.front().kind);
  return ExitStatus::kOk;
}

}  // namespace

const Command kCheckCommand = {
    .name = "check",
    .group = CommandGroup::kWriting,
    .summary = "every problem in flow files, with positions; nothing is run",
    .description =
        "Problems are printed on standard error as FILE:LINE:COLUMN: error: what; what to do instead. The "
        "status is 2 when there is an error, 3 when a file does not exist; warnings alone give 0.",
    .json =
        "one object per problem: {file, line, column, severity, message, help}; severity is error or warning, help "
        "may be null",
    .examples = "  $ qflow check flow.toml\n  $ qflow check flows/*.toml\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
