#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/command_table.h"
#include "cli/deployed_argument.h"
#include "cli/overdue_note.h"
#include "cli/store_access.h"
#include "cli/table.h"
#include "qflow/error/printable.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/explanation.h"

namespace qflow {

namespace {

constexpr OptionSpec kOptions[] = {{.name = "json", .help = "one JSON object per flow"}};

std::int64_t count_waiting(const TriggerExplanation& trigger) {
  std::int64_t waiting = 0;
  for (const WaitingGroup& group : trigger.waiting) waiting += static_cast<std::int64_t>(group.arrived.size());
  return waiting;
}

// Of the first of its sensors that fails; "" when none does.
std::string error_of(const TriggerExplanation& trigger) {
  for (const SensorState& sensor : trigger.sensors) {
    if (!sensor.known.error.empty()) return sensor.known.error;
  }
  return {};
}

// What its sensors saw last: "sees 3 files, 1 entry could not be read".
std::string seen_text(const TriggerExplanation& trigger) {
  std::string text;
  for (const SensorState& sensor : trigger.sensors) {
    if (!sensor.known.looked_at) continue;
    text += (text.empty() ? "sees " : "; ") + printable(sensor.known.seen);
  }
  return text.empty() ? "-" : text;
}

std::string waiting_text(const TriggerExplanation& trigger) {
  const std::int64_t waiting = count_waiting(trigger);
  if (!trigger.disabled.empty()) return trigger.disabled;
  if (const std::string error = error_of(trigger); !error.empty()) return "failing: " + printable(error);
  if (waiting == 0 && !trigger.next && !trigger.ended.empty()) return "ended";
  if (waiting == 0) return trigger.next ? "next " + format_instant(*trigger.next) : seen_text(trigger);
  const std::string& missing = trigger.waiting.front().missing.text;
  const bool is_one = std::all_of(trigger.waiting.begin(), trigger.waiting.end(),
                                  [&](const WaitingGroup& group) { return group.missing.text == missing; });
  if (!is_one) return fmt::format("{} waiting under {} values", waiting, trigger.waiting.size());
  return fmt::format("{} waiting{}", waiting, missing.empty() ? "" : " for " + missing);
}

std::string last_run(const TriggerExplanation& trigger) {
  return trigger.last_run ? trigger.last_run->text() : "-";
}

// A deployed flow, as far as its definition can be read.
struct ListedFlow {
  Deployment deployment;
  std::string problem;  // "" when it can
  std::vector<TriggerExplanation> triggers;
};

Result<ListedFlow> look_at(Store& store, const TriggerRegistry& types, Deployment deployment, Instant now) {
  auto triggers = explain_triggers(store, types, deployment, std::nullopt, now);
  if (triggers) return ListedFlow{std::move(deployment), "", std::move(*triggers)};
  QFLOW_ASSIGN(std::string problem, DeployedFlows(store, types).problem_of(deployment.key));
  if (problem.empty()) return tl::make_unexpected(triggers.error());
  return ListedFlow{std::move(deployment), std::move(problem), {}};
}

Json json_of(const ListedFlow& flow) {
  Json list = Json::array();
  for (const TriggerExplanation& trigger : flow.triggers) {
    const std::string error = error_of(trigger);
    list.push_back({{"id", trigger.trigger.text()},
                    {"type", trigger.type},
                    {"enabled", trigger.disabled.empty()},
                    {"waiting", count_waiting(trigger)},
                    {"next", json_or_null(next_of(trigger))},
                    {"error", text_or_null(error)}});
  }
  return {{"flow", flow.deployment.flow.text()}, {"namespace", text_or_null(flow.deployment.name_space)},
          {"version", flow.deployment.version},  {"enabled", flow.deployment.enabled},
          {"error", text_or_null(flow.problem)}, {"triggers", std::move(list)}};
}

void add_rows(Table& table, const ListedFlow& flow) {
  const Cell name{full_name(flow.deployment), Color::kBold, true};
  const std::string version = std::to_string(flow.deployment.version);
  if (!flow.problem.empty()) {
    table.add({name, {version}, {"-"}, {printable(flow.problem), Color::kYellow}, {"-"}, {"-"}});
  } else if (flow.triggers.empty()) {
    table.add({name, {version}, {"-"}, {"-"}, {"-"}, {"-"}});
  }
  for (const TriggerExplanation& trigger : flow.triggers) {
    table.add(
        {name,
         {version},
         {trigger.trigger.text()},
         {waiting_text(trigger), trigger.disabled.empty() && error_of(trigger).empty() ? Color::kNone : Color::kYellow},
         {last_run(trigger), Color::kNone, true},
         {trigger.sentence}});
  }
}

Result<ExitStatus> run(Context& context, const Arguments& arguments) {
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  QFLOW_ASSIGN(const std::vector<Deployment> deployments, store->ledger().triggers().deployments());
  Table table({"FLOW", "VERSION", "TRIGGER", "STATE", "LAST RUN", "RUNS WHEN"});
  for (const Deployment& deployment : deployments) {
    QFLOW_ASSIGN(const ListedFlow flow, look_at(*store, context.trigger_types, deployment, context.clock.now()));
    if (arguments.flag("json")) {
      print_json_line(context.out, json_of(flow));
    } else {
      add_rows(table, flow);
    }
  }
  if (!arguments.flag("json")) table.print(context);
  print_overdue_note(context, *store);
  return ExitStatus::kOk;
}

}  // namespace

const Command kFlowsCommand = {
    .name = "flows",
    .group = CommandGroup::kTriggers,
    .summary = "list the deployed flows with their triggers",
    .description =
        "Columns: flow, version, trigger, what waits for it or when it is due, its last run, what it waits for in "
        "English. A flow whose definition can't be read, as of a newer qflow, has one line that says why.",
    .json =
        "one object per flow: {flow, namespace, version, enabled, error, triggers: [{id, type, enabled, waiting, next, "
        "error}]}; waiting counts events, next is the instant of a schedule or the end of a debounce, error of a flow "
        "why its definition can't be read, which leaves it without triggers",
    .examples = "  $ qflow flows\n",
    .options = kOptions,
    .run = run,
};

}  // namespace qflow
