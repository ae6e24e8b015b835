#include "qflow/service/run_inspection.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "qflow/model/run_summary.h"
#include "qflow/service/run_objects.h"

namespace qflow {

namespace {

using Seen = std::set<std::string>;

LinkedRun linked(const Run& run) {
  return {run.id, run.status, run.started_at, run.ended_at};
}

Result<ChainNode> chain_of_run(Store& store, LinkedRun run, int depth, Seen& seen);

// With the run that published the event, if a run did.
Result<ChainNode> chain_of_event(Store& store, RunCause cause, int depth, Seen& seen) {
  ChainNode node;
  node.event = std::move(cause.event_name);
  node.seen_before = !seen.insert(std::move(cause.event_id)).second;
  if (node.seen_before || !cause.publisher) return node;
  QFLOW_ASSIGN(node.links.emplace_back(), chain_of_run(store, *std::move(cause.publisher), depth + 1, seen));
  return node;
}

Result<ChainNode> chain_of_run(Store& store, LinkedRun run, int depth, Seen& seen) {
  ChainNode node;
  node.seen_before = !seen.insert(run.id.text()).second;
  node.run = std::move(run);
  if (node.seen_before) return node;
  QFLOW_ASSIGN(std::vector<RunCause> causes, store.ledger().causes_of(node.run->id));
  node.goes_on = depth >= kDeepestChain && !causes.empty();
  if (node.goes_on) return node;
  for (RunCause& cause : causes) {
    if (cause.run) {
      QFLOW_ASSIGN(node.links.emplace_back(), chain_of_run(store, *std::move(cause.run), depth + 1, seen));
    } else {
      QFLOW_ASSIGN(node.links.emplace_back(), chain_of_event(store, std::move(cause), depth + 1, seen));
    }
  }
  return node;
}

Result<ChainNode> downstream_of(Store& store, LinkedRun run, int depth, Seen& seen) {
  ChainNode node;
  node.seen_before = !seen.insert(run.id.text()).second;
  node.run = std::move(run);
  if (node.seen_before) return node;
  QFLOW_ASSIGN(std::vector<LinkedRun> started, store.ledger().runs_triggered_by(node.run->id));
  node.goes_on = depth >= kDeepestChain && !started.empty();
  if (node.goes_on) return node;
  for (LinkedRun& next : started) {
    QFLOW_ASSIGN(node.links.emplace_back(), downstream_of(store, std::move(next), depth + 1, seen));
  }
  return node;
}

Json downstream_list(Store& store, const ChainNode& node, int depth) {
  const bool is_cut = node.goes_on || (depth == kDeepestJsonChain && !node.links.empty());
  if (is_cut) return {};
  Json list = Json::array();
  for (const ChainNode& next : node.links) {
    list.push_back({{"run", next.run->id.text()},
                    {"status", to_text(status_now(store, next.run->id, next.run->status))},
                    {"downstream", downstream_list(store, next, depth + 1)}});
  }
  return list;
}

Json step_json(const StepState& step) {
  return {{"id", step.step.text()},
          {"status", to_text(step.status)},
          {"reason", step.reason.empty() ? Json() : Json(step.reason)},
          {"tasks", step.tasks},
          {"attempts", step.attempts},
          {"started_at", json_or_null(step.started_at)},
          {"ended_at", json_or_null(step.ended_at)}};
}

Status count_attempts(Store& store, const RunId& run, std::vector<StepState>& steps) {
  std::map<StepId, std::int64_t> attempts;
  QFLOW_ASSIGN(const std::vector<Attempt> all, store.ledger().attempts(run));
  for (const Attempt& attempt : all) ++attempts[attempt.step];
  for (StepState& step : steps) {
    if (!step.ended_at) step.attempts = attempts[step.step];
  }
  return {};
}

Status add_unstarted(Store& store, const Run& run, std::vector<StepState>& steps) {
  QFLOW_ASSIGN(const std::shared_ptr<const FlowDefinition> flow, recorded_flow(store, run));
  std::set<StepId> begun;
  for (const StepState& state : steps) begun.insert(state.step);
  for (const Step& step : flow->steps) {
    if (begun.contains(step.id)) continue;
    StepState& state = steps.emplace_back();
    state.step = step.id;
    state.tasks = 0;
    if (has_ended(run.status)) state.reason = "not reached";
  }
  return {};
}

// A run with its trigger, in which runs are whole objects again, down to the first one.
Result<Json> nested_run(Store& store, const Run& run, int depth, Seen& seen) {
  Json object = run_summary(run);
  object["status"] = to_text(status_now(store, run.id, run.status));
  QFLOW_ASSIGN(object["trigger"], trigger_object(store, run.trigger).to_json());
  if (depth == kDeepestJsonChain) return object;
  if (!run.trigger || !seen.insert(run.id.text()).second || !object["trigger"]["runs"].is_array()) return object;
  Json runs = Json::array();
  for (const Json& id : object["trigger"]["runs"]) {
    QFLOW_ASSIGN(const RunId cause, RunId::parse(id.get_ref<const std::string&>()));
    QFLOW_ASSIGN(const Run cause_run, store.ledger().find_run(cause));
    QFLOW_ASSIGN(runs.emplace_back(), nested_run(store, cause_run, depth + 1, seen));
  }
  object["trigger"]["runs"] = std::move(runs);
  return object;
}

}  // namespace

Result<ChainNode> trigger_chain(Store& store, const Run& run) {
  Seen seen;
  return chain_of_run(store, linked(run), 0, seen);
}

Result<ChainNode> downstream_chain(Store& store, const Run& run) {
  Seen seen;
  return downstream_of(store, linked(run), 0, seen);
}

Result<ChainNode> trigger_chain(Store& store, const Event& event) {
  Seen seen;
  ChainNode node;
  node.event = event.name;
  if (!event.caused_by) return node;
  QFLOW_ASSIGN(const Run cause, store.ledger().find_run(*event.caused_by));
  QFLOW_ASSIGN(node.links.emplace_back(), chain_of_run(store, linked(cause), 1, seen));
  return node;
}

Result<ChainNode> downstream_chain(Store& store, const Event& event) {
  Seen seen;
  ChainNode node;
  node.event = event.name;
  QFLOW_ASSIGN(const std::vector<RunId> runs, store.ledger().runs_triggered_by_event(event.id));
  for (const RunId& id : runs) {
    QFLOW_ASSIGN(const Run run, store.ledger().find_run(id));
    QFLOW_ASSIGN(node.links.emplace_back(), downstream_of(store, linked(run), 1, seen));
  }
  return node;
}

Json downstream_json(Store& store, const ChainNode& downstream) {
  return downstream_list(store, downstream, 0);
}

Result<Json> chain_json(Store& store, const Run& run) {
  Seen seen;
  return nested_run(store, run, 0, seen);
}

Result<Json> artifacts_json(Store& store, const Run& run) {
  QFLOW_ASSIGN(const auto data, run_data(store, run));
  Json object = Json::object();
  for (const auto& [name, visible] : data->visible()) {
    if (visible.artifact == nullptr) continue;
    Json entry = {{"size", visible.artifact->size}, {"sha256", visible.artifact->sha256}};
    const auto content = store.ledger().object(visible.artifact->sha256);
    if (!content) {
      entry["gone"] = content.error().message;
    } else if (is_small_value(*visible.artifact)) {
      QFLOW_ASSIGN(const Value value, artifact_value(store, *visible.artifact));
      QFLOW_ASSIGN(entry["value"], value.to_json());
    } else {
      entry["path"] = store.layout().object(visible.artifact->sha256).string();
    }
    object[name] = std::move(entry);
  }
  return object;
}

Result<std::vector<StepState>> steps_now(Store& store, const Run& run) {
  QFLOW_ASSIGN(std::vector<StepState> steps, store.ledger().steps(run.id));
  const bool all_ended = std::all_of(steps.begin(), steps.end(), [](const auto& step) { return step.ended_at; });
  if (!all_ended) QFLOW_TRY(count_attempts(store, run.id, steps));
  QFLOW_TRY(add_unstarted(store, run, steps));
  return steps;
}

Result<Json> inspect_run(Store& store, const Run& run, const InspectOptions& options) {
  Json object;
  if (options.chain) {
    QFLOW_ASSIGN(object, chain_json(store, run));
  } else {
    object = run_summary(run);
    object["status"] = to_text(status_now(store, run.id, run.status));
    QFLOW_ASSIGN(object["trigger"], trigger_object(store, run.trigger).to_json());
  }
  QFLOW_ASSIGN(const std::vector<StepState> steps, steps_now(store, run));
  object["steps"] = Json::array();
  for (const StepState& step : steps) object["steps"].push_back(step_json(step));
  QFLOW_ASSIGN(object["artifacts"], artifacts_json(store, run));
  if (options.downstream) {
    QFLOW_ASSIGN(const ChainNode downstream, downstream_chain(store, run));
    object["downstream"] = downstream_json(store, downstream);
  }
  return object;
}

}  // namespace qflow
