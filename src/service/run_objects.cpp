#include "qflow/service/run_objects.h"

#include <algorithm>
#include <set>
#include <utility>

#include "qflow/error/suggestion.h"
#include "qflow/flowfile/flow_file.h"
#include "qflow/model/run_summary.h"
#include "qflow/model/step_state.h"

namespace qflow {

namespace {

class RunObject final : public LazyObject {
 public:
  RunObject(Store& store, RunId run, std::optional<StepId> step)
      : store_(store), run_(std::move(run)), step_(std::move(step)) {}

  Result<Value> field(std::string_view name) const override {
    QFLOW_ASSIGN(Run run, store_.ledger().find_run(run_));
    run.status = status_now(store_, run.id, run.status);
    if (name == "trigger") return trigger_object(store_, run.trigger);
    if (name == "data") {
      QFLOW_ASSIGN(std::shared_ptr<const LazyObject> data, run_data(store_, run, step_));
      return Value(std::move(data));
    }
    const Json summary = run_summary(run);
    if (const auto found = summary.find(std::string(name)); found != summary.end()) return Value(*found);
    return fail(ErrorKind::kNotFound, "a run has no field " + quoted(name), did_you_mean_or_list(name, names()));
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> names{"data", "trigger"};
    const Json summary = run_summary(Run{});
    for (const auto& [name, value] : summary.items()) names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<Json> whole() const override { return Json(run_.text()); }

 private:
  Store& store_;
  RunId run_;
  std::optional<StepId> step_;
};

const TriggerSource& newest(const std::vector<TriggerSource>& sources) {
  const TriggerSource* best = &sources.front();
  for (const TriggerSource& source : sources) {
    if (is_newer(source, *best)) best = &source;
  }
  return *best;
}

class TriggerObject final : public LazyObject {
 public:
  TriggerObject(Store& store, TriggerRecord record) : store_(store), record_(std::move(record)) {}

  Result<Value> field(std::string_view name) const override {
    if (name == "type") return Value(Json(to_text(record_.kind)));
    if (name == "trigger_id") return Value(record_.trigger_id ? Json(record_.trigger_id->text()) : Json());
    if (name == "event") return Value(event());
    if (name == "events") return Value(events());
    if (name == "run") return run();
    if (name == "runs") return runs();
    if (name == "data") return data();
    if (name == "named") return named();
    return by_name(name);
  }

  std::vector<std::string> names() const override {
    return {"data", "event", "events", "named", "run", "runs", "trigger_id", "type"};
  }

  Result<Json> whole() const override {
    Json object = Json::object();
    for (const std::string& name : names()) {
      QFLOW_ASSIGN(const Value value, field(name));
      QFLOW_ASSIGN(object[name], value.to_json());
    }
    return object;
  }

 private:
  Json event() const {
    std::set<std::pair<std::string, bool>> taken;
    for (const TriggerSource& source : record_.sources) taken.emplace(source.short_name, source.run.has_value());
    return taken.size() == 1 ? to_json(newest(record_.sources).event) : Json();
  }

  Json events() const {
    Json list = Json::array();
    for (const TriggerSource& source : record_.sources) list.push_back(to_json(source.event));
    return list;
  }

  std::vector<const TriggerSource*> run_sources() const {
    std::vector<const TriggerSource*> sources;
    for (const TriggerSource& source : record_.sources) {
      if (source.run) sources.push_back(&source);
    }
    return sources;
  }

  Value object_of(const TriggerSource& source) const {
    if (!source.run) return Value(to_json(source.event));
    return run_object(store_, *source.run, source.step);
  }

  Value run() const {
    const auto sources = run_sources();
    return sources.size() == 1 ? object_of(*sources.front()) : Value();
  }

  Value runs() const {
    ValueList runs;
    for (const TriggerSource* source : run_sources()) runs.push_back(object_of(*source));
    if (runs.empty()) return {};
    return Value(std::make_shared<const ValueList>(std::move(runs)));
  }

  Result<Value> data() const {
    const Value only = run();
    return only.object() != nullptr ? only.object()->field("data") : Value();
  }

  // "foo.prod.Up": tells runs of one flow in several namespaces apart. "" for what is no run of a namespace.
  std::string qualified_name(const TriggerSource& source) const {
    if (!source.run) return {};
    const auto run = store_.ledger().run_without_sources(*source.run);
    return run && !run->name_space.empty() ? run->name_space + "." + run->id.flow.text() : std::string();
  }

  // The newest source that goes by the name; null without any.
  const TriggerSource* find(std::string_view name) const {
    const bool is_qualified = name.find('.') != std::string_view::npos;
    const TriggerSource* found = nullptr;
    for (const TriggerSource& source : record_.sources) {
      const bool goes_by_it =
          source.short_name == name || source.event.name == name || (is_qualified && qualified_name(source) == name);
      if (goes_by_it && (found == nullptr || is_newer(source, *found))) found = &source;
    }
    return found;
  }

