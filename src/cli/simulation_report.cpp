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

std::string event_names(const SimulatedFiring& firing) {
  const std::vector<const RecordedEvent*>& events = firing.run->events;
  if (events.size() == 1) return events.front()->event.name;
  std::vector<std::string> names;
  for (const RecordedEvent* event : events) names.push_back(event->event.name);
  return with_counts(names);
}

// What is odd about the instants that started it: nights on which clocks change.
std::string note_on(const SimulatedFiring& firing) {
  for (const RecordedEvent* event : firing.run->events) {
    const auto listening = firing.flow->listeners.find(event->event.name);
    if (listening == firing.flow->listeners.end()) continue;
    for (const Trigger* trigger : listening->second) {
      const ScheduleSubscription* schedule = schedule_of(*trigger);
      if (schedule == nullptr) continue;
      if (std::string note = schedule->schedule->note(event->event.timestamp); !note.empty()) return note;
    }
  }
  return {};
}

std::string details_of(const MemoryState::MemoryRun& run) {
  std::string text;
  for (const auto& parameter : run.params.items()) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", parameter.key(), to_plain_text(parameter.value()));
  }
  if (run.context) text += fmt::format("{}context {}", text.empty() ? "" : ", ", *run.context);
  return text.empty() ? "-" : text;
}

std::vector<Cell> row_of(const SimulatedFiring& firing, const std::string& note) {
  const MemoryState::MemoryRun& run = *firing.run;
  std::vector<Cell> row;
  row.reserve(5);
  row.push_back({format_instant(run.created_at)});
  row.push_back({name_of(*firing.flow, run.trigger), Color::kBold});
  row.push_back(
      {"fired " + run.id.text() + (note.empty() ? "" : "; " + note), note.empty() ? Color::kGreen : Color::kYellow});
  row.push_back({event_names(firing)});
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
  const MemoryState::MemoryRun& run = *firing.run;
  const std::string note = note_on(firing);
  Json events = Json::array();
  for (const RecordedEvent* event : run.events) events.push_back(to_json(event->event));
  return {{"at", format_instant(run.created_at)},
          {"flow", run.id.flow.text()},
          {"namespace", text_or_null(firing.flow->name_space)},
          {"trigger", run.trigger ? Json(run.trigger->text()) : Json()},
          {"type", to_text(run.kind)},
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
    : repeats_(simulation.repeats()), firings_(simulation.firings()), others_(simulation.outcomes_but_fired()) {
  for (std::size_t i = 0; i < firings_.size(); ++i) {
    if (std::string note = note_on(firings_[i]); !note.empty()) notes_.emplace(i, std::move(note));
  }
}

std::vector<SimulationReport::Row> SimulationReport::in_order_of_time() const {
  std::vector<Row> rows;
  rows.reserve(firings_.size());
  for (const SimulatedFiring& firing : firings_) rows.emplace_back(firing.run->created_at, rows.size());
  for (const SimulatedOutcome& other : others_) rows.emplace_back(other.event->recorded_at, rows.size());
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<Cell> SimulationReport::cells_of(const Row& row) const {
  const std::size_t place = row.second;
  if (place >= firings_.size()) return row_of(others_[place - firings_.size()]);
  const auto note = notes_.find(place);
  return row_of(firings_[place], note != notes_.end() ? note->second : "");
}

Table SimulationReport::timeline() const {
  Table table({"AT", "TRIGGER", "WHAT", "EVENTS", "PARAMETERS"});
  for (const Row& row : in_order_of_time()) table.add(cells_of(row));
  return table;
}

void SimulationReport::print_timeline(const Context& context) const {
  if (context.out.is_terminal()) return timeline().print(context);
  for (const Row& row : in_order_of_time()) print_separated(context, cells_of(row));
}

std::string SimulationReport::summary() const {
  const std::size_t runs = firings_.size();
  std::string text = counted(runs, "run");
  std::map<Outcome, int> counts;
  for (const SimulatedOutcome& other : others_) ++counts[other.outcome.outcome];
  for (const auto& [outcome, count] : counts) text += fmt::format(", {} {}", count, to_text(outcome));
  if (!notes_.empty()) text += fmt::format(", {} on odd nights", notes_.size());
  if (repeats_ > 0) text += fmt::format(", {} repeated", repeats_);
  return text;
}

}  // namespace qflow
