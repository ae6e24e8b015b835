#include "qflow/service/local_run.h"

#include <map>
#include <utility>

#include "qflow/engine/due_instants.h"
#include "qflow/engine/simulated_trigger.h"
#include "qflow/error/suggestion.h"
#include "qflow/model/project_namespace.h"
#include "qflow/model/sha256.h"
#include "qflow/service/calling_run.h"
#include "qflow/service/dispatch.h"
#include "qflow/service/trigger_arguments.h"
#include "qflow/store/store_location.h"
#include "service/artifact_reading.h"
#include "service/held_run.h"
#include "service/parameter_arguments.h"
#include "service/secrets.h"
#include "service/store_settings.h"

namespace qflow {

namespace {

// What the command line decides before anything is written.
struct Preparation {
  Run run;
  std::map<std::string, std::string> secrets;
  std::vector<std::string> notes;
};

// One that is deployed, or that has ever run.
bool is_flow_of(Store& store, const std::string& name) {
  const auto flow = FlowId::parse(name);
  if (!flow) return false;
  const auto run = store.ledger().latest_run(*flow, std::nullopt, LatestMeans::kNewest);
  const auto deployments = store.ledger().triggers().deployments(*flow);
  return (run && run->has_value()) || (deployments && !deployments->empty());
}

Result<std::optional<SimulatedTrigger>> simulate(const LoadedFlow& flow, const LocalRunRequest& request,
                                                 const std::string& name_space, Store* store, const Doors& doors) {
  if (request.triggers.empty()) return std::nullopt;
  std::vector<TriggerSource> sources;
  for (const std::string& argument : request.triggers) {
    QFLOW_ASSIGN(sources.emplace_back(), parse_trigger_argument(argument, name_space, store, doors));
  }
  const auto space_of = [&](const RunId& run) -> std::optional<std::string> {
    const auto known = store != nullptr ? store->ledger().find_run(run) : fail(ErrorKind::kNotFound, "no store");
    return known ? std::optional(known->name_space) : std::nullopt;
  };
  const auto is_flow_name = [&](const std::string& event) { return store != nullptr && is_flow_of(*store, event); };
  return simulate_trigger(std::move(sources), *flow.definition, flow.triggers, {name_space, space_of}, is_flow_name,
                          artifact_reader(store));
}

// As a deployed trigger finds it.
std::optional<Instant> scheduled_instant(const TriggerRecord& record, Store* store) {
  for (const TriggerSource& source : record.sources) {
    if (const auto due = due_instant(source.event)) return due;
    if (!source.event.caused_by || store == nullptr) continue;
    const auto run = store->ledger().find_run(*source.event.caused_by);
    if (run && run->scheduled_at) return run->scheduled_at;
  }
  return std::nullopt;
}

Status set_parameters(Run& run, const FlowDefinition& definition, const LocalRunRequest& request, Json values) {
  QFLOW_TRY(add_parameters(definition.parameters, request.parameters, values));
  QFLOW_ASSIGN(run.params, complete_parameters(definition.parameters, values));
  return {};
}

Result<Preparation> prepare(const LoadedFlow& flow, const LocalRunRequest& request, const StoreLocation& location,
                            Store* store, const Doors& doors, RunObserver& observer) {
  const FlowDefinition& definition = *flow.definition;
  Preparation result;
  Run& run = result.run;
  run.id.flow = definition.id;
  run.status = RunStatus::kRunning;
  run.created_at = doors.clock.now();
  run.started_at = run.created_at;
  run.tags = definition.tags;
  run.tags.insert(run.tags.end(), request.tags.begin(), request.tags.end());
  run.definition_hash = sha256_hex(definition.text);
  run.flow_file = flow_file_of(definition).string();
  if (definition.project) {
    const std::string user = user_name(doors.environment);
    run.name_space = project_namespace(*definition.project, user);
    if (std::string note = namespace_note(*definition.project, user); !note.empty()) {
      result.notes.push_back(std::move(note));
    }
  }
  Json values = Json::object();
  QFLOW_ASSIGN(auto simulated, simulate(flow, request, run.name_space, store, doors));
  if (simulated) {
    values = std::move(simulated->parameters);
    run.context = simulated->context;
    run.scheduled_at = scheduled_instant(simulated->record, store);
    run.trigger = std::move(simulated->record);
    std::move(simulated->notes.begin(), simulated->notes.end(), std::back_inserter(result.notes));
  }
  if (request.context) run.context = request.context;
  QFLOW_ASSIGN(result.secrets,
               required_secrets(definition, doors.environment, StoreLayout(location.root), doors.files));
  const Status complete = set_parameters(run, definition, request, std::move(values));
  // What a deployed trigger refuses may be why one is missing.
  for (const std::string& note : result.notes) {
    if (!complete) observer.note(note);
  }
  return complete.map([&] { return std::move(result); });
}

// One transaction makes the run exist as running: its number, its lock, its row. A crash inside leaves at most an empty
// folder.
Result<FileHandle> register_run(Store& store, Run& run, const std::string& definition) {
  FileHandle lock;
  const Status written = store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    QFLOW_ASSIGN(run.id.number, writer.next_run_number(run.id.flow));
    QFLOW_ASSIGN(lock, store.lock_new_run(run.id));
    return writer.insert_run(run, definition);
  });
  if (!written) return tl::make_unexpected(written.error());
  return lock;
}

