#include "qflow/service/deployment.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "qflow/engine/busy_policy.h"
#include "qflow/error/printable.h"
#include "qflow/error/wording.h"
#include "qflow/model/project_namespace.h"
#include "qflow/service/deployed_flows.h"
#include "qflow/service/deployment_reference.h"
#include "qflow/service/event_intake.h"
#include "qflow/service/sensor_polling.h"
#include "qflow/store/store_location.h"
#include "qflow/trigger/source_filter.h"
#include "qflow/trigger/trigger_registry.h"
#include "qflow/trigger/trigger_sentence.h"
#include "service/redeploy_sentences.h"
#include "service/schedule_keeping.h"
#include "service/sensor_keeping.h"
#include "service/store_settings.h"
#include "service/trigger_shape.h"

namespace qflow {

namespace {

std::vector<std::pair<std::string, std::string>> recorded_environment(const Environment& environment) {
  std::vector<std::pair<std::string, std::string>> recorded;
  for (const char* name : {"LANG", "LC_ALL", "PATH"}) {
    if (const auto value = find_variable(environment, name)) recorded.emplace_back(name, *value);
  }
  return recorded;
}

std::vector<DeployedTrigger> deployed_triggers(const LoadedFlow& flow, const std::string& name_space) {
  std::vector<DeployedTrigger> triggers;
  for (const auto& trigger : flow.triggers) {
    triggers.push_back({trigger->id(), true, "", trigger_shape(*trigger, name_space)});
  }
  return triggers;
}

Deployment deployment_for(const LoadedFlow& flow, const Doors& doors) {
  const FlowDefinition& definition = *flow.definition;
  Deployment deployment;
  deployment.flow = definition.id;
  if (definition.project) {
    deployment.name_space = project_namespace(*definition.project, user_name(doors.environment));
    if (definition.project->branch) deployment.branch = definition.project->branch->value;
  }
  deployment.definition = definition.text;
  deployment.flow_file = flow_file_of(definition).string();
  deployment.environment = recorded_environment(doors.environment);
  deployment.umask = process_umask();
  deployment.one_by_one = runs_one_by_one(definition.run.when_busy);
  deployment.max_parallel = definition.run.max_parallel;
  deployment.deployed_at = doors.clock.now();
  deployment.triggers = deployed_triggers(flow, deployment.name_space);
  return deployment;
}

std::vector<std::string> event_names(const LoadedFlow& flow, const std::string& name_space) {
  std::set<std::string> names;
  for (const auto& trigger : flow.triggers) {
    for (const Subscription& subscription : trigger->subscriptions()) {
      names.insert(listened_name(*trigger, subscription, name_space));
    }
  }
  return {names.begin(), names.end()};
}

// The second would replace the first in the same breath.
Status refuse_twice(const std::vector<LoadedFlow>& flows, const Doors& doors) {
  std::map<std::pair<std::string, std::string>, std::string> files;
  for (const LoadedFlow& flow : flows) {
    const Deployment wanted = deployment_for(flow, doors);
    const std::string& file = flow.definition->file;
    const auto [first, is_new] = files.emplace(std::pair(wanted.name_space, wanted.flow.text()), file);
    if (is_new) continue;
    return fail(ErrorKind::kInvalid, fmt::format("{} and {} both define {}", first->second, file, wanted.flow.text()),
                "give one of them another id or branch");
  }
  return {};
}

Status refuse_unserved(const LoadedFlow& flow) {
  for (const auto& trigger : flow.triggers) {
    if (!is_web_hook(*trigger) || !trigger->rules().enabled) continue;
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: the trigger {} can't be deployed: nothing serves web hooks yet", flow.definition->file,
                            quoted(trigger->id().text())),
                "leave it out, or set enabled = false and start the flow with qflow trigger");
  }
  return {};
}

using TriggersById = std::map<TriggerId, const DeployedTrigger*>;

TriggersById by_id(const Deployment& deployment) {
  TriggersById known;
  for (const DeployedTrigger& trigger : deployment.triggers) known.emplace(trigger.id, &trigger);
  return known;
}

// " (its leg p is disabled)", or "".
std::string disabled_legs(const Trigger& group, const TriggersById& deployed) {
  std::string text;
  for (const Trigger* leg : group.legs()) {
    const auto known = deployed.find(leg->id());
    const bool off = !leg->rules().enabled || (known != deployed.end() && !known->second->enabled);
    if (off) text += fmt::format(" (its leg {} is disabled)", leg->id().text());
  }
  return text;
}

