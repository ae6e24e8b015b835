#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qflow/expression/expression.h"
#include "qflow/model/artifact.h"
#include "qflow/model/flow_definition.h"
#include "qflow/model/run.h"
#include "qflow/model/step_graph.h"
#include "qflow/model/step_state.h"
#include "qflow/store/store.h"

namespace qflow {

// The value of an artifact: JSON as it was left, or the path of its file or folder in the store. kNotFound, with when,
// for one that gc has removed.
Result<Value> artifact_value(Store& store, const Artifact& artifact);

// Of each foreach how many tasks it has.
using TaskCounts = std::map<StepId, std::int64_t>;

// A step that was skipped has none.
TaskCounts task_counts(const std::vector<StepState>& steps);

// What the whole has for a value over 64 KiB or an artifact that gc has removed: the value, or kNotFound; or null.
enum class InWhole { kEverything, kSmallValues };

// The artifacts in reach of some place of a flow: by bare name, and by step (`train.model`, of a foreach
// `train[3].model`, and through [".steps"] where an artifact has the step's name). A foreach is the list of its tasks,
// in their order; one that failed outside of its tasks is an object with its `error`. A step in reach that left nothing
// is an object without fields, though has() does not find it. Nothing is loaded before it is named, but for small
// values that would make a name ambiguous: written differently they are one. As a whole: values, paths of files and
// folders; ambiguous names are left out, as they are among the names.
class ArtifactsObject final : public LazyObject {
 public:
  // `graph` is the one of the flow's steps; `from`: those whose artifacts, and those of all they need, are in reach.
  // The store outlives the object.
  ArtifactsObject(Store& store, std::shared_ptr<const FlowDefinition> flow, std::shared_ptr<const StepGraph> graph,
                  std::vector<std::size_t> from, const std::vector<Artifact>& artifacts, TaskCounts tasks,
                  InWhole in_whole = InWhole::kEverything);
  ArtifactsObject(const ArtifactsObject&) = delete;
  ArtifactsObject& operator=(const ArtifactsObject&) = delete;

  Result<Value> field(std::string_view name) const override;
  std::vector<std::string> names() const override;
  Result<Json> whole() const override;
  Result<bool> has(std::string_view name) const override;

  const std::map<std::string, VisibleArtifact>& visible() const { return visible_; }
  // Every artifact in reach, hidden and ambiguous ones too.
  const std::vector<Artifact>& reachable() const { return artifacts_; }
  // Every foreach in reach: each is a list, though it may have left nothing.
  TaskCounts lists_in_reach() const;

 private:
  void join_equal_values();
  std::optional<std::int64_t> tasks_of(std::string_view step) const;
  bool is_of_step(std::string_view name) const;
  bool is_step_in_reach(std::string_view name) const;

  Store& store_;
  std::shared_ptr<const FlowDefinition> flow_;
  std::shared_ptr<const StepGraph> graph_;
  std::vector<std::size_t> from_;
  std::vector<Artifact> artifacts_;
  TaskCounts tasks_;
  InWhole in_whole_;
  std::map<std::string, VisibleArtifact> visible_;
};

// What the names of expressions mean inside one run: params, run, artifacts, trigger, and in a foreach item and index.
class RunScope final : public Scope {
 public:
  // The run and the artifacts outlive the scope. `trigger` is JSON null for a run that was not triggered.
  RunScope(const Run& run, Value trigger, std::shared_ptr<const LazyObject> artifacts);

  void set_item(Json item, std::int64_t index);
  Result<Value> root(std::string_view name) const override;

 private:
  const Run& run_;
  Value trigger_;
  std::shared_ptr<const LazyObject> artifacts_;
  std::optional<std::pair<Json, std::int64_t>> item_;
};

}  // namespace qflow
