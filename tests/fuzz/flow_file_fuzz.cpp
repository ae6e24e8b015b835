// Input: the text of a flow file. One without errors is read again as it is after a deploy, from its recorded text.
#include <set>

#include "fuzz/target.h"
#include "qflow/error/printable.h"
#include "qflow/service/flow_loading.h"
#include "qflow/trigger/trigger_sentence.h"
#include "service/redeploy_sentences.h"

namespace qflow::fuzz {
namespace {

// For each line how many columns it has, its end included.
std::vector<std::size_t> columns_of(std::string_view text) {
  std::vector<std::size_t> columns;
  while (!text.empty()) columns.push_back(count_code_points(take_line(text)) + 1);
  if (columns.empty()) columns.push_back(1);
  return columns;
}

void check_diagnostics(const Diagnostics& diagnostics, std::string_view text) {
  const std::vector<std::size_t> columns = columns_of(text);
  for (const Diagnostic& problem : diagnostics.list()) {
    const auto [line, column] = problem.position;
    const std::string where = std::to_string(line) + ":" + std::to_string(column) + ": " + problem.message;
    // What is missing at the end of a text that ends with a newline is missing on the line after it.
    const bool behind = static_cast<std::size_t>(line) == columns.size() + 1 && text.ends_with('\n') && column == 1;
    demand(line >= 1 && column >= 1, "a position counts from 1", where);
    if (behind) continue;
    demand(static_cast<std::size_t>(line) <= columns.size(), "a problem is on a line of the text", where);
    demand(static_cast<std::size_t>(column) <= columns[static_cast<std::size_t>(line) - 1],
           "a problem is in a column of its line", where);
    demand(!problem.message.empty() && !problem.message.ends_with('.'), "a message is a sentence without a period",
           where);
  }
}

// Line by line: what is printed can't upset a terminal.
void check_rendering(const Diagnostics& diagnostics) {
  const std::string rendered = diagnostics.render();
  std::string_view rest = rendered;
  while (!rest.empty()) {
    std::string line(take_line(rest));
    std::erase(line, '\t');  // kept, so that the caret stands below
    demand(printable(line) == line, "a rendered line can be printed", line);
  }
}

Deployment deployment_of(const LoadedFlow& flow) {
  Deployment deployment;
  deployment.flow = flow.definition->id;
  deployment.definition = flow.definition->text;
  deployment.flow_file = flow.definition->folder + "/" + flow.definition->file;
  return deployment;
}

void check_recorded(const LoadedFlow& flow, std::string_view text) {
  demand(flow.definition->text == text, "a definition keeps its text", text);
  demand(!flow.definition->id.text().empty(), "a flow without errors has an id", text);
  const Deployment recorded = deployment_of(flow);
  const LoadedFlow again =
      load_flow_text(TriggerRegistry(), recorded.definition, flow.definition->file, flow.definition->folder);
  demand(!again.diagnostics.has_errors(), "what is deployed has no errors", text);
  demand(again.diagnostics.render() == flow.diagnostics.render(), "the same text has the same problems", text);
  const auto changes = changes_between(recorded, deployment_of(again), again);
  demand(changes.empty(), "what is deployed is what was read", changes.empty() ? "" : changes.front());
}

void check_graph(const FlowDefinition& flow, std::string_view text) {
  std::set<std::string> ids;
  for (const Step& step : flow.steps) demand(ids.insert(step.id.text()).second, "a step's id is its own", text);
  for (const Step& step : flow.steps) {
    for (const auto& needed : step.needs) demand(ids.contains(needed.value.text()), "a needed step exists", text);
  }
}

}  // namespace

void feed(std::string_view input) {
  const LoadedFlow flow = load_flow_text(TriggerRegistry(), input, "flow.toml", "/flows");
  check_diagnostics(flow.diagnostics, input);
  check_rendering(flow.diagnostics);
  for (const auto& trigger : flow.triggers) {
    demand(!describe(*trigger).empty(), "a trigger has a sentence", input);
  }
  if (flow.diagnostics.has_errors()) return;
  check_recorded(flow, input);
  check_graph(*flow.definition, input);
}

void endure(std::string_view long_input) {
  const LoadedFlow flow = load_flow_text(TriggerRegistry(), long_input, "flow.toml", "/flows");
  check_diagnostics(flow.diagnostics, long_input);
  check_rendering(flow.diagnostics);
}

}  // namespace qflow::fuzz