// What both kinds of starting have in common: everything is checked, the run is in the ledger, its lock is held.
struct RegisteredRun {
  std::unique_ptr<Store> store;
  HeldRun held;
};

Result<RegisteredRun> register_locally(const LoadedFlow& flow, const LocalRunRequest& request, const Doors& doors,
                                       RunStatus status, StopSignals* signals, RunObserver& observer) {
  QFLOW_ASSIGN(const StoreLocation location,
               locate_store(doors.files, doors.environment, doors.store_option, doors.folder));
  RegisteredRun result;
  std::unique_ptr<Store>& store = result.store;
  // A folder that holds only secrets or a configuration so far, or what a crash left of a new store, becomes a store
  // with its first run.
  const auto ledger = doors.files.info(StoreLayout(location.root).ledger(), FollowLinks::kYes);
  if (!ledger && ledger.error().kind != ErrorKind::kNotFound) return tl::make_unexpected(ledger.error());
  if (ledger && ledger->size > 0) {
    QFLOW_ASSIGN(store, Store::open(location.root, StoreAccess::kWrite, doors.files, doors.clock));
    // A crashed run has ended, and can be what triggers this one, as soon as that is recorded.
    QFLOW_TRY(recover_and_start(*store, doors, signals, observer));
  }
  QFLOW_TRY(load_store_config(StoreLayout(location.root), doors.files));
  QFLOW_ASSIGN(Preparation prepared, prepare(flow, request, location, store.get(), doors, observer));
  if (!store) {
    QFLOW_ASSIGN(store, Store::open(location.root, StoreAccess::kCreate, doors.files, doors.clock));
  }
  for (const std::string& note : store->notes()) observer.note(note);
  for (const std::string& note : prepared.notes) observer.note(note);
  const Executed executed = status == RunStatus::kQueued ? Executed::kElsewhere : Executed::kHere;
  QFLOW_TRY(descend_from_caller(prepared.run, executed, *store, doors));
  prepared.run.status = status;
  if (status == RunStatus::kQueued) prepared.run.started_at.reset();
  QFLOW_ASSIGN(result.held.lock, register_run(*store, prepared.run, flow.definition->text));
  result.held.run = std::move(prepared.run);
  result.held.flow = flow.definition;
  result.held.secrets = std::move(prepared.secrets);
  return result;
}

}  // namespace

Result<RunResult> run_locally(const LoadedFlow& flow, const LocalRunRequest& request, const Doors& doors,
                              StopSignals* signals, RunObserver& observer) {
  QFLOW_ASSIGN(RegisteredRun registered,
               register_locally(flow, request, doors, RunStatus::kRunning, signals, observer));
  return execute_held_run(std::move(registered.held), request.execution, *registered.store, doors, signals, observer);
}

Result<RunId> run_detached(const LoadedFlow& flow, const LocalRunRequest& request, const Doors& doors,
                           RunObserver& observer) {
  QFLOW_ASSIGN(const RegisteredRun registered,
               register_locally(flow, request, doors, RunStatus::kQueued, nullptr, observer));
  const RunId& run = registered.held.run.id;
  QFLOW_TRY(start_executor(*registered.store, run, registered.held.lock, request.execution, doors));
  return run;
}

}  // namespace qflow
