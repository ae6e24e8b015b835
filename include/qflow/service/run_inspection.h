#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qflow/model/run.h"
#include "qflow/model/run_cause.h"
#include "qflow/model/step_state.h"
#include "qflow/store/store.h"

namespace qflow {

// A run or an event, and what caused it (towards the past) or what it caused (towards the future).
struct ChainNode {
  std::optional<LinkedRun> run;
  std::optional<std::string> event;  // its name, where the link is an event that is not the end of a run
  std::vector<ChainNode> links;
  bool seen_before = false;  // stands elsewhere in the tree with its links
  bool goes_on = false;      // a run with links, which are left out because it lies too deep
};

// A chain is followed so many links deep: by hand (`qflow run --trigger`), runs are chained without end.
inline constexpr int kDeepestChain = 500;
// So many runs deep in JSON, where each takes three levels of nesting: jq 1.6 reads 256, Python 1,000.
inline constexpr int kDeepestJsonChain = 64;

// Everything that led to the run: its triggering runs and events, the runs that published those, and so on.
Result<ChainNode> trigger_chain(Store& store, const Run& run);
// Every run that it started, directly or not.
Result<ChainNode> downstream_chain(Store& store, const Run& run);

// The same of an event: the run that published it and what led to that; the runs that it started, and theirs.
Result<ChainNode> trigger_chain(Store& store, const Event& event);
Result<ChainNode> downstream_chain(Store& store, const Event& event);

// [{run, status, downstream}] of what a run or an event started; null for what lies deeper than kDeepestJsonChain.
Json downstream_json(Store& store, const ChainNode& downstream);
// The run object, whose trigger.runs[] are such objects, down to the first; those deeper than kDeepestJsonChain are
// ids, as they are in runs that stand elsewhere with theirs.
Result<Json> chain_json(Store& store, const Run& run);

struct InspectOptions {
  bool chain = false;  // trigger.runs[] nested
  bool downstream = false;
};

// `inspect RUN --json`: the run object, with trigger, steps, artifacts.
Result<Json> inspect_run(Store& store, const Run& run, const InspectOptions& options);

// The steps of the run: those that have begun or ended, as they did, then the others as pending, in the order of the
// definition. Of a step that has not ended, the attempts that it has made so far are counted. `run` has its status_now.
Result<std::vector<StepState>> steps_now(Store& store, const Run& run);

// {name: {size, sha256, value | path | gone}} of what is visible after the last steps; `gone` says why it is no longer
// there.
Result<Json> artifacts_json(Store& store, const Run& run);

}  // namespace qflow
