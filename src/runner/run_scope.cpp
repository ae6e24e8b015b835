#include "qflow/runner/run_scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "qflow/error/suggestion.h"
#include "qflow/model/run_summary.h"
#include "qflow/runner/run_reporter.h"

namespace qflow {

namespace {

// An object whose fields are computed by name; for the small objects below.
class FieldsObject final : public LazyObject {
 public:
  using Field = std::function<Result<Value>()>;
  FieldsObject(std::string what, std::map<std::string, Field> fields)
      : what_(std::move(what)), fields_(std::move(fields)) {}

  Result<Value> field(std::string_view name) const override {
    const auto found = fields_.find(std::string(name));
    if (found != fields_.end()) return found->second();
    return fail(ErrorKind::kNotFound, what_ + " has no " + quoted(name),
                fields_.empty() ? "it was skipped, or left nothing" : did_you_mean_or_list(name, names()));
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const auto& [name, unused] : fields_) names.push_back(name);
    return names;
  }

  Result<Json> whole() const override {
    Json object = Json::object();
    for (const auto& [name, field] : fields_) {
      QFLOW_ASSIGN(const Value value, field());
      QFLOW_ASSIGN(object[name], value.to_json());
    }
    return object;
  }

 private:
  std::string what_;
  std::map<std::string, Field> fields_;
};

Value fields_object(std::string what, std::map<std::string, FieldsObject::Field> fields) {
  return Value(std::shared_ptr<const LazyObject>(std::make_shared<FieldsObject>(std::move(what), std::move(fields))));
}

using TaskFields = std::map<std::int64_t, std::map<std::string, FieldsObject::Field>>;

// `count` may be too small: of an object that others than the run ask, before its steps have ended.
Value task_list(const std::string& step, TaskFields tasks, std::int64_t count) {
  if (!tasks.empty()) count = std::max(count, tasks.rbegin()->first + 1);
  ValueList list;
  for (std::int64_t index = 0; index < count; ++index) {
    const std::string what = "task " + step + "[" + std::to_string(index) + "]";
    list.push_back(fields_object(what, std::move(tasks[index])));
  }
  return Value(std::make_shared<const ValueList>(std::move(list)));
}

// The own artifacts of one step: by name, or of a foreach, which has `tasks`, by index and name.
Value step_object(Store& store, const std::vector<Artifact>& artifacts, const std::string& step,
                  std::optional<std::int64_t> count) {
  std::map<std::string, FieldsObject::Field> fields;
  TaskFields tasks;
  for (const Artifact& artifact : artifacts) {
    if (artifact.step.text() != step) continue;
    auto load = [&store, artifact] { return artifact_value(store, artifact); };
    if (artifact.index) {
      tasks[*artifact.index].emplace(artifact.name.text(), load);
    } else {
      fields.emplace(artifact.name.text(), load);
    }
  }
  if (count && fields.empty()) return task_list(step, std::move(tasks), *count);
  return fields_object("step '" + step + "'", std::move(fields));
}

std::vector<Artifact> in_reach(const StepGraph& graph, const std::vector<std::size_t>& from,
                               const std::vector<Artifact>& artifacts) {
  const std::vector<bool> reached = graph.reach(from);
  std::vector<Artifact> found;
  std::copy_if(artifacts.begin(), artifacts.end(), std::back_inserter(found), [&](const Artifact& artifact) {
    const auto step = graph.find(artifact.step.text());
    return step && reached[*step];
  });
  return found;
}

Error ambiguous(std::string_view name, const VisibleArtifact& visible) {
  return {ErrorKind::kFailed,
          "artifact '" + std::string(name) + "' is ambiguous: " + quoted_list(visible.candidates) +
              " have different values",
          fmt::format("name the step: {} in place of {}", visible.candidates.front(), name)};
}

std::optional<Json> small_value(Store& store, const Artifact& artifact) {
  if (!is_small_value(artifact)) return std::nullopt;
  const auto value = artifact_value(store, artifact);
  return value && value->json() != nullptr ? std::optional(*value->json()) : std::nullopt;
}

// An artifact of the step that is just ending is whole in objects/, but the ledger does not know it yet, or knows only
// that gc removed it once.
Result<ObjectRecord> object_of(Store& store, const Artifact& artifact) {
  auto known = store.ledger().object(artifact.sha256);
  if (known || known.error().kind != ErrorKind::kNotFound) return known;
  QFLOW_ASSIGN(const bool is_there, exists(store.files(), store.layout().object(artifact.sha256)));
  if (is_there) return ObjectRecord{artifact.sha256, artifact.kind, artifact.size, "", {}};
  return tl::make_unexpected(with_context("artifact '" + artifact.name.text() + "'", known.error()));
}

}  // namespace