// What a command has disabled, the file may not tell.
void add_sentences(const LoadedFlow& flow, const Deployment& deployment, DeployReport& report) {
  report.sentences.clear();
  const TriggersById deployed = by_id(deployment);
  for (const auto& trigger : flow.triggers) {
    if (trigger->group() != nullptr) continue;  // legs do not fire alone
    const auto known = deployed.find(trigger->id());
    const bool off = !deployment.enabled || (known != deployed.end() && !known->second->enabled);
    std::string sentence = describe(*trigger);
    if (off && trigger->rules().enabled) sentence.insert(sentence.size() - 1, " (disabled)");
    sentence.insert(sentence.size() - 1, disabled_legs(*trigger, deployed));
    report.sentences.push_back(std::move(sentence));
  }
}

std::string disabled_note(const std::string& name, const std::string& reason) {
  return fmt::format("{0} is disabled{1}; qflow enable {0}", name, reason.empty() ? "" : ": " + reason);
}

void note_disabled(const Deployment& deployment, DeployReport& report) {
  const std::string flow = full_name(deployment);
  if (!deployment.enabled) report.notes.push_back(disabled_note(flow, deployment.disabled_reason));
  for (const DeployedTrigger& trigger : deployment.triggers) {
    if (!trigger.enabled)
      report.notes.push_back(disabled_note(flow + "/" + trigger.id.text(), trigger.disabled_reason));
  }
}

// Of a flow that was never deployed.
DeployReport first_report(const LoadedFlow& flow, const Deployment& deployment, const Doors& doors) {
  DeployReport report;
  report.flow = deployment.flow;
  report.name_space = deployment.name_space;
  report.version = 1;
  add_sentences(flow, deployment, report);
  if (const auto& project = flow.definition->project) {
    const std::string note = namespace_note(*project, user_name(doors.environment));
    if (!note.empty()) report.notes.push_back(note);
  }
  return report;
}

// Of a trigger that is not what the events waited for any more.
std::string expiry_note(const TriggerId& trigger, std::size_t events) {
  return fmt::format("trigger {}: {} that waited {}", trigger.text(), counted(events, "event"),
                     events == 1 ? "expires" : "expire");
}

// One deploy in its transaction.
class Deploying {
 public:
  Deploying(Store& store, LedgerWriter& writer, const Doors& doors)
      : ledger_(store.ledger()), writer_(writer), doors_(doors), intake_(store, doors) {}

  Result<DeployReport> deploy(const LoadedFlow& flow) {
    Deployment next = deployment_for(flow, doors_);
    DeployReport report = first_report(flow, next, doors_);
    QFLOW_ASSIGN(const std::optional<Deployment> before, ledger_.triggers().find_deployed(next.flow, next.name_space));
    const bool live = before && !before->undeployed_at;
    if (before) QFLOW_TRY(carry_over(*before, live, next));
    add_sentences(flow, next, report);
    note_disabled(next, report);
    report.unchanged = live && is_same(*before, next);
    report.version = next.version;
    if (report.unchanged) {
      QFLOW_TRY(renew_unchanged(next.key));
      return report;
    }
    report.version = ++next.version;
    if (live) QFLOW_TRY(end_debounces(next.key));
    if (live) report.changes = changes_between(*before, next, flow);
    if (before) QFLOW_TRY(expire_changed(*before, next, report));
    QFLOW_ASSIGN(const auto missed, replace(live, next, event_names(flow, next.name_space)));
    for (const auto& [schedule, instants] : missed) {
      report.notes.push_back(fmt::format("trigger {} missed {}", schedule.text(), missed_span(instants)));
    }
    return report;
  }

