#include "cli/simulation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "cli/effect_report.h"
#include "cli/run_texts.h"
#include "qflow/engine/due_instants.h"
#include "qflow/error/wording.h"

namespace qflow {

namespace {

std::string name_of(const DeployedFlow& flow, const std::optional<TriggerId>& trigger) {
  return trigger ? full_name(flow) + "/" + trigger->text() : full_name(flow);
}

std::string event_names(const Run& run) {
  std::vector<std::string> names;
  for (const TriggerSource& source : run.trigger->sources) names.push_back(source.event.name);
  return with_counts(names);
}

// What is odd about the instants that started it: nights on which clocks change.
std::string note_on(const SimulatedFiring& firing) {
  for (const TriggerSource& source : firing.run->trigger->sources) {
    const auto listening = firing.flow->listeners.find(source.event.name);
    if (listening == firing.flow->listeners.end()) continue;
    for (const Trigger* trigger : listening->second) {
      const ScheduleSubscription* schedule = schedule_of(*trigger);
      if (schedule == nullptr) continue;
      if (std::string note = schedule->schedule->note(source.event.timestamp); !note.empty()) return note;
    }
  }
  return {};
}

std::string details_of(const Run& run) {
  std::string text;
  for (const auto& parameter : run.params.items()) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", parameter.key(), to_plain_text(parameter.value()));
  }
  if (run.context) text += fmt::format("{}context {}", text.empty() ? "" : ", ", *run.context);
  return text.empty() ? "-" : text;
}

std::vector<Cell> row_of(const SimulatedFiring& firing, const std::string& note) {
  const Run& run = *firing.run;
  std::vector<Cell> row;
  row.reserve(5);
  row.push_back({format_instant(run.created_at)});
  row.push_back({name_of(*firing.flow, run.trigger->trigger_id), Color::kBold});
  row.push_back(
      {"fired " + run.id.text() + (note.empty() ? "" : "; " + note), note.empty() ? Color::kGreen : Color::kYellow});
  row.push_back({event_names(run)});
  row.push_back({details_of(run)});
  return row;
}

std::vector<Cell> row_of(const SimulatedOutcome& outcome) {
  return {{format_instant(outcome.event->recorded_at)},
          {name_of(*outcome.flow, outcome.trigger), Color::kBold},
          {outcome_text(outcome.outcome), color_of(outcome.outcome.outcome)},
          {outcome.event->name},
          {"-"}};
}

}  // namespace

Json json_of(const SimulatedFiring& firing) {
  const Run& run = *firing.run;
  const std::string note = note_on(firing);
  Json events = Json::array();
  for (const TriggerSource& source : run.trigger->sources) events.push_back(to_json(source.event));
  return {{"at", format_instant(run.created_at)},
          {"flow", run.id.flow.text()},
          {"namespace", text_or_null(run.name_space)},
          {"trigger", run.trigger->trigger_id ? Json(run.trigger->trigger_id->text()) : Json()},
          {"type", to_text(run.trigger->kind)},
          {"events", std::move(events)},
          {"params", run.params},
          {"context", json_or_null(run.context)},
          {"run", run.id.text()},
          {"note", note.empty() ? Json() : Json(note)}};
}

Json json_of(const SimulatedOutcome& outcome) {
  const std::string& reason = outcome.outcome.reason;
  return {{"event", to_json(*outcome.event)},
          {"flow", outcome.flow->definition->id.text()},
          {"namespace", text_or_null(outcome.flow->name_space)},
          {"trigger", outcome.trigger.text()},
          {"outcome", to_text(outcome.outcome.outcome)},
          {"reason", reason.empty() ? Json() : Json(reason)}};
}

SimulationReport::SimulationReport(const Simulation& simulation)
    : repeats_(simulation.repeats()), firings_(simulation.firings()), outcomes_(simulation.outcomes()) {
  notes_.reserve(firings_.size());
  for (const SimulatedFiring& firing : firings_) notes_.push_back(note_on(firing));
}

Table SimulationReport::timeline() const {
  std::vector<std::pair<Instant, std::vector<Cell>>> rows;
  rows.reserve(firings_.size());
  for (std::size_t i = 0; i < firings_.size(); ++i) {
    rows.emplace_back(firings_[i].run->created_at, row_of(firings_[i], notes_[i]));
  }
  for (const SimulatedOutcome& outcome : outcomes_) {
    if (outcome.outcome.outcome == Outcome::kFired) continue;
    rows.emplace_back(outcome.event->recorded_at, row_of(outcome));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Table table({"AT", "TRIGGER", "WHAT", "EVENTS", "PARAMETERS"});
  for (auto& row : rows) table.add(std::move(row.second));
  return table;
}

std::string SimulationReport::summary() const {
  const std::size_t runs = firings_.size();
  std::string text = counted(runs, "run");
  std::map<Outcome, int> counts;
  for (const SimulatedOutcome& outcome : outcomes_) ++counts[outcome.outcome.outcome];
  for (const auto& [outcome, count] : counts) {
    if (outcome != Outcome::kFired) text += fmt::format(", {} {}", count, to_text(outcome));
  }
  const auto odd = std::count_if(notes_.begin(), notes_.end(), [](const std::string& note) { return !note.empty(); });
  if (odd > 0) text += fmt::format(", {} on odd nights", odd);
  if (repeats_ > 0) text += fmt::format(", {} repeated", repeats_);
  return text;
}

}  // namespace qflow
