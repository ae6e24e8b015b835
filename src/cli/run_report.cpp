#include "cli/run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/effect_report.h"
#include "cli/run_texts.h"
#include "cli/step_drawing.h"
#include "cli/table.h"
#include "qflow/error/printable.h"
#include "qflow/error/wording.h"
#include "qflow/model/step_state.h"
#include "qflow/service/explanation.h"
#include "qflow/service/run_inspection.h"
#include "qflow/service/run_objects.h"

namespace qflow {

namespace {

constexpr int kLongestValue = 60;

std::string short_json(const Json& value) {
  return cut_to_width(printable(to_compact(value)), kLongestValue);
}

void print_title(const Context& context, std::string_view title) {
  const Painter painter = painter_for(context, context.out);
  context.out.write(fmt::format("\n{}\n", painter.paint(Color::kBold, title)));
}

void print_head(const Context& context, const Run& run) {
  const Painter painter = painter_for(context, context.out);
  std::string line = fmt::format("{}  {}", painter.paint(Color::kBold, run.id.text()),
                                 painter.paint(color_of(run.status), to_text(run.status)));
  if (!run.reason.empty()) line += fmt::format(" ({})", printable(run.reason));
  if (run.started_at) line += fmt::format(", started {}", time_for(context, *run.started_at));
  const std::string took = time_taken(run.started_at, has_ended(run.status) ? run.ended_at : context.clock.now());
  if (took != "-") line += fmt::format(", {} {}", run.ended_at ? "took" : "running for", took);
  context.out.write(line + "\n");
}

void print_facts(const Context& context, const Run& run) {
  Table table({"", ""});
  const std::string commit = run.git_commit.empty() ? ""
                                                    : fmt::format(" at {}{}", run.git_commit.substr(0, 12),
                                                                  run.git_dirty ? " with changes" : "");
  table.add({{"file", Color::kDim}, {run.flow_file + commit, Color::kNone, true}});
  table.add({{"origin", Color::kDim}, {std::string(to_text(run.origin))}});
  const auto add = [&](std::string name, const std::string& value) {
    if (!value.empty() && value != "-") table.add({{std::move(name), Color::kDim}, {value}});
  };
  add("namespace", run.name_space);
  add("context", run.context.value_or(""));
  add("tags", joined(run.tags));
  if (run.scheduled_at) add("due at", format_instant(*run.scheduled_at));
  if (run.resumes) add("resumes", run.resumes->text());
  if (run.caller) add("called by", run.caller->text());
  table.print_block(context);
}

void print_parameters(const Context& context, const Json& parameters) {
  if (parameters.empty()) return;
  print_title(context, "Parameters");
  Table table({"", ""});
  for (const auto& [name, value] : parameters.items()) table.add({{name}, {short_json(value)}});
  table.print_block(context);
}

void print_trigger(const Context& context, const std::optional<TriggerRecord>& trigger) {
  if (!trigger) return;
  const std::string id = trigger->trigger_id ? fmt::format(" by {}", trigger->trigger_id->text()) : "";
  print_title(context, fmt::format("Trigger: {}{}", to_text(trigger->kind), id));
  Table table({"", "", ""});
  for (const TriggerSource& source : trigger->sources) {
    const std::string step = source.step ? fmt::format(", step {}", source.step->text()) : "";
    const std::string name = source.run ? source.run->text() + step : fmt::format("event {}", source.event.name);
    const bool has_payload = !source.run && !source.event.payload.empty();
    table.add(
        {{name}, {time_for(context, source.event.timestamp)}, {has_payload ? short_json(source.event.payload) : ""}});
  }
  table.print_block(context);
}

// "1,500 tasks, of which 3 failed".
std::string tasks_text(const StepState& step, const std::map<StepId, std::set<std::int64_t>>& failed) {
  const auto of_step = failed.find(step.step);
  const std::string tasks = fmt::format("{} tasks", step.tasks);
  return of_step == failed.end() ? tasks : fmt::format("{}, of which {} failed", tasks, of_step->second.size());
}

// The tasks of each foreach whose last attempt failed.
Result<std::map<StepId, std::set<std::int64_t>>> failed_tasks(Store& store, const Run& run) {
  QFLOW_ASSIGN(std::vector<Attempt> attempts, store.ledger().attempts(run.id));
  std::sort(attempts.begin(), attempts.end(), [](const Attempt& a, const Attempt& b) { return a.number < b.number; });
  std::map<StepId, std::set<std::int64_t>> failed;
  for (const Attempt& attempt : attempts) {
    if (!attempt.index) continue;
    if (attempt.status == StepStatus::kFailed) failed[attempt.step].insert(*attempt.index);
    if (attempt.status == StepStatus::kSucceeded) failed[attempt.step].erase(*attempt.index);
  }
  std::erase_if(failed, [](const auto& of_step) { return of_step.second.empty(); });
  return failed;
}

Status print_steps(const Context& context, Store& store, const Run& run, const std::vector<StepState>& steps) {
  if (steps.empty()) return {};
  QFLOW_ASSIGN(const auto failed, failed_tasks(store, run));
  print_title(context, "Steps");
  Table table({"", "", "", ""});
  for (const StepState& step : steps) {
    const bool ended = step.status != StepStatus::kRunning && step.status != StepStatus::kPending;
    std::string more = step.reason;
    if (step.tasks > 1) more += (more.empty() ? "" : ", ") + tasks_text(step, failed);
    if (step.attempts > step.tasks) more += fmt::format("{}{} attempts", more.empty() ? "" : ", ", step.attempts);
    table.add({{step.step.text()},
               {std::string(to_text(step.status)), color_of(step.status)},
               {time_taken(step.started_at, ended ? step.ended_at : context.clock.now())},
               {more}});
  }
  table.print_block(context);
  return {};
}

void print_artifacts(const Context& context, const Json& artifacts) {
  if (artifacts.empty()) return;
  print_title(context, "Artifacts");
  Table table({"", ""});
  for (const auto& [name, entry] : artifacts.items()) {
    const std::string size = size_text(entry["size"].get<std::uint64_t>());
    const char* key = entry.contains("gone") ? "gone" : "path";
    if (entry.contains("value")) {
      table.add({{name}, {short_json(entry["value"])}});
    } else {
      table.add({{name}, {fmt::format("{}, {}", size, entry[key].get_ref<const std::string&>()), Color::kNone, true}});
    }
  }
  table.print_block(context);
}

// Of an event that is recorded without any outcome.
Result<std::string> why_without_effect(Store& store, const Event& event) {
  if (is_activation(event)) return "it stood for what its trigger still waited for";
  if (!is_end_of_run(event)) return "no deployed flow listened to it";
  QFLOW_ASSIGN(const Run run, store.ledger().run_without_sources(*event.caused_by));
  return run.origin == RunOrigin::kLocal ? "the end of a local run starts no flow" : "no deployed flow listened to it";
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  constexpr std::string_view kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return counted(bytes, "byte");
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < std::size(kUnits); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string time_for(const Context& context, Instant instant) {
  return context.out.is_terminal() ? relative_time(instant, context.clock.now()) : format_instant(instant);
}

Status print_run_report(Context& context, Store& store, const Run& run) {
  QFLOW_ASSIGN(const std::vector<StepState> steps, steps_now(store, run));
  QFLOW_ASSIGN(const Json artifacts, artifacts_json(store, run));
  print_head(context, run);
  print_facts(context, run);
  print_parameters(context, run.params);
  print_trigger(context, run.trigger);
  QFLOW_TRY(print_steps(context, store, run, steps));
  print_artifacts(context, artifacts);
  return {};
}

Status print_run_graph(Context& context, Store& store, const Run& run) {
  QFLOW_ASSIGN(const std::shared_ptr<const FlowDefinition> flow, recorded_flow(store, run));
  QFLOW_ASSIGN(const std::vector<StepState> steps, store.ledger().steps(run.id));
  const Painter painter = painter_for(context, context.out);
  const auto note = [&](const Step& step) {
    for (const StepState& state : steps) {
      if (state.step == step.id) return painter.paint(color_of(state.status), to_text(state.status));
    }
    return std::string();
  };
  context.out.write(draw_steps(*flow, note));
  return {};
}

Status print_event_report(Context& context, Store& store, const Event& event) {
  QFLOW_ASSIGN(const std::vector<RunId> runs, store.ledger().runs_triggered_by_event(event.id));
  const Painter painter = painter_for(context, context.out);
  context.out.write(
      fmt::format("event {}, {}\n", painter.paint(Color::kBold, event.name), time_for(context, event.timestamp)));
  Table table({"", ""});
  table.add({{"id", Color::kDim}, {event.id}});
  const auto add = [&](std::string name, const std::optional<std::string>& value) {
    if (value) table.add({{std::move(name), Color::kDim}, {*value}});
  };
  add("recorded at", format_instant(event.recorded_at));
  add("type", event.type);
  add("namespace", event.name_space);
  add("value", event.value);
  add("sender", event.sender);
  add("context", event.context);
  if (event.caused_by) add("caused by", event.caused_by->text());
  QFLOW_ASSIGN(const std::int64_t repeats, store.ledger().triggers().repeats_of_event(event.id));
  if (repeats > 0) add("repeated", counted(repeats, "time"));
  if (event.payload.is_null()) add("payload", "removed by qflow gc");
  if (!event.payload.empty()) add("payload", to_compact(event.payload));
  for (const RunId& id : runs) {
    QFLOW_ASSIGN(const Run run, store.ledger().run_without_sources(id));
    add("triggered", id.text() + (run.origin == RunOrigin::kLocal ? ", which was run with it by hand" : ""));
  }
  table.print_block(context);
  QFLOW_ASSIGN(const auto outcomes, outcomes_now(store, context.trigger_types, event.id));
  if (!outcomes.empty()) context.out.write("What it did:\n");
  print_effects(context, context.out, outcomes);
  QFLOW_ASSIGN(const auto rolled_up_at, store.ledger().triggers().rolled_up_at(event.id));
  if (rolled_up_at) {
    context.out.write(fmt::format("What it did is counted per day, which qflow explain shows; qflow gc did that {}.\n",
                                  time_for(context, *rolled_up_at)));
  } else if (outcomes.empty() && runs.empty()) {
    QFLOW_ASSIGN(const std::string why, why_without_effect(store, event));
    context.out.write(fmt::format("It did nothing: {}.\n", why));
  }
  return {};
}

}  // namespace qflow
