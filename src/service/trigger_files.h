#pragma once

#include "qflow/expression/value.h"
#include "qflow/model/run.h"
#include "qflow/store/store.h"

namespace qflow {

// Writes what steps see of the trigger into the run's folder: trigger.json, and trigger_data/ with one folder of links
// per triggering flow (of its newest run), and per namespace of a flow with runs of several; with exactly one
// triggering run its artifacts also lie directly in it, but for one whose name is that of a folder there.
Status write_trigger_files(Store& store, const Run& run, const Value& trigger);

}  // namespace qflow