TaskCounts task_counts(const std::vector<StepState>& steps) {
  TaskCounts counts;
  for (const StepState& step : steps) {
    if (step.status != StepStatus::kSkipped) counts[step.step] = step.tasks;
  }
  return counts;
}

Result<Value> artifact_value(Store& store, const Artifact& artifact) {
  QFLOW_ASSIGN(const ObjectRecord object, object_of(store, artifact));
  if (artifact.kind != ArtifactKind::kValue) {
    QFLOW_ASSIGN(const Path path, store.objects().open_path(object));
    return Value(Json(path.string()));
  }
  QFLOW_ASSIGN(const std::string bytes, store.objects().load(object));
  auto value = parse_json(bytes);
  if (!value) return tl::make_unexpected(with_context("artifact '" + artifact.name.text() + "'", value.error()));
  return Value(std::move(*value));
}

ArtifactsObject::ArtifactsObject(Store& store, std::shared_ptr<const FlowDefinition> flow,
                                 std::shared_ptr<const StepGraph> graph, std::vector<std::size_t> from,
                                 const std::vector<Artifact>& artifacts, TaskCounts tasks, InWhole in_whole)
    : store_(store),
      flow_(std::move(flow)),
      graph_(std::move(graph)),
      from_(std::move(from)),
      tasks_(std::move(tasks)),
      in_whole_(in_whole) {
  if (from_.empty() || artifacts.empty()) return;
  artifacts_ = in_reach(*graph_, from_, artifacts);
  visible_ = visible_artifacts(*graph_, from_, artifacts_);
  join_equal_values();
}

// Steps write one value differently: `[1, 2]` and `[1,2]`.
void ArtifactsObject::join_equal_values() {
  for (auto& [name, visible] : visible_) {
    if (visible.artifact != nullptr) continue;
    std::unordered_map<std::string, const Artifact*> by_full_name;
    for (const Artifact& artifact : artifacts_) {
      if (artifact.name.text() != name) continue;
      by_full_name.emplace(task_label(artifact.step, artifact.index) + "." + name, &artifact);
    }
    const std::vector<std::string>& candidates = visible.candidates;
    const Artifact* first = by_full_name.at(candidates.front());
    const auto value = small_value(store_, *first);
    const auto is_equal = [&](const std::string& candidate) {
      const Artifact& other = *by_full_name.at(candidate);
      return other.sha256 == first->sha256 || small_value(store_, other) == value;
    };
    if (value && std::all_of(candidates.begin(), candidates.end(), is_equal)) visible = {first, {}};
  }
}

// Nothing for a step that is no foreach.
std::optional<std::int64_t> ArtifactsObject::tasks_of(std::string_view step) const {
  const auto index = graph_->find(step);
  if (!index || !flow_->steps[*index].foreach) return std::nullopt;
  const auto known = tasks_.find(flow_->steps[*index].id);
  return known != tasks_.end() ? known->second : 0;
}

bool ArtifactsObject::is_of_step(std::string_view name) const {
  return std::any_of(artifacts_.begin(), artifacts_.end(),
                     [&](const Artifact& artifact) { return artifact.step.text() == name; });
}

bool ArtifactsObject::is_step_in_reach(std::string_view name) const {
  const auto step = graph_->find(name);
  return step && graph_->reach(from_)[*step];
}

