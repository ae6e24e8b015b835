#pragma once

#include "qflow/engine/parameter_mapping.h"
#include "qflow/store/store.h"

namespace qflow {

// Reads artifacts of the runs whose ends events are. `store` may be null: then no run exists; else it outlives the
// reader.
ArtifactReader artifact_reader(Store* store);

}  // namespace qflow