  Result<Value> by_name(std::string_view name) const {
    const TriggerSource* source = find(name);
    if (source != nullptr && source->event.name == name) return Value(to_json(source->event));
    if (source != nullptr) return object_of(*source);
    std::vector<std::string> known = record_.declared_names;
    for (const TriggerSource& source : record_.sources) known.push_back(source.short_name);
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    if (std::binary_search(known.begin(), known.end(), name)) return Value();
    std::vector<std::string> meant = known;
    for (std::string& field : names()) meant.push_back(std::move(field));
    const std::string suggestion = did_you_mean(name, meant);
    return fail(ErrorKind::kNotFound, "trigger has no " + quoted(name),
                suggestion.empty() ? did_you_mean_or_list(name, known) : suggestion);
  }

  Result<Value> named() const {
    Json object = Json::object();
    for (const TriggerSource& source : record_.sources) {
      if (object.contains(source.short_name)) continue;
      QFLOW_ASSIGN(const Value value, by_name(source.short_name));
      QFLOW_ASSIGN(object[source.short_name], value.to_json());
    }
    for (const std::string& name : record_.declared_names) {
      if (name.find('.') == std::string::npos || object.contains(name)) continue;
      QFLOW_ASSIGN(const Value value, by_name(name));
      QFLOW_ASSIGN(object[name], value.to_json());
      if (object[name].is_null()) object.erase(name);
    }
    return Value(std::move(object));
  }

  Store& store_;
  TriggerRecord record_;
};

std::vector<std::size_t> all_steps(const FlowDefinition& flow) {
  std::vector<std::size_t> steps(flow.steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = i;
  return steps;
}

// Rows of steps that did not succeed stand from tasks that did, or from an attempt that was cut off. They count where
// the failure was allowed.
Result<std::vector<Artifact>> lasting_artifacts(Store& store, const Run& run, const FlowDefinition& flow,
                                                const std::vector<StepState>& steps) {
  QFLOW_ASSIGN(std::vector<Artifact> artifacts, store.ledger().artifacts(run.id));
  std::set<StepId> may_fail;
  for (const Step& step : flow.steps) {
    if (step.allow_failure) may_fail.insert(step.id);
  }
  std::set<StepId> lasting;
  for (const StepState& step : steps) {
    const bool allowed = step.status == StepStatus::kFailed && may_fail.contains(step.step);
    if (allowed || step.status == StepStatus::kSucceeded) lasting.insert(step.step);
  }
  std::erase_if(artifacts, [&](const Artifact& artifact) { return !lasting.contains(artifact.step); });
  return artifacts;
}

}  // namespace

bool is_newer(const TriggerSource& a, const TriggerSource& b) {
  return window_time(a.event) >= window_time(b.event);
}

Result<std::shared_ptr<const FlowDefinition>> recorded_flow(Store& store, const Run& run) {
  QFLOW_ASSIGN(const std::string text, store.ledger().definition(run.definition_hash));
  const Path file(run.flow_file);
  FlowFile parsed = parse_flow_file(text, run.flow_file, file.parent_path().string());
  return std::make_shared<const FlowDefinition>(std::move(parsed.definition));
}

Result<std::size_t> find_step(const FlowDefinition& flow, const StepId& step) {
  std::vector<std::string> names;
  for (std::size_t index = 0; index < flow.steps.size(); ++index) {
    if (flow.steps[index].id == step) return index;
    names.push_back(flow.steps[index].id.text());
  }
  return fail(ErrorKind::kNotFound, flow.id.text() + " has no step " + quoted(step.text()),
              did_you_mean_or_list(step.text(), names));
}

Result<std::shared_ptr<const ArtifactsObject>> run_data(Store& store, const Run& run, const std::optional<StepId>& step,
                                                        InWhole in_whole) {
  QFLOW_ASSIGN(const std::shared_ptr<const FlowDefinition> flow, recorded_flow(store, run));
  QFLOW_ASSIGN(const std::vector<StepState> steps, store.ledger().steps(run.id));
  QFLOW_ASSIGN(std::vector<Artifact> artifacts, lasting_artifacts(store, run, *flow, steps));
  std::vector<std::size_t> from = all_steps(*flow);
  if (step) {
    std::erase_if(artifacts, [&](const Artifact& artifact) { return artifact.step != *step; });
    std::erase_if(from, [&](std::size_t each) { return flow->steps[each].id != *step; });
  }
  auto graph = std::make_shared<const StepGraph>(flow->steps);
  return std::make_shared<const ArtifactsObject>(store, flow, std::move(graph), std::move(from), artifacts,
                                                 task_counts(steps), in_whole);
}

Value run_object(Store& store, const RunId& run, const std::optional<StepId>& step) {
  return Value(std::shared_ptr<const LazyObject>(std::make_shared<RunObject>(store, run, step)));
}

Value trigger_object(Store& store, const std::optional<TriggerRecord>& record) {
  if (!record) return {};
  return Value(std::shared_ptr<const LazyObject>(std::make_shared<TriggerObject>(store, *record)));
}

RunStatus status_now(Store& store, const RunId& run, RunStatus recorded) {
  if (recorded != RunStatus::kRunning) return recorded;
  if (store.run_is_locked(run).value_or(true)) return recorded;
  // Its lock is free in the moment after its end, too.
  const auto now = store.ledger().run_without_sources(run);
  return now && now->status != RunStatus::kRunning ? now->status : RunStatus::kCrashed;
}

}  // namespace qflow