 private:
  // `disable` outlives a redeploy.
  Status carry_over(const Deployment& before, bool live, Deployment& next) {
    if (live && before.branch != next.branch) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("{} is deployed from the branch {}, and {} has the same namespace {}", next.flow.text(),
                              quoted(before.branch), quoted(next.branch), next.name_space),
                  "namespaces keep only letters, digits, '_', '.' and '-'; rename one of the branches");
    }
    next.key = before.key;
    next.version = before.version;
    next.enabled = before.enabled;
    next.disabled_reason = before.disabled_reason;
    const TriggersById known = by_id(before);
    for (DeployedTrigger& trigger : next.triggers) {
      const auto old = known.find(trigger.id);
      if (old == known.end()) continue;
      trigger.enabled = old->second->enabled;
      trigger.disabled_reason = old->second->disabled_reason;
    }
    return {};
  }

  // Sensors that fail are tried again; and a flow that was deployed by a qflow that could not look, or that did not
  // keep disabled schedules, gets what it lacks.
  Status renew_unchanged(std::int64_t key) {
    QFLOW_ASSIGN(const auto flow, intake_.flows().find(key));
    QFLOW_TRY(renew_schedules(ledger_, writer_, {nullptr, flow.get(), ""}, doors_.clock.now()));
    return renew_sensors(ledger_, {nullptr, flow.get(), ""}, doors_.clock.now());
  }

  // What is over belongs to the version before, if that can still be read.
  Status end_debounces(std::int64_t key) {
    if (!intake_.flows().find(key)) return {};
    return intake_.end_debounces(writer_, doors_.clock.now(), key).map([](int) {});
  }

  static bool is_same(const Deployment& before, const Deployment& next) {
    return before.definition == next.definition && before.environment == next.environment &&
           before.umask == next.umask && before.flow_file == next.flow_file;
  }

  // What was deployed may be what a newer qflow refuses.
  Result<std::vector<MissedBySchedule>> replace(bool live, const Deployment& next,
                                                const std::vector<std::string>& names) {
    std::shared_ptr<const DeployedFlow> before;
    if (live) before = intake_.flows().find(next.key).value_or(nullptr);
    QFLOW_ASSIGN(const std::int64_t key, ledger_.triggers().save_deployment(next, names));
    QFLOW_ASSIGN(const auto after, intake_.flows().find(key));
    const DeploymentChange change{before.get(), after.get(), fmt::format("changed by deploy {}", next.version)};
    QFLOW_ASSIGN(auto missed, renew_schedules(ledger_, writer_, change, doors_.clock.now()));
    QFLOW_TRY(renew_sensors(ledger_, change, doors_.clock.now()));
    return missed;
  }

  Status expire_changed(const Deployment& before, const Deployment& next, DeployReport& report) {
    const TriggersById known = by_id(next);
    for (const DeployedTrigger& old : before.triggers) {
      const auto now = known.find(old.id);
      if (now != known.end() && now->second->shape == old.shape) continue;
      QFLOW_ASSIGN(const std::size_t expired,
                   intake_.expire_waiting(before.key, old.id, fmt::format("changed by deploy {}", next.version)));
      if (expired > 0) report.notes.push_back(expiry_note(old.id, expired));
    }
    return {};
  }

  Ledger& ledger_;
  LedgerWriter& writer_;
  const Doors& doors_;
  EventIntake intake_;
};

// The flows are deployed, or enabled, by now, whatever becomes of the first looks. By key, what a person should know.
std::map<std::int64_t, std::vector<std::string>> look_first(Store& store, const std::vector<std::int64_t>& keys,
                                                            const Doors& doors) {
  auto notes = take_baselines(store, keys, doors);
  if (notes) return *std::move(notes);
  std::map<std::int64_t, std::vector<std::string>> failed;
  for (const std::int64_t key : keys) failed[key] = {"its sensors were not looked at: " + to_text(notes.error())};
  return failed;
}

void note_first_looks(Store& store, const Doors& doors, std::vector<DeployReport>& reports) {
  std::vector<std::int64_t> keys;
  for (const DeployReport& report : reports) {
    const auto deployment = store.ledger().triggers().find_deployed(report.flow, report.name_space);
    keys.push_back(deployment && *deployment ? (*deployment)->key : 0);
  }
  auto notes = look_first(store, keys, doors);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    std::vector<std::string>& its = notes[keys[i]];
    std::copy(its.begin(), its.end(), std::back_inserter(reports[i].notes));
  }
}

// A person who disables a flow may mean that nothing of it starts from now on.
Status note_queued(TriggerLedger& triggers, std::int64_t key, std::vector<std::string>& notes) {
  QFLOW_ASSIGN(const std::vector<ActiveRun> runs, triggers.active_runs(key));
  const auto is_queued = [](const ActiveRun& run) { return run.status == RunStatus::kQueued; };
  const auto queued = static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), is_queued));
  if (queued == 0) return {};
  notes.push_back(fmt::format("{} that {} queued {} all the same; qflow cancel RUN ends {}", counted(queued, "run"),
                              queued == 1 ? "is" : "are", queued == 1 ? "starts" : "start",
                              queued == 1 ? "it" : "one"));
  return {};
}

Status check_trigger(const Deployment& deployment, const std::optional<TriggerId>& wanted) {
  if (!wanted) return {};
  std::vector<std::string> names;
  for (const DeployedTrigger& trigger : deployment.triggers) {
    if (trigger.id == *wanted) return {};
    names.push_back(trigger.id.text());
  }
  return tl::make_unexpected(no_such_trigger(deployment.flow.text(), *wanted, names));
}

}  // namespace

