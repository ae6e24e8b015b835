#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "flowfile/flow_sections.h"
#include "qflow/error/suggestion.h"
#include "qflow/model/step_graph.h"

namespace qflow {
namespace {

// Each id with the first step that has it.
using StepIndex = std::unordered_map<std::string_view, const Step*>;

StepIndex index_steps(const std::vector<Step>& steps, Diagnostics& diagnostics) {
  StepIndex index;
  for (const Step& step : steps) {
    if (step.id.empty()) continue;
    const auto [first, added] = index.emplace(step.id.text(), &step);
    if (added) continue;
    diagnostics.error(step.position, fmt::format("two steps have the id {}", qflow::quoted(step.id.text())),
                      fmt::format("the first is in line {}; rename one", first->second->position.line));
  }
  return index;
}

std::string suggest_step(const StepId& id, const std::vector<Step>& steps) {
  std::vector<std::string> ids;
  for (const Step& step : steps) {
    if (!step.id.empty()) ids.push_back(step.id.text());
  }
  return did_you_mean_or_list(id.text(), ids);
}

void check_needs(const Step& step, const StepIndex& index, const std::vector<Step>& steps, Diagnostics& diagnostics) {
  for (const Located<StepId>& need : step.needs) {
    if (need.value == step.id) {
      diagnostics.error(need.position, fmt::format("step {} needs itself", qflow::quoted(step.id.text())),
                        "remove the name");
    } else if (index.count(need.value.text()) == 0) {
      diagnostics.error(need.position, fmt::format("there is no step {}", qflow::quoted(need.value.text())),
                        suggest_step(need.value, steps));
    }
  }
}

auto find_need(Step& step, const StepId& id) {
  return std::find_if(step.needs.begin(), step.needs.end(),
                      [&](const Located<StepId>& need) { return need.value == id; });
}

// The cycle as a path in which each step needs the one before it, begun at the step that stands first in the file.
std::vector<std::size_t> as_path(std::vector<std::size_t> cycle, std::vector<Step>& steps) {
  cycle.pop_back();
  if (cycle.size() > 1 && find_need(steps[cycle[0]], steps[cycle[1]].id) != steps[cycle[0]].needs.end() &&
      find_need(steps[cycle[1]], steps[cycle[0]].id) == steps[cycle[1]].needs.end()) {
    std::reverse(cycle.begin(), cycle.end());
  }
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
  cycle.push_back(cycle.front());
  return cycle;
}

// Reports one cycle after the other, each broken up in the copy so that the next one shows.
void check_cycles(std::vector<Step> steps, Diagnostics& diagnostics) {
  for (Step& step : steps) {
    const auto self = find_need(step, step.id);
    if (self != step.needs.end()) step.needs.erase(self);
  }
  for (;;) {
    const std::vector<std::size_t> found = StepGraph(steps).find_cycle();
    if (found.empty()) return;
    const std::vector<std::size_t> path = as_path(found, steps);
    std::string text;
    for (const std::size_t step : path) text += (text.empty() ? "" : " → ") + steps[step].id.text();
    Step& last = steps[path.back()];
    const auto need = find_need(last, steps[path[path.size() - 2]].id);
    diagnostics.error(need->position, "steps need each other: " + text, "remove one of these needs");
    last.needs.erase(need);
  }
}

}  // namespace

void check_steps(const std::vector<Step>& steps, Diagnostics& diagnostics) {
  const StepIndex index = index_steps(steps, diagnostics);
  for (const Step& step : steps) check_needs(step, index, steps, diagnostics);
  std::vector<Step> distinct;
  for (const Step& step : steps) {
    const auto first = index.find(step.id.text());
    if (first == index.end() || first->second != &step) continue;
    distinct.emplace_back().id = step.id;
    distinct.back().needs = step.needs;
  }
  check_cycles(std::move(distinct), diagnostics);
}

}  // namespace qflow
