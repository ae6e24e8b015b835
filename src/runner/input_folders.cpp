#include "runner/input_folders.h"

#include <algorithm>
#include <utility>

#include "qflow/runner/artifact_links.h"

namespace qflow {

Result<StepInputs> InputFolders::build(const StepId& step, const ArtifactsObject& artifacts) {
  StepInputs inputs;
  const TaskCounts lists = artifacts.lists_in_reach();
  if (artifacts.reachable().empty() && lists.empty()) {
    QFLOW_ASSIGN(inputs.folder, empty_folder());
    return inputs;
  }
  inputs.folder = store_.layout().step_inputs(run_, step);
  QFLOW_TRY(make_anew(inputs.folder));
  QFLOW_TRY(store_.files().make_folder(inputs.folder / ".steps"));
  QFLOW_TRY(link_visible_artifacts(store_, artifacts, inputs.folder));
  std::set<std::string> objects;
  for (const Artifact& artifact : artifacts.reachable()) {
    if (!objects.insert(artifact.sha256).second) continue;
    QFLOW_ASSIGN(inputs.objects.emplace_back(), store_.ledger().object(artifact.sha256));
    inputs.objects.back().bytes.reset();
  }
  TaskCounts producers = lists;
  for (const Artifact& artifact : artifacts.reachable()) producers.emplace(artifact.step, 0);
  for (const auto& [producer, tasks] : producers) {
    QFLOW_TRY(build_step_folder(producer, tasks, artifacts.reachable()));
    const Path target = store_.layout().step_artifacts(run_, producer);
    QFLOW_TRY(store_.files().make_symlink(target.string(), inputs.folder / ".steps" / producer.text()));
  }
  return inputs;
}

Status InputFolders::readable(const ArtifactsObject& artifacts) const {
  for (const Artifact& artifact : artifacts.reachable()) {
    const auto path = store_.ledger().object(artifact.sha256).and_then([&](const ObjectRecord& object) {
      return store_.objects().open_path(object);
    });
    if (!path) return tl::make_unexpected(with_context("artifact '" + artifact.name.text() + "'", path.error()));
  }
  return {};
}

Result<Path> InputFolders::empty_folder() {
  if (!empty_.empty()) return empty_;
  const Path folder = store_.layout().run_empty(run_);
  QFLOW_TRY(store_.files().make_folder(folder));
  empty_ = folder;
  return empty_;
}

void InputFolders::link_results(const ArtifactsObject& artifacts) {
  const Path folder = store_.layout().run_artifacts(run_);
  if (artifacts.visible().empty() || !store_.files().make_folder(folder)) return;
  for (const auto& [name, visible] : artifacts.visible()) {
    if (visible.artifact == nullptr) continue;
    const Path object = store_.layout().object(visible.artifact->sha256);
    const Path target = object.lexically_relative(folder);
    (void)store_.files().make_symlink(target.string(), folder / artifact_file_name(*visible.artifact));
  }
}

// A foreach that failed outside of its tasks is no list, as in expressions.
Status InputFolders::build_step_folder(const StepId& step, std::int64_t tasks, const std::vector<Artifact>& artifacts) {
  if (built_.contains(step.text())) return {};
  const Path folder = store_.layout().step_artifacts(run_, step);
  QFLOW_TRY(make_anew(folder));
  const bool is_list = std::none_of(artifacts.begin(), artifacts.end(),
                                    [&](const Artifact& artifact) { return artifact.step == step && !artifact.index; });
  std::set<std::int64_t> made;
  const auto make_task = [&](std::int64_t index) -> Status {
    return made.insert(index).second ? store_.files().make_folder(folder / std::to_string(index)) : Status();
  };
  for (std::int64_t index = 0; is_list && index < tasks; ++index) QFLOW_TRY(make_task(index));
  for (const Artifact& artifact : artifacts) {
    if (artifact.step != step) continue;
    if (artifact.index) QFLOW_TRY(make_task(*artifact.index));
    QFLOW_TRY(link_artifact(store_, artifact, artifact.index ? folder / std::to_string(*artifact.index) : folder));
  }
  built_.insert(step.text());
  return {};
}

// A process that executed the run before, and was killed, may have left it, whole or not.
Status InputFolders::make_anew(const Path& folder) {
  QFLOW_TRY(remove_tree(store_.files(), folder));
  return make_folders(store_.files(), folder);
}

}  // namespace qflow
