#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/flow_argument.h"
#include "cli/flow_drawing.h"
#include "cli/step_drawing.h"
#include "cli/terminal.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "FILE|FLOW",
     .help = "a flow file, or a flow of the store as it was at its newest run; several with --flows",
     .count = PositionalSpec::Count::kMany,
     .completes = Completes::kFlowOrFile}};

constexpr OptionSpec kOptions[] = {
    {.name = "format",
     .value = "FORMAT",
     .help = "text (default), mermaid or dot",
     .completes = Completes::kChoice,
     .choices = "text|mermaid|dot"},
    {.name = "flows", .help = "the flows and what starts them, instead of the steps of one"},
};

using DrawFlows = std::string (*)(const std::vector<LoadedFlow>& flows);

std::string draw_tree(const FlowDefinition& flow) {
  std::string text = flow.id.text() + "\n";
  return text + (flow.steps.empty() ? "(no steps)\n" : draw_steps(flow, {}));
}

std::string draw(const FlowDefinition& flow, const std::string& format) {
  if (format == "mermaid") return steps_as_mermaid(flow);
  return format == "dot" ? steps_as_dot(flow) : draw_tree(flow);
}

DrawFlows flows_drawing(const std::string& format) {
  if (format == "mermaid") return flows_as_mermaid;
  return format == "dot" ? flows_as_dot : draw_flows;
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  const std::string format = arguments.value("format").value_or("text");
  const std::vector<std::string>& names = arguments.positionals();
  if (names.size() > 1 && !arguments.flag("flows")) {
    return fail(ErrorKind::kUsage, "qflow graph draws the steps of one flow",
                "with --flows it draws several flows and what starts them");
  }
  std::vector<LoadedFlow> flows;
  for (const std::string& name : names) {
    QFLOW_ASSIGN(LoadedFlow flow, load_file_or_flow(context, name));
    flows.push_back(std::move(flow));
  }
  const bool draws_flows = arguments.flag("flows");
  context.out.write(draws_flows ? flows_drawing(format)(flows) : draw(*flows.front().definition, format));
  return ExitStatus::kOk;
}

}  // namespace

const Command kGraphCommand = {
    .name = "graph",
    .group = CommandGroup::kWriting,
    .summary = "draw the steps of a flow, or flows and what starts them",
    .description = "A step is drawn below the last of the steps that it needs.",
    .examples =
        "  $ qflow graph flow.toml\n  $ qflow graph --flows --format dot flows/*.toml | dot -Tsvg > flows.svg\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