TaskCounts ArtifactsObject::lists_in_reach() const {
  const std::vector<Step>& steps = flow_->steps;
  const auto is_list = [](const Step& step) { return step.foreach.has_value(); };
  if (from_.empty() || std::none_of(steps.begin(), steps.end(), is_list)) return {};
  const std::vector<bool> reached = graph_->reach(from_);
  TaskCounts lists;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    const StepId& id = steps[step].id;
    if (reached[step] && is_list(steps[step])) lists[id] = tasks_of(id.text()).value_or(0);
  }
  return lists;
}

Result<Value> ArtifactsObject::field(std::string_view name) const {
  if (const auto found = visible_.find(std::string(name)); found != visible_.end()) {
    if (found->second.artifact == nullptr) return tl::make_unexpected(ambiguous(name, found->second));
    return artifact_value(store_, *found->second.artifact);
  }
  if (name == ".steps") {
    const auto shared = std::make_shared<const std::vector<Artifact>>(artifacts_);
    std::map<std::string, FieldsObject::Field> steps;
    for (const Artifact& artifact : artifacts_) {
      const std::string step = artifact.step.text();
      if (steps.contains(step)) continue;
      steps.emplace(step, [&store = store_, shared, step, tasks = tasks_of(step)]() -> Result<Value> {
        return step_object(store, *shared, step, tasks);
      });
    }
    return fields_object("artifacts['.steps']", std::move(steps));
  }
  if (is_of_step(name) || is_step_in_reach(name)) {
    return step_object(store_, artifacts_, std::string(name), tasks_of(name));
  }
  return fail(ErrorKind::kNotFound, "there is no artifact " + quoted(name) + " here",
              did_you_mean_or_list(name, names()));
}

std::vector<std::string> ArtifactsObject::names() const {
  std::vector<std::string> names;
  for (const auto& [name, visible] : visible_) {
    if (visible.artifact != nullptr) names.push_back(name);
  }
  return names;
}

Result<Json> ArtifactsObject::whole() const {
  const bool small_only = in_whole_ == InWhole::kSmallValues;
  Json object = Json::object();
  for (const auto& [name, visible] : visible_) {
    if (visible.artifact == nullptr) continue;
    if (small_only && visible.artifact->kind == ArtifactKind::kValue && !is_small_value(*visible.artifact)) {
      object[name] = nullptr;
      continue;
    }
    const auto value = artifact_value(store_, *visible.artifact);
    if (small_only && !value && value.error().kind == ErrorKind::kNotFound) {
      object[name] = nullptr;
      continue;
    }
    if (!value) return tl::make_unexpected(value.error());
    QFLOW_ASSIGN(object[name], value->to_json());
  }
  return object;
}

Result<bool> ArtifactsObject::has(std::string_view name) const {
  const bool is_known = visible_.contains(std::string(name)) || name == ".steps" || is_of_step(name);
  return is_known ? LazyObject::has(name) : Result<bool>(false);
}

RunScope::RunScope(const Run& run, Value trigger, std::shared_ptr<const LazyObject> artifacts)
    : run_(run), trigger_(std::move(trigger)), artifacts_(std::move(artifacts)) {}

void RunScope::set_item(Json item, std::int64_t index) {
  item_.emplace(std::move(item), index);
}

Result<Value> RunScope::root(std::string_view name) const {
  if (name == "params") return Value(run_.params);
  if (name == "run") return Value(run_summary(run_));
  if (name == "trigger") return trigger_;
  if (name == "artifacts" && artifacts_) return Value(artifacts_);
  if (name == "item" && item_) return Value(item_->first);
  if (name == "index" && item_) return Value(Json(item_->second));
  std::vector<std::string> known{"params", "run", "trigger"};
  if (artifacts_) known.push_back("artifacts");
  if (item_) known.insert(known.end(), {"item", "index"});
  return fail(ErrorKind::kNotFound, "there is no " + quoted(name) + " here", did_you_mean_or_list(name, known));
}

}  // namespace qflow
