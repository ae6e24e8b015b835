#include "cli/completion_candidates.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "cli/option_parser.h"
#include "cli/run_argument.h"
#include "cli/store_access.h"
#include "qflow/engine/due_instants.h"
#include "qflow/model/step_state.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/deployment_reference.h"
#include "qflow/service/flow_loading.h"

namespace qflow {

namespace {

constexpr std::int64_t kMostRuns = 50;

Result<std::vector<Run>> newest_runs(Store& store) {
  RunFilter filter;
  filter.limit = kMostRuns;
  return store.ledger().list_runs(filter);
}

Result<Candidates> flows(Store& store) {
  QFLOW_ASSIGN(const std::vector<FlowId> ids, store.ledger().known_flows());
  Candidates list;
  for (const FlowId& id : ids) list.push_back({id.text(), "flow"});
  return list;
}

Result<Candidates> runs(Store& store) {
  QFLOW_ASSIGN(const std::vector<FlowId> ids, store.ledger().known_flows());
  Candidates list;
  for (const FlowId& id : ids) list.push_back({id.text() + "/latest", "the newest run"});
  QFLOW_ASSIGN(const std::vector<Run> newest, newest_runs(store));
  for (const Run& run : newest) list.push_back({run.id.text(), std::string(to_text(run.status))});
  return list;
}

Result<Candidates> tags(Store& store) {
  QFLOW_ASSIGN(const std::vector<Run> newest, newest_runs(store));
  std::set<std::string> known;
  for (const Run& run : newest) known.insert(run.tags.begin(), run.tags.end());
  Candidates list;
  for (const std::string& tag : known) list.push_back({tag, "tag"});
  return list;
}

struct NamedDeployment {
  std::string name;
  Deployment deployment;
};

// By the shortest name that commands accept: a flow that is deployed in several namespaces needs its full one.
Result<std::vector<NamedDeployment>> named_deployments(Store& store) {
  QFLOW_ASSIGN(std::vector<Deployment> deployments, store.ledger().triggers().deployments());
  std::map<FlowId, int> counts;
  for (const Deployment& deployment : deployments) ++counts[deployment.flow];
  std::vector<NamedDeployment> named;
  for (Deployment& deployment : deployments) {
    std::string name = counts[deployment.flow] == 1 ? deployment.flow.text() : full_name(deployment);
    named.push_back({std::move(name), std::move(deployment)});
  }
  return named;
}

Result<Candidates> deployed_flows(Store& store) {
  QFLOW_ASSIGN(const std::vector<NamedDeployment> all, named_deployments(store));
  Candidates list;
  for (const NamedDeployment& one : all) list.push_back({one.name, "deployed flow"});
  return list;
}

// What stands for a flow instead of its file: as it is deployed, else as it was at its newest run.
Result<Candidates> recorded_flows(Store& store) {
  QFLOW_ASSIGN(const std::vector<NamedDeployment> deployed, named_deployments(store));
  std::set<FlowId> known;
  Candidates list;
  for (const NamedDeployment& one : deployed) {
    known.insert(one.deployment.flow);
    list.push_back({one.name, "deployed flow"});
  }
  QFLOW_ASSIGN(const std::vector<FlowId> ids, store.ledger().known_flows());
  for (const FlowId& id : ids) {
    if (known.insert(id).second) list.push_back({id.text(), "flow"});
  }
  return list;
}

Result<Candidates> deployed_triggers(Store& store) {
  QFLOW_ASSIGN(const std::vector<NamedDeployment> all, named_deployments(store));
  Candidates list;
  for (const NamedDeployment& one : all) {
    list.push_back({one.name, "deployed flow"});
    for (const DeployedTrigger& trigger : one.deployment.triggers) {
      list.push_back({one.name + "/" + trigger.id.text(), "trigger"});
    }
  }
  return list;
}

Result<Candidates> triggers_that(bool (*are_meant)(const Trigger&), std::string_view noun, Store& store,
                                 const TriggerRegistry& types) {
  QFLOW_ASSIGN(const std::vector<NamedDeployment> all, named_deployments(store));
  DeployedFlows flows(store, types);
  Candidates list;
  for (const NamedDeployment& one : all) {
    QFLOW_ASSIGN(const auto flow, flows.find(one.deployment.key));
    for (const auto& trigger : flow->triggers) {
      if (are_meant(*trigger)) list.push_back({one.name + "/" + trigger->id().text(), std::string(noun)});
    }
  }
  return list;
}

Result<Candidates> sensors(Store& store, const TriggerRegistry& types) {
  return triggers_that([](const Trigger& trigger) { return sensor_of(trigger) != nullptr; }, "sensor", store, types);
}

// And the flows that have some.
Result<Candidates> schedules(Store& store, const TriggerRegistry& types) {
  QFLOW_ASSIGN(Candidates list, triggers_that([](const Trigger& trigger) { return schedule_of(trigger) != nullptr; },
                                              "schedule", store, types));
  std::set<std::string> flows;
  for (const Candidate& one : list) flows.insert(one.text.substr(0, one.text.rfind('/')));
  for (const std::string& flow : flows) list.push_back({flow, "deployed flow"});
  return list;
}

// The flow that the line names: a file, or one that is deployed.
Result<LoadedFlow> flow_on_line(Context& context, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const Result<FileInfo> info = context.files.info(context.folder / word, FollowLinks::kYes);
    if (!info || info->type != FileType::kRegular) continue;
    Result<LoadedFlow> flow = load_flow_file(context.files, context.trigger_types, context.folder, word);
    if (flow) return flow;
  }
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  constexpr std::string_view kFlowId = "--flow-id=";
  for (const std::string& word : words) {
    const auto found = find_deployments(*store, word.starts_with(kFlowId) ? word.substr(kFlowId.size()) : word);
    if (!found) continue;
    const Deployment& deployment = found->front();
    const std::string folder = Path(deployment.flow_file).parent_path().string();
    return load_flow_text(context.trigger_types, deployment.definition, deployment.flow_file, folder,
                          override_to(deployment.name_space));
  }
  return fail(ErrorKind::kNotFound, "the line names no flow");
}

Result<Candidates> trigger_ids(Context& context, const std::vector<std::string>& words) {
  QFLOW_ASSIGN(const LoadedFlow flow, flow_on_line(context, words));
  Candidates list;
  for (const auto& trigger : flow.triggers) list.push_back({trigger->id().text(), "trigger"});
  return list;
}

// The events that the flow listens to need no store, and a store needs no flow.
Result<Candidates> sources(Context& context, const std::vector<std::string>& words) {
  std::set<std::string> events;
  if (const Result<LoadedFlow> flow = flow_on_line(context, words)) {
    for (const auto& trigger : flow->triggers) {
      for (const Subscription& subscription : trigger->subscriptions()) {
        const auto* event = std::get_if<EventSubscription>(&subscription);
        if (event != nullptr) events.insert(event->event.text());
      }
    }
  }
  Candidates list;
  for (const std::string& event : events) list.push_back({event, "event"});
  const Result<std::unique_ptr<Store>> store = open_store(context, StoreAccess::kRead);
  if (!store) return list;
  QFLOW_ASSIGN(const Candidates known, runs(**store));
  list.insert(list.end(), known.begin(), known.end());
  return list;
}

// What deployed flows listen to.
Result<Candidates> events(Store& store) {
  QFLOW_ASSIGN(const std::vector<std::string> names, store.ledger().triggers().awaited_events());
  Candidates list;
  for (const std::string& name : names) list.push_back({name, "event"});
  return list;
}

Result<Candidates> known_events(Store& store) {
  QFLOW_ASSIGN(const std::vector<std::string> awaited, store.ledger().triggers().awaited_events());
  QFLOW_ASSIGN(const std::vector<std::string> recorded, store.ledger().triggers().recorded_events());
  std::set<std::string> names(awaited.begin(), awaited.end());
  names.insert(recorded.begin(), recorded.end());
  Candidates list;
  for (const std::string& name : names) list.push_back({name, "event"});
  return list;
}

// The words of the line that name its run, and what stands behind them; empty when the line can't be understood.
std::vector<std::string> arguments_on_line(const std::vector<std::string>& words) {
  const std::size_t place = find_command_word(words);
  const Command* command = place < words.size() ? find_command(words[place]) : nullptr;
  if (command == nullptr) return {};
  const auto parsed = parse_options(*command, {words.begin() + static_cast<std::ptrdiff_t>(place) + 1, words.end()});
  return parsed ? parsed->positionals() : std::vector<std::string>();
}

bool is_flow_alone(const std::vector<std::string>& arguments) {
  return arguments.size() == 1 && arguments.front().find('/') == std::string::npos;
}

Result<Candidates> steps(Store& store, const std::vector<std::string>& arguments) {
  Candidates list;
  if (arguments.empty() || arguments.size() != count_run_words(arguments)) return list;
  QFLOW_ASSIGN(const RunReference reference, parse_run_words(arguments));
  QFLOW_ASSIGN(const Run run, find_run(store, reference, LatestMeans::kNewest));
  QFLOW_ASSIGN(const std::vector<StepState> states, store.ledger().steps(run.id));
  for (const StepState& state : states) list.push_back({state.step.text(), std::string(to_text(state.status))});
  return list;
}

Result<Candidates> after_run(Store& store, Completes asked, const std::vector<std::string>& words) {
  const std::vector<std::string> arguments = arguments_on_line(words);
  if (is_flow_alone(arguments)) return Candidates{{"latest", "the newest run"}};
  if (asked == Completes::kLatestOrStep) return steps(store, arguments);
  return asked == Completes::kLatestOrTag ? tags(store) : Candidates();
}

Result<Candidates> parameters(Context& context, const std::vector<std::string>& words) {
  QFLOW_ASSIGN(const LoadedFlow flow, flow_on_line(context, words));
  Candidates list;
  for (const Parameter& parameter : flow.definition->parameters) {
    list.push_back({parameter.name.text() + "=", parameter.help});
  }
  return list;
}

// Of what only a store knows.
Result<Candidates> stored_candidates(Store& store, Completes asked, const std::vector<std::string>& words,
                                     const TriggerRegistry& types) {
  switch (asked) {
    case Completes::kFlow:
      return flows(store);
    case Completes::kFlowOrFile:
      return recorded_flows(store);
    case Completes::kScheduleOrFile:
      return schedules(store, types);
    case Completes::kRun:
      return runs(store);
    case Completes::kLatest:
    case Completes::kLatestOrStep:
    case Completes::kLatestOrTag:
      return after_run(store, asked, words);
    case Completes::kTag:
      return tags(store);
    case Completes::kDeployedFlow:
      return deployed_flows(store);
    case Completes::kDeployedTrigger:
      return deployed_triggers(store);
    case Completes::kSensor:
      return sensors(store, types);
    case Completes::kEvent:
      return events(store);
    case Completes::kKnownEvent:
      return known_events(store);
    case Completes::kParameter:
    case Completes::kTriggerId:
    case Completes::kSource:
    case Completes::kNothing:
    case Completes::kFile:
    case Completes::kFolder:
    case Completes::kChoice:
    case Completes::kCommand:
    case Completes::kTopic:
      break;
  }
  return Candidates();
}

}  // namespace

Result<Candidates> find_candidates(Context& context, Completes asked, const std::vector<std::string>& words) {
  if (asked == Completes::kParameter) return parameters(context, words);
  if (asked == Completes::kTriggerId) return trigger_ids(context, words);
  if (asked == Completes::kSource) return sources(context, words);
  QFLOW_ASSIGN(const std::unique_ptr<Store> store, open_store(context, StoreAccess::kRead));
  return stored_candidates(*store, asked, words, context.trigger_types);
}

}  // namespace qflow
