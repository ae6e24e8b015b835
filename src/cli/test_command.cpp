#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/flow_argument.h"
#include "cli/simulation_report.h"
#include "cli/terminal.h"
#include "qflow/engine/flow_test_run.h"
#include "qflow/error/printable.h"
#include "qflow/error/wording.h"
#include "qflow/service/flow_simulation.h"

namespace qflow {

namespace {

constexpr PositionalSpec kPositionals[] = {
    {.name = "FILE", .help = "flow files", .count = PositionalSpec::Count::kMany, .completes = Completes::kFile}};
constexpr OptionSpec kOptions[] = {{.name = "json", .help = "one JSON object per test"}};

using Flow = std::shared_ptr<const DeployedFlow>;

// Each alone in a world of its own.
Result<std::vector<Flow>> load_all(Context& context, const std::vector<std::string>& files) {
  QFLOW_ASSIGN(std::vector<LoadedFlow> loaded, load_checked_flows(context, files));
  std::vector<Flow> flows;
  for (LoadedFlow& flow : loaded) {
    std::vector<LoadedFlow> one;
    one.push_back(std::move(flow));
    QFLOW_ASSIGN(const std::vector<Flow> deployed, deploy_in_memory(std::move(one), context.environment));
    flows.push_back(deployed.front());
  }
  return flows;
}

Json json_of(const FlowDefinition& flow, const FlowTest& test, const TestVerdict& verdict) {
  Json failures = Json::array(), firings = Json::array(), outcomes = Json::array();
  for (const TestFailure& failure : verdict.failures) {
    failures.push_back({{"line", failure.position.line},
                        {"column", failure.position.column},
                        {"message", failure.message},
                        {"why", failure.why}});
  }
  for (const SimulatedFiring& firing : verdict.simulation->firings()) firings.push_back(qflow::json_of(firing));
  for (const SimulatedOutcome& one : verdict.simulation->outcomes()) outcomes.push_back(qflow::json_of(one));
  return {{"file", flow.file},
          {"line", test.name.position.line},
          {"name", test.name.value},
          {"passed", verdict.passed()},
          {"failures", std::move(failures)},
          {"firings", std::move(firings)},
          {"outcomes", std::move(outcomes)}};
}

void print_failures(Context& context, const FlowDefinition& flow, const TestVerdict& verdict) {
  for (const TestFailure& failure : verdict.failures) {
    context.out.write(fmt::format("  {}:{}:{}: {}\n", flow.file, failure.position.line, failure.position.column,
                                  printable(failure.message)));
    for (const std::string& why : failure.why) context.out.write(fmt::format("      {}\n", printable(why)));
  }
  const Table happened = SimulationReport(*verdict.simulation).timeline();
  context.out.write(happened.empty() ? "  nothing happened\n" : "  what happened:\n");
  happened.print_block(context);
}

void print_verdict(Context& context, const FlowDefinition& flow, const FlowTest& test, const TestVerdict& verdict) {
  const Painter painter = painter_for(context, context.out);
  const std::string word =
      verdict.passed() ? painter.paint(Color::kGreen, "ok") + "    " : painter.paint(Color::kRed, "FAILED");
  context.out.write(fmt::format("{}  {}: {}\n", word, flow.file, printable(test.name.value)));
  if (!verdict.passed()) print_failures(context, flow, verdict);
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failed = 0;
};

Counts run_tests(Context& context, const Flow& flow, OutputForm form) {
  Counts counts;
  const FlowDefinition& definition = *flow->definition;
  if (definition.tests.empty()) print_note(context, definition.file + " has no [[tests]]");
  for (const FlowTest& test : definition.tests) {
    const TestVerdict verdict = run_test(flow, test);
    ++counts.tests;
    counts.failed += verdict.passed() ? 0 : 1;
    if (form == OutputForm::kJson) {
      print_json_line(context.out, json_of(definition, test, verdict));
    } else {
      print_verdict(context, definition, test, verdict);
    }
  }
  return counts;
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const std::vector<Flow> flows, load_all(context, arguments.positionals()));
  const OutputForm form = output_form(arguments);
  Counts all;
  for (const Flow& flow : flows) {
    const Counts counts = run_tests(context, flow, form);
    all.tests += counts.tests;
    all.failed += counts.failed;
  }
  if (form == OutputForm::kText && all.tests > 0) {
    context.out.write(fmt::format("{}, {} failed\n", counted(all.tests, "test"), all.failed));
  }
  return all.failed > 0 ? ExitStatus::kFailed : ExitStatus::kOk;
}

}  // namespace

const Command kTestCommand = {
    .name = "test",
    .group = CommandGroup::kWriting,
    .summary = "run the [[tests]] of flow files on a virtual clock",
    .description =
        "Each test lets happen what its rows of `given` say, to the triggers of its own file alone, by the same rules "
        "as in a store; no step is executed. The clock goes from the first `at` to the last. Then every firing is "
        "compared with the rows of `expect`, in their order, and what still waits with those of the outcome waiting: a "
        "row for each trigger and correlation value. Rows of another outcome (filtered, expired, superseded, skipped, "
        "coalesced, stopped) are some of those that there were. Only the keys that a row names are compared; of "
        "`reason` a part is enough.\n\n"
        "A test that fails says what became of each event, and why. The status is 1 when one failed, 2 when a file is "
        "wrong.",
    .json =
        "one object per test: {file, line, name, passed, failures: [{line, column, message, why}], firings, outcomes}, "
        "the last two as of qflow simulate",
    .examples = "  $ qflow test flows/*.toml\n",
    .positionals = kPositionals,
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
