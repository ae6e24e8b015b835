#pragma once

#include <cstddef>

#include "qflow/model/run.h"
#include "qflow/store/store.h"

namespace qflow {

// Whether the step of `run`, which resumes `earlier` and sees the artifacts that it saw, has the items that it had
// there: the run itself, as in `[run.number]`, is another one. True for a step that is no foreach.
Result<bool> has_same_items(Store& store, const Run& earlier, const Run& run, std::size_t step);

}  // namespace qflow
