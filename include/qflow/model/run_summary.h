#pragma once

#include "qflow/model/json.h"
#include "qflow/model/run.h"

namespace qflow {

// The fields of a run object, as `qflow runs --json` prints it, that stand in its own row: id, flow, number, status,
// reason, origin, namespace, context, tags, params, created_at, started_at, ended_at, scheduled_at, commit, dirty,
// resumes, caller. Absent ones are null.
Json run_summary(const Run& run);

}  // namespace qflow
