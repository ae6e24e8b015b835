#pragma once

#include <memory>
#include <optional>

#include "qflow/expression/value.h"
#include "qflow/model/run.h"
#include "qflow/runner/run_scope.h"
#include "qflow/store/store.h"

namespace qflow {

// The definition that a run was made from, as its file was then.
Result<std::shared_ptr<const FlowDefinition>> recorded_flow(Store& store, const Run& run);

// The step's place in the flow; kNotFound with the nearest known name.
Result<std::size_t> find_step(const FlowDefinition& flow, const StepId& step);

// Run.data: the artifacts visible after the last steps of a run; of a failed run, those of the steps that succeeded.
// With `step`, those of that step alone (for a trigger on a step). As a whole they are by default what JSON has under
// `data` inside of a trigger.
Result<std::shared_ptr<const ArtifactsObject>> run_data(Store& store, const Run& run,
                                                        const std::optional<StepId>& step = std::nullopt,
                                                        InWhole in_whole = InWhole::kSmallValues);

// A run as expressions see it: the fields of run_summary, and `data` and `trigger`, which are loaded when named. As a
// whole it is its id.
Value run_object(Store& store, const RunId& run, const std::optional<StepId>& step = std::nullopt);

// The trigger of a run as expressions see it, null for a run that was not triggered. Its JSON has
// the documented shape, with runs as their ids.
Value trigger_object(Store& store, const std::optional<TriggerRecord>& record);

// Whether `a`, which stands after `b` in its list, is the newer one: by the earlier of timestamp and recorded_at.
bool is_newer(const TriggerSource& a, const TriggerSource& b);

// The status that commands show: kCrashed for a run that is recorded as running and whose lock is free, since the
// process that executed it is gone; else, and where the lock can't be looked at, `recorded`.
RunStatus status_now(Store& store, const RunId& run, RunStatus recorded);

}  // namespace qflow
