#pragma once

#include <set>
#include <string>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/runner/run_scope.h"
#include "qflow/store/objects.h"
#include "qflow/store/store.h"

namespace qflow {

// What a step finds in QFLOW_IN, and which objects it could write to through the links.
struct StepInputs {
  Path folder;
  std::vector<ObjectRecord> objects;  // everything linked, without the bytes of values
};

// Builds the QFLOW_IN folders of a run: links into the store, one folder per step whatever its number of tasks and
// attempts, and one folder per producing step that every `.steps/<step>` links to; of a foreach with one for each
// task, even when that left nothing.
class InputFolders {
 public:
  InputFolders(Store& store, RunId run) : store_(store), run_(std::move(run)) {}

  // Steps that see nothing share one empty folder.
  Result<StepInputs> build(const StepId& step, const ArtifactsObject& artifacts);

  // Whether all that the step could see is there, whole; else which artifact is not, and why.
  Status readable(const ArtifactsObject& artifacts) const;

  // Links to `artifacts` for people, in the run's own folder: `artifacts/model.json` → the object. Errors are ignored:
  // the ledger is the truth.
  void link_results(const ArtifactsObject& artifacts);

 private:
  Result<Path> empty_folder();
  Status build_step_folder(const StepId& step, std::int64_t tasks, const std::vector<Artifact>& artifacts);
  Status make_anew(const Path& folder);

  Store& store_;
  RunId run_;
  Path empty_;                   // once it is made
  std::set<std::string> built_;  // steps whose own folder is there
};

}  // namespace qflow