Result<std::vector<DeployReport>> deploy_flows(const std::vector<LoadedFlow>& flows, DeployMode mode,
                                               const Doors& doors) {
  for (const LoadedFlow& flow : flows) QFLOW_TRY(refuse_unserved(flow));
  QFLOW_TRY(refuse_twice(flows, doors));
  QFLOW_ASSIGN(const StoreLocation location,
               locate_store(doors.files, doors.environment, doors.store_option, doors.folder));
  std::vector<DeployReport> reports;
  if (mode == DeployMode::kDryRun && !location.exists) {
    for (const LoadedFlow& flow : flows) reports.push_back(first_report(flow, deployment_for(flow, doors), doors));
    return reports;
  }
  QFLOW_ASSIGN(const std::unique_ptr<Store> store,
               Store::open(location.root, StoreAccess::kCreate, doors.files, doors.clock));
  // Else whoever publishes first would be told.
  QFLOW_TRY(load_store_config(store->layout(), doors.files));
  const auto deploy_all = [&](LedgerWriter& writer) -> Status {
    Deploying deploying(*store, writer, doors);
    for (const LoadedFlow& flow : flows) {
      auto report = deploying.deploy(flow);
      if (!report) return tl::make_unexpected(with_context(flow.definition->file, report.error()));
      reports.push_back(std::move(*report));
    }
    return {};
  };
  Ledger& ledger = store->ledger();
  if (mode == DeployMode::kDryRun) {
    QFLOW_TRY(ledger.rehearse(deploy_all));
    return reports;
  }
  QFLOW_TRY(ledger.write(Durability::kPower, deploy_all));
  note_first_looks(*store, doors, reports);
  return reports;
}

Result<std::vector<std::string>> undeploy_flow(Store& store, std::int64_t key, const Doors& doors) {
  EventIntake intake(store, doors);
  std::vector<std::string> notes;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    const Instant now = doors.clock.now();
    QFLOW_ASSIGN(const Deployment deployment, live_deployment(store, key));
    const std::shared_ptr<const DeployedFlow> before = intake.flows().find(key).value_or(nullptr);
    if (before) QFLOW_TRY(intake.end_debounces(writer, now, key).map([](int) {}));
    for (const DeployedTrigger& trigger : deployment.triggers) {
      QFLOW_ASSIGN(const std::size_t expired, intake.expire_waiting(key, trigger.id, "undeployed"));
      if (expired > 0) notes.push_back(expiry_note(trigger.id, expired));
    }
    QFLOW_TRY(renew_schedules(store.ledger(), writer, {before.get(), nullptr, "undeployed"}, now));
    QFLOW_TRY(store.ledger().triggers().remove_deployment(key, now));
    QFLOW_ASSIGN(const int cancelled, intake.cancel_queued(writer, key, "undeployed", now));
    if (cancelled > 0) notes.push_back(fmt::format("queued runs that were cancelled: {}", cancelled));
    return {};
  }));
  return notes;
}

// A debounce that ended before belongs to the time before.
Result<SwitchReport> set_enabled(Store& store, std::int64_t key, const std::optional<TriggerId>& trigger, bool enabled,
                                 const std::string& reason, const Doors& doors) {
  EventIntake intake(store, doors);
  SwitchReport report;
  QFLOW_TRY(store.ledger().write(Durability::kPower, [&](LedgerWriter& writer) -> Status {
    const Instant now = doors.clock.now();
    QFLOW_ASSIGN(const Deployment deployment, live_deployment(store, key));
    QFLOW_TRY(check_trigger(deployment, trigger));
    QFLOW_TRY(intake.end_debounces(writer, now).map([](int) {}));
    QFLOW_ASSIGN(const auto before, intake.flows().find(key));
    QFLOW_TRY(store.ledger().triggers().set_enabled(key, trigger, enabled, reason));
    QFLOW_ASSIGN(const auto after, intake.flows().find(key));
    const DeploymentChange change{before.get(), after.get(), enabled ? "enabled" : "disabled"};
    QFLOW_ASSIGN(report.missed, renew_schedules(store.ledger(), writer, change, now));
    if (!enabled && !trigger) QFLOW_TRY(note_queued(store.ledger().triggers(), key, report.notes));
    return renew_sensors(store.ledger(), change, now);
  }));
  std::vector<std::string> looked = look_first(store, {key}, doors)[key];
  std::move(looked.begin(), looked.end(), std::back_inserter(report.notes));
  return report;
}

}  // namespace qflow
